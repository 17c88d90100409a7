"""What Treserva's answers mean, and what is sent to get them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import respx

from bbic_bridge import contracts
from bbic_bridge.adapters import System, build
from bbic_bridge.adapters.channels.http import Clock
from bbic_bridge.adapters.treserva import FAULTS
from bbic_bridge.delivery.errors import (
    Ambiguous,
    ConfigurationError,
    Contract,
    DeliveryError,
    Rejected,
    Transient,
)
from bbic_bridge.delivery.ports import Link
from bbic_bridge.mappings.engine import shipped
from bbic_bridge.settings import Kommun
from tests.adapters.orders import order

BASE = "http://vendor.test/api"
NS = "urn:bbic-bridge:treserva:1"
WHAT = order("skapa_aktanteckning")
TID = 'tid="2026-11-01T10:00:00+01:00"'


@pytest.fixture
def system() -> Iterator[System]:
    kommun = {"system": "treserva", "write_url": BASE, "read_url": BASE + "/"}
    settings = Kommun.model_validate(kommun)
    with closing(build("exempel", settings, clock=Clock(sleep=lambda _: None))) as built:
        yield built


def _svar(reference: str = WHAT.reference, more: str = "") -> str:
    return f'<Svar xmlns="{NS}" referens="{reference}" {TID}>{more}</Svar>'


def _fel(kod: str) -> str:
    return f'<Fel xmlns="{NS}" kod="{kod}"><Text>Kim har flyttat</Text></Fel>'


@respx.mock
def test_the_key_goes_with_the_message_and_the_links_come_back(system: System) -> None:
    objekt = '<Objekt typ="anteckning" egetId="N-1" id="TRE-7"/>'
    route = respx.post(f"{BASE}/meddelanden").respond(201, text=_svar(more=objekt))
    receipt = system.send(WHAT, system.prepare(WHAT))
    assert receipt.links == (Link("anteckning", "N-1", "TRE-7"),)
    sent = route.calls[0].request
    assert sent.headers["idempotency-key"] == WHAT.idempotency_key
    assert sent.headers["content-type"] == "application/xml; charset=utf-8"


@respx.mock
@pytest.mark.parametrize("kod", [*FAULTS, "NYTT_FEL"])
@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_business_fault_is_read_by_the_table(system: System, kod: str, status: int) -> None:
    respx.post(f"{BASE}/meddelanden").respond(status, text=_fel(kod))
    with pytest.raises(DeliveryError) as caught:
        system.send(WHAT, system.prepare(WHAT))
    # Only a key that was used before leaves open what happened then.
    assert type(caught.value) is (Ambiguous if kod == "NYCKEL_ANDRAT_INNEHALL" else Rejected)
    assert (caught.value.code, caught.value.reason) == (kod, "Kim har flyttat")


@respx.mock
@pytest.mark.parametrize(
    ("status", "text", "kind", "code"),
    [
        (422, "<html/>", Rejected, "http_422"),
        (422, "not xml", Rejected, "http_422"),
        (500, "", Ambiguous, "http_500"),
        (200, _fel("OPPEN_RESURS"), Contract, "unexpected_message"),
        (201, _svar("ref-annan"), Contract, "other_reference"),
        (201, _svar(more="<Objekt/>"), Contract, "breaks_contract"),
        (204, "", Contract, "malformed_xml"),
    ],
)
def test_no_answer_is_taken_for_more_than_it_says(
    system: System, status: int, text: str, kind: type[DeliveryError], code: str
) -> None:
    respx.post(f"{BASE}/meddelanden").respond(status, text=text)
    with pytest.raises(DeliveryError) as caught:
        system.send(WHAT, system.prepare(WHAT))
    assert (type(caught.value), caught.value.code) == (kind, code)


@respx.mock
def test_only_the_vendors_own_word_says_that_a_reference_is_unknown(system: System) -> None:
    asked = respx.get(f"{BASE}/svar")
    asked.respond(404, text=_fel("OKAND_REFERENS"))
    assert system.find(WHAT).outcome == "absent"
    assert asked.calls[0].request.url.params["referens"] == WHAT.reference
    for answer in (httpx.Response(404), httpx.Response(404, text=_fel("EJ_TILLATET"))):
        asked.mock(return_value=answer)
        with pytest.raises(Transient, match="not_found"):
            system.find(WHAT)
    asked.respond(200, text=_svar("ref-annan"))
    with pytest.raises(Contract, match="other_reference"):
        system.find(WHAT)


@respx.mock
def test_the_feed_is_asked_from_the_cursor(system: System) -> None:
    page = f'<Andringar xmlns="{NS}" nasta="9" fler="N"/>'
    asked = respx.get(f"{BASE}/andringar").respond(200, text=page)
    (first,) = system.changes("andringar", "", datetime.now(UTC))
    (second,) = system.changes("andringar", first.cursor, datetime.now(UTC))
    assert (first.cursor, second.cursor) == ("9", "9")
    assert [dict(call.request.url.params) for call in asked.calls] == [
        {"antal": "100"},
        {"efter": "9", "antal": "100"},
    ]


def test_there_is_no_other_stream(system: System) -> None:
    assert system.streams() == ("andringar",)
    with pytest.raises(ConfigurationError, match="familycare"):
        system.changes("familycare", None, datetime.now(UTC))


@respx.mock
def test_words_where_a_code_should_stand_are_the_vendor_s_own_and_kept_out_of_sight(
    tmp_path: Path,
) -> None:
    """A kommun's own profile may have a schema that lets them through."""
    own = tmp_path / "treserva" / "egen"
    own.mkdir(parents=True)
    standard = (shipped()["treserva/standard"] / "profile.toml").read_text(encoding="utf-8")
    (own / "profile.toml").write_text(standard.replace("contract:treserva.xsd", "egen.xsd"))
    schema = contracts.path("treserva.xsd").read_text(encoding="utf-8")
    strict = '<xs:pattern value="[A-Z][A-Z0-9_]{0,63}"/>'
    assert strict in schema
    (own / "egen.xsd").write_text(schema.replace(strict, ""), encoding="utf-8")
    kommun = {"system": "treserva", "write_url": BASE, "read_url": BASE, "profile": "treserva/egen"}
    system = build("exempel", Kommun.model_validate(kommun), profiles=tmp_path)
    respx.post(f"{BASE}/meddelanden").respond(400, text=_fel("Kim 20180105 finns inte"))
    with closing(system), pytest.raises(Rejected) as caught:
        system.send(WHAT, system.prepare(WHAT))
    assert (caught.value.code, str(caught.value)) == ("unknown_fault", "unknown_fault")
    assert caught.value.reason == "Kim 20180105 finns inte Kim har flyttat"
