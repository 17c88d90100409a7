"""SOAP around a message, and what Procapita's answers mean."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import httpx
import pytest
import respx
from lxml import etree

from bbic_bridge.adapters import System, build
from bbic_bridge.adapters.channels.http import Clock
from bbic_bridge.adapters.procapita import FAULTS, soap
from bbic_bridge.contracts.xml import XmlRefused, parse_untrusted
from bbic_bridge.delivery.errors import Ambiguous, Contract, DeliveryError, Rejected, Transient
from bbic_bridge.settings import Kommun
from tests.adapters.orders import order

WRITE = "http://vendor.test/soap"
NS = "urn:bbic-bridge:procapita:1"
WHAT = order("skapa_aktanteckning")


@pytest.fixture
def system() -> Iterator[System]:
    kommun = {"system": "procapita", "write_url": WRITE, "read_url": "http://vendor.test/fc"}
    settings = Kommun.model_validate({**kommun, "domain": "IFO", "key": "hemlig"})
    with closing(build("malmo", settings, clock=Clock(sleep=lambda _: None))) as built:
        yield built


def _soap(content: str) -> str:
    return f'<s:Envelope xmlns:s="{soap.SOAP}"><s:Header/><s:Body>{content}</s:Body></s:Envelope>'


def _fault(kod: str, code: str = "s:Client") -> str:
    detail = (
        f'<detail><Fel xmlns="{NS}"><Kod>{kod}</Kod><Text>Kim har flyttat</Text></Fel></detail>'
    )
    return _soap(
        f"<s:Fault><faultcode>{code}</faultcode><faultstring>nej</faultstring>{detail}</s:Fault>"
    )


def _kvittens(reference: str = WHAT.reference, more: str = "") -> str:
    return _soap(
        f'<Kvittens xmlns="{NS}"><Referens>{reference}</Referens>'
        f"<Tidpunkt>2026-11-01T10:00:00+01:00</Tidpunkt>{more}</Kvittens>"
    )


def _send(system: System) -> Any:
    return system.send(WHAT, system.prepare(WHAT))


@respx.mock
def test_the_envelope_names_its_element_in_the_action(system: System) -> None:
    route = respx.post(WRITE).respond(200, text=_kvittens())
    receipt = _send(system)
    sent = route.calls[0].request
    assert sent.headers["soapaction"] == f'"{NS}/SkapaAktanteckning"'
    assert sent.headers["content-type"] == "text/xml; charset=utf-8"
    (message,) = parse_untrusted(sent.content)[0]
    assert etree.QName(message).localname == "SkapaAktanteckning"
    assert (receipt.links, receipt.final) == ((), False)


@respx.mock
@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("kod", [*FAULTS, "NYTT_FEL"])
def test_a_business_fault_is_rejected_whatever_its_status(
    system: System, kod: str, status: int
) -> None:
    respx.post(WRITE).respond(status, text=_fault(kod))
    with pytest.raises(Rejected) as caught:
        _send(system)
    assert (caught.value.code, caught.value.reason) == (kod, "Kim har flyttat")
    assert caught.value.answer == _fault(kod).encode()


BARE = _soap("<s:Fault><faultcode>s:Server</faultcode><faultstring>nej</faultstring></s:Fault>")


@respx.mock
@pytest.mark.parametrize(
    ("status", "text", "kind", "code"),
    [
        (500, BARE, Ambiguous, "http_500"),
        (500, "<Fault", Ambiguous, "http_500"),
        (500, _fault("inte en kod"), Ambiguous, "http_500"),
        (401, "", Rejected, "unauthorised"),
        (404, "", Rejected, "not_found"),
        (307, "", Contract, "http_307"),
        (200, "", Contract, "malformed_xml"),
        (200, "<Kvittens/>", Contract, "malformed_xml"),
        (200, BARE, Contract, "breaks_contract"),
        (200, _kvittens("ref-annan"), Contract, "other_reference"),
        (200, _kvittens(more="<Okand/>"), Contract, "breaks_contract"),
        (200, _kvittens().replace("<s:Header/>", "<s:Body/>"), Contract, "malformed_xml"),
        (200, "<!DOCTYPE a [<!ENTITY b 'c'>]>" + _kvittens(), Contract, "malformed_xml"),
        (200, _soap(f'<Andringar xmlns="{NS}"/>'), Contract, "unexpected_message"),
    ],
)
def test_no_answer_is_taken_for_more_than_it_says(
    system: System, status: int, text: str, kind: type[DeliveryError], code: str
) -> None:
    respx.post(WRITE).respond(status, text=text)
    with pytest.raises(DeliveryError) as caught:
        _send(system)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert caught.value.answer == text.encode()


@respx.mock
def test_a_look_up_by_reference_must_be_about_that_reference(system: System) -> None:
    asked = respx.post(WRITE)
    asked.respond(200, text=_kvittens("ref-annan"))
    with pytest.raises(Contract, match="other_reference"):
        system.find(WHAT)
    asked.respond(200, text=_kvittens().replace("Kvittens", "KvittensSaknas"))
    with pytest.raises(Contract, match="breaks_contract"):
        system.find(WHAT)
    missing = f'<KvittensSaknas xmlns="{NS}"><Referens>{WHAT.reference}</Referens></KvittensSaknas>'
    asked.respond(200, text=_soap(missing))
    assert system.find(WHAT).outcome == "absent"
    assert asked.calls[0].request.headers["soapaction"] == f'"{NS}/HamtaKvittens"'


@respx.mock
@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_look_up_that_is_refused_tells_nothing_of_the_effect(system: System, status: int) -> None:
    respx.post(WRITE).respond(status, text=_fault("OGILTIGT_MEDDELANDE"))
    with pytest.raises(Transient):
        system.find(WHAT)


@respx.mock
def test_a_feed_that_does_not_move_on_is_not_followed_for_ever(system: System) -> None:
    stuck = _soap(f'<Andringar xmlns="{NS}" nasta="7" fler="true"/>')
    route = respx.post(WRITE).mock(return_value=httpx.Response(200, text=stuck))
    with pytest.raises(Contract, match="feed_without_cursor"):
        list(islice(system.changes("andringar", None, datetime.now(UTC)), 9))
    assert route.call_count == 2


def test_only_an_envelope_with_one_element_is_content() -> None:
    with pytest.raises(XmlRefused):
        soap.content(_soap("<a/><b/>").encode(), 1000)
    assert soap.content(_soap("<a/>").encode(), 1000).tag == "a"
