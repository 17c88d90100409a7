"""What every vendor's adapter must keep, tried against the real sandbox over HTTP."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, ClassVar

import pytest

from bbic_bridge.adapters import System, build
from bbic_bridge.delivery.errors import (
    Ambiguous,
    ConfigurationError,
    Contract,
    DeliveryError,
    NeedsPerson,
    Rejected,
    Throttled,
    Transient,
)
from bbic_bridge.delivery.ports import Order
from bbic_bridge.handbook.uppgifter import EFFEKTER, UPPGIFTER
from bbic_bridge.settings import Kommun
from tests.adapters.orders import ARENDE, MESSAGES, NAME, PERSON, RESURS, Desk, order
from tests.sandbox.control import Control

every_message = pytest.mark.parametrize("message", MESSAGES)


class VendorContract:
    """A vendor's test module makes a class of this, and says how the vendor is reached."""

    name: ClassVar[str]
    kommun: ClassVar[str]

    def settings(self, vendors: str) -> Kommun:
        """The configuration of ``kommun``; ``vendors`` is the sandbox's address."""
        raise NotImplementedError

    @pytest.fixture
    def system(self, vendors: str) -> Iterator[System]:
        with closing(build(self.kommun, self.settings(vendors))) as system:
            yield system

    @pytest.fixture
    def desk(self, system: System, control: Control) -> Desk:
        control.change(self.name, self.kommun, RESURS, data={"resurs_id": "R-1"})
        return Desk(system)

    def fault(self, control: Control, fault: str, message: str, **how: Any) -> None:
        control.fault(self.name, fault, operation=message, **how)

    def fails(self, desk: Desk, what: Order) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            desk.send(what)
        error = caught.value
        for private in (PERSON, NAME, ARENDE, "127.0.0.1"):
            assert private not in f"{error!r} {error}"
        return error

    @every_message
    def test_what_is_sent_is_found_by_its_receipt(
        self, desk: Desk, control: Control, message: str
    ) -> None:
        what = desk.ready(message)
        receipt = desk.send(what)
        assert not receipt.final
        assert b"ref-" in receipt.answer
        finding = desk.system.find(what, receipt.links)
        assert finding.outcome == "found"
        assert {link.vendor_id for link in finding.links} >= {
            link.vendor_id for link in receipt.links
        }
        (line,) = [line for line in control.journal() if line["reference"] == what.reference]
        assert line["operation"] == what.operation
        assert line["vendor_id"] in {link.vendor_id for link in receipt.links}

    @every_message
    def test_a_lost_response_is_ambiguous_and_the_effect_is_found(
        self, desk: Desk, control: Control, message: str
    ) -> None:
        what = desk.ready(message)
        assert desk.system.find(what).outcome == "absent"
        self.fault(control, "lost_response", message, times=1)
        assert type(self.fails(desk, what)) is Ambiguous
        finding = desk.system.find(what)
        assert finding.outcome == "found"
        (line,) = [line for line in control.journal() if line["reference"] == what.reference]
        assert line["vendor_id"] in {link.vendor_id for link in finding.links}
        assert finding.answer

    @every_message
    def test_a_refused_call_is_ambiguous_and_nothing_is_found(
        self, desk: Desk, control: Control, message: str
    ) -> None:
        what = desk.ready(message)
        self.fault(control, "refuse", message, times=1)
        assert type(self.fails(desk, what)) is Ambiguous
        assert desk.system.find(what).outcome == "absent"
        desk.send(what)
        assert desk.system.find(what).outcome == "found"

    @every_message
    def test_a_business_fault_is_rejected_with_the_vendors_code(
        self, desk: Desk, control: Control, message: str
    ) -> None:
        what = desk.ready(message)
        self.fault(control, "reject", message, times=1, code="OPPEN_RESURS", text=f"{NAME} har")
        error = self.fails(desk, what)
        assert (type(error), error.code) == (Rejected, "OPPEN_RESURS")
        assert error.reason == f"{NAME} har"
        assert error.answer

    def test_a_fault_code_outside_the_table_is_a_refusal_too(
        self, desk: Desk, control: Control
    ) -> None:
        what = desk.ready("registrera_beslut")
        self.fault(control, "reject", "registrera_beslut", times=1, code="NYTT_FEL")
        error = self.fails(desk, what)
        assert (type(error), error.code) == (Rejected, "NYTT_FEL")

    @every_message
    @pytest.mark.parametrize(
        ("fault", "code"), [("malformed", "malformed_xml"), ("wrong_answer", "other_reference")]
    )
    def test_an_answer_that_breaks_the_contract_is_kept_and_looked_up(
        self, desk: Desk, control: Control, message: str, fault: str, code: str
    ) -> None:
        what = desk.ready(message)
        self.fault(control, fault, message, times=1)
        error = self.fails(desk, what)
        assert (type(error), error.code) == (Contract, code)
        assert error.answer
        assert desk.system.find(what).outcome == "found"

    def test_a_bare_500_is_ambiguous(self, desk: Desk, control: Control) -> None:
        what = desk.ready("skapa_aktanteckning")
        self.fault(control, "http_500", "skapa_aktanteckning", times=1)
        error = self.fails(desk, what)
        assert (type(error), error.code) == (Ambiguous, "http_500")

    def test_being_asked_to_wait_is_throttled(self, desk: Desk, control: Control) -> None:
        what = desk.ready("skapa_aktanteckning")
        self.fault(control, "http_429", "skapa_aktanteckning", times=1, retry_after=7)
        error = self.fails(desk, what)
        assert (type(error), error.retry_after) == (Throttled, 7)

    def test_an_answer_that_never_comes_is_ambiguous(
        self, desk: Desk, control: Control, vendors: str
    ) -> None:
        what = desk.ready("skapa_aktanteckning")
        self.fault(control, "timeout", "skapa_aktanteckning", times=1, effect="before")
        impatient = self.settings(vendors).model_copy(update={"timeout_s": 0.5})
        with closing(build(self.kommun, impatient)) as system:
            error = self.fails(Desk(system), what)
        assert (type(error), error.code) == (Ambiguous, "timeout")
        assert desk.system.find(what).outcome == "found"

    @pytest.mark.parametrize("message", ["registrera_beslut", "skapa_aktanteckning"])
    def test_a_vendor_that_cannot_be_asked_is_transient(
        self, desk: Desk, control: Control, message: str
    ) -> None:
        what = desk.ready(message)
        receipt = desk.send(what)
        control.fault(self.name, "lost_response", reads=True)
        for links in ((), receipt.links):
            with pytest.raises(Transient):
                desk.system.find(what, links)

    def test_what_a_repeated_call_does_is_what_the_adapter_says(
        self, desk: Desk, control: Control
    ) -> None:
        what = desk.ready("registrera_beslut")
        first, second = desk.send(what), desk.send(what)
        honoured = desk.system.capability("registrera_beslut").honours_key
        assert len(control.journal()) == (1 if honoured else 2)
        assert (first.links == second.links) is honoured
        assert desk.system.find(what).outcome == ("found" if honoured else "several")

    def test_the_vendors_rules_reach_us_by_name(self, desk: Desk) -> None:
        error = self.fails(desk, order("verkstall_beslut"))
        assert (type(error), error.code) == (Rejected, "BESLUT_SAKNAS")

    def test_what_cannot_be_mapped_goes_to_a_person_naming_the_field(self, desk: Desk) -> None:
        what = order("registrera_beslut", insatstyp="lagerverksamhet")
        with pytest.raises(NeedsPerson) as caught:
            desk.system.prepare(what)
        assert caught.value.code == "cannot_be_mapped"
        assert "insatstyp" in caught.value.reason
        assert "lagerverksamhet" not in caught.value.reason

    def test_it_says_what_it_can_do(self, system: System) -> None:
        for operation in UPPGIFTER:
            capability = system.capability(operation)
            assert capability.effects == EFFEKTER.get(operation, (None,))
            assert capability.lookup in ("reference", "natural_key")
        with pytest.raises(ConfigurationError, match="notify_workflow"):
            system.capability("notify_workflow")
