"""The WSDL, used by an independent SOAP client that knows nothing but it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import zeep.helpers
from lxml import etree
from requests import Response

from bbic_bridge import contracts
from bbic_bridge.contracts.xml import Element, parse_untrusted
from bbic_bridge.mappings.engine import shipped
from bbic_bridge.mappings.examples import same, without_indents

ZEEP: Any = zeep
NS = "urn:bbic-bridge:procapita:1"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
EXAMPLES = shipped()["procapita/standard"] / "examples"
CALLS = {
    "RegistreraBeslut": "registrera_beslut",
    "VerkstallBeslut": "verkstall_beslut",
    "TilldelaResurs": "tilldela_resurs",
    "VidarebefordraUppdrag": "vidarebefordra_uppdrag",
    "AterkallaUppdrag": "aterkalla_uppdrag",
    "RegistreraDokument": "registrera_dokument",
    "SkapaAktanteckning": "skapa_aktanteckning",
    "RattaAktanteckning": "ratta_aktanteckning",
    "AvslutaResurs": "avsluta_insats_och_resurs.resurs",
    "AvslutaInsats": "avsluta_insats_och_resurs.insats",
    "HamtaKvittens": "hamta_kvittens",
    "HamtaAndringar": "hamta_andringar",
}


class Answering:
    """Answers every call with the same body, and keeps what was sent."""

    def __init__(self, body: Element, status: int = 200) -> None:
        self.address = ""
        self.envelope: Element = body
        self.headers: Mapping[str, str] = {}
        self._answer = Response()
        self._answer.status_code = status
        self._answer.headers["Content-Type"] = "text/xml; charset=utf-8"
        self._answer._content = etree.tostring(envelope(body))

    def post_xml(self, address: str, sent: Element, headers: Mapping[str, str]) -> Response:
        self.address, self.envelope, self.headers = address, sent, headers
        return self._answer


def envelope(body: Element) -> Element:
    outer = etree.Element(f"{{{SOAP}}}Envelope")
    etree.SubElement(outer, f"{{{SOAP}}}Body").append(body)
    return outer


def example(name: str) -> Element:
    return without_indents(parse_untrusted(Path(EXAMPLES / f"{name}.xml").read_bytes()))


@cache
def described() -> Any:
    return ZEEP.Client(str(contracts.path("procapita.wsdl")))


def call(operation: str, transport: Answering) -> Any:
    """Calls with the example's content, by way of zeep's own objects."""
    client = described()
    client.transport = transport
    element = client.get_element(f"{{{NS}}}{operation}")
    value = element.parse(example(CALLS[operation]), client.wsdl.types)
    return getattr(client.service, operation)(**ZEEP.helpers.serialize_object(value, dict))


def test_it_describes_every_call() -> None:
    (service,) = described().wsdl.services.values()
    (port,) = service.ports.values()
    assert set(port.binding.all()) == set(CALLS)


@pytest.mark.parametrize("operation", CALLS)
def test_a_stranger_sends_what_the_profile_sends(operation: str) -> None:
    answer = "andringar" if operation == "HamtaAndringar" else "kvittens"
    transport = Answering(example(answer))
    call(operation, transport)
    assert transport.address.endswith("/procapita/malmo/soap")
    body = transport.envelope.find(f"{{{SOAP}}}Body")
    assert body is not None
    assert same(body[0], example(CALLS[operation]))
    assert transport.headers["SOAPAction"] == f'"{NS}/{operation}"'
    assert transport.headers["Content-Type"] == "text/xml; charset=utf-8"


def test_a_stranger_reads_the_receipt() -> None:
    receipt = call("VerkstallBeslut", Answering(example("kvittens")))
    assert receipt.Referens == "01K9VERKST0001"
    assert [(link.typ, link.egetId, link.nr) for link in receipt.Lank] == [
        ("verkstallighet", "B-1", "4811"),
        ("insats", "I-1", "9001"),
    ]


def test_a_stranger_sees_that_a_receipt_is_missing() -> None:
    missing = call("HamtaKvittens", Answering(example("kvittens_saknas")))
    assert (missing.Referens, missing.Tidpunkt) == ("01K9VERKST0001", None)


def test_a_stranger_reads_changes() -> None:
    page = call("HamtaAndringar", Answering(example("andringar")))
    assert [change.Handelse for change in page.Andring] == ["ResursRegistrerad", "UppdragMottaget"]
    assert (page.nasta, page.fler) == ("c-6", True)


def test_a_stranger_understands_a_fault() -> None:
    fault = etree.Element(f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = "Verksamhetsfel"
    etree.SubElement(fault, "detail").append(example("fel"))
    with pytest.raises(ZEEP.exceptions.Fault) as caught:
        call("AvslutaInsats", Answering(fault, status=500))
    detail = described().wsdl.types.deserialize(caught.value.detail[0])
    assert detail.Kod == "OPPEN_RESURS"
