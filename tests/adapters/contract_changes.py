"""What every adapter must keep of what it hears: streams and webhooks tell the same."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bbic_bridge.adapters import System
from bbic_bridge.delivery.errors import Contract
from bbic_bridge.delivery.ports import Told, Unreadable, VendorChange, VendorSystem
from tests.adapters.contract import VendorContract
from tests.adapters.orders import PERSON, Desk, order
from tests.sandbox.control import Control
from tests.sandbox.peer import Peer

IDS = {"beslut_id": "B-9", "insats_id": "I-9", "resurs_id": "R-9", "uppdrag_id": "U-9"}
CHANGES: Mapping[str, tuple[str, ...]] = {
    "resurs_registrerad": ("resurs_id",),
    "beslut_registrerat": ("beslut_id",),
    "beslut_verkstallt": ("beslut_id", "insats_id"),
    "resurs_tilldelad": ("insats_id", "resurs_id"),
    "aktanteckning_skapad": (),
    "uppdrag_mottaget": ("uppdrag_id",),
    "uppdrag_fordelat": ("uppdrag_id",),
    "uppdrag_avbojt": ("uppdrag_id",),
    "uppdrag_aterkallat": ("uppdrag_id",),
    "genomforandeplan_upprattad": ("uppdrag_id",),
    "insats_avslutad": ("insats_id",),
}


def read(system: VendorSystem, cursors: dict[str, str] | None = None) -> list[VendorChange]:
    """All that all streams tell after the cursors, which are moved on."""
    cursors = {} if cursors is None else cursors
    told: list[VendorChange] = []
    for stream in system.streams():
        for page in system.changes(stream, cursors.get(stream), datetime.now(UTC)):
            told += readable(page.changes)
            cursors[stream] = page.cursor
    return told


def heard(system: System, webhooks: Peer, count: int) -> list[VendorChange]:
    """What so many webhooks tell; two may reach the peer in either order."""
    bodies = [webhooks.next().body for _ in range(count)]
    return [change for body in bodies for change in readable(system.parse_webhook(body))]


def readable(told: Iterable[Told]) -> list[VendorChange]:
    """The sandbox tells nothing that cannot be read."""
    changes = [one for one in told if isinstance(one, VendorChange)]
    assert changes == list(told)
    return changes


class ChangesContract(VendorContract):
    """Beside what is sent: what is heard."""

    def change(self, control: Control, kind: str, *, webhook: bool = False) -> dict[str, Any]:
        data = {name: IDS[name] for name in CHANGES[kind]}
        about = {} if kind == "resurs_registrerad" else {"personnummer": PERSON}
        return control.change(
            self.name, self.kommun, kind, arende="A-9", data=data | about, webhook=webhook
        )

    @pytest.mark.parametrize("kind", CHANGES)
    def test_streams_and_webhook_tell_the_same_change(
        self, system: System, control: Control, webhooks: Peer, kind: str
    ) -> None:
        made = self.change(control, kind, webhook=True)["changes"]
        by_webhook = {change.key: change for change in heard(system, webhooks, len(made))}
        by_stream = {change.key: change for change in read(system)}
        assert by_webhook.keys() == by_stream.keys()
        assert {change.kind for change in by_webhook.values()} == {one["kind"] for one in made}
        for key, one in by_webhook.items():
            other = by_stream[key]
            assert (one.kind, one.vendor_id, one.person) == (
                other.kind,
                other.vendor_id,
                other.person,
            )
            assert other.data.items() <= one.data.items()
            assert {(link.kind, link.vendor_id) for link in other.links} == {
                (link.kind, link.vendor_id) for link in one.links
            }

    @pytest.mark.parametrize("kind", CHANGES)
    def test_a_webhook_tells_ids_person_and_time(
        self, system: System, control: Control, webhooks: Peer, kind: str
    ) -> None:
        made = self.change(control, kind, webhook=True)["changes"]
        told = heard(system, webhooks, len(made))
        (change,) = [change for change in told if change.kind == kind]
        assert change.vendor_id == made[-1]["vendor_id"]
        assert change.reference is None
        assert change.at.tzinfo is not None
        assert {name: change.data[name] for name in CHANGES[kind]} == {
            name: IDS[name] for name in CHANGES[kind]
        }
        if kind != "resurs_registrerad":
            assert (change.arende, change.person) == ("A-9", PERSON)

    def test_a_stream_goes_on_where_it_was(self, system: System, control: Control) -> None:
        cursors: dict[str, str] = {}
        self.change(control, "aktanteckning_skapad")
        first = read(system, cursors)
        assert [change.kind for change in first] == ["aktanteckning_skapad"]
        self.change(control, "uppdrag_mottaget")
        kinds = [change.kind for change in read(system, cursors)]
        assert "uppdrag_mottaget" in kinds
        assert "aktanteckning_skapad" not in kinds

    def test_a_long_feed_is_paged_to_its_end(self, system: System, control: Control) -> None:
        for _ in range(205):
            control.change(self.name, self.kommun, "aktanteckning_skapad", arende="A-9")
        pages = list(system.changes("andringar", None, datetime.now(UTC)))
        assert [len(page.changes) for page in pages] == [100, 100, 5]
        rest = list(system.changes("andringar", pages[0].cursor, datetime.now(UTC)))
        assert [page.changes for page in rest] == [page.changes for page in pages[1:]]

    def test_our_own_note_is_told_with_our_reference(self, desk: Desk) -> None:
        desk.carry_out(order("skapa_aktanteckning"))
        (own,) = [change for change in read(desk.system) if change.kind == "aktanteckning_skapad"]
        assert own.reference == "ref-skapa_aktanteckning"
        assert own.links[0].our_id == "N-1"
        assert ("anteckning", "N-1") in desk.ids

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"<a", "malformed_xml"),
            (b"<!DOCTYPE a><a/>", "malformed_xml"),
            (b"\xff\xfe", "malformed_xml"),
            (b"<Okand/>", "breaks_contract"),
        ],
    )
    def test_a_webhook_that_is_none_is_a_contract_error(
        self, system: System, body: bytes, code: str
    ) -> None:
        with pytest.raises(Contract) as caught:
            system.parse_webhook(body)
        assert (caught.value.code, caught.value.answer) == (code, body)
        assert caught.value.reason

    def test_an_unknown_code_in_a_webhook_names_the_field_and_not_the_code(
        self, system: System, control: Control, webhooks: Peer
    ) -> None:
        self.change(control, "resurs_registrerad", webhook=True)
        body = webhooks.next().body
        for known in (b">KF<", b'"420"'):
            body = body.replace(known, known[:1] + b"XYZ" + known[-1:])
        (told,) = system.parse_webhook(body)
        assert isinstance(told, Unreadable)
        assert (told.code, told.kind) == ("breaks_contract", "resurs_registrerad")
        assert "resurstyp" in told.where
        assert "XYZ" not in told.where

    def test_an_answer_is_no_webhook(self, desk: Desk) -> None:
        what = order("skapa_aktanteckning")
        answer = desk.send(what).answer
        with pytest.raises(Contract):
            desk.system.parse_webhook(answer)
