"""Procapita's write side: what it takes for a message, and what it remembers."""

import pytest

from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.sandbox.schema import Schema
from tests.sandbox import messages_procapita as messages
from tests.sandbox.control import Control
from tests.sandbox.vendors import IDS, Procapita

QUERY = f'<HamtaKvittens xmlns="{messages.NS}"><Referens>r</Referens></HamtaKvittens>'


def _beslut(**fields: str) -> str:
    given = {**IDS, "referens": "r", "skydd_kod": "ING", **fields}
    return messages.message("registrera_beslut", given)


def test_the_same_reference_twice_is_two_effects(procapita: Procapita, control: Control) -> None:
    first = procapita.send("registrera_beslut", referens="ref-dubbel")
    second = procapita.send("registrera_beslut", referens="ref-dubbel")

    assert first.lankar["beslut"] != second.lankar["beslut"]
    assert [line["reference"] for line in control.journal()] == ["ref-dubbel"] * 2
    assert [line["seq"] for line in control.journal()] == [1, 2]


def test_executing_a_beslut_twice_makes_two_insatser(procapita: Procapita) -> None:
    procapita.send("registrera_beslut")
    first = procapita.send("verkstall_beslut")
    second = procapita.send("verkstall_beslut")
    assert first.lankar["insats"] != second.lankar["insats"]


@pytest.mark.parametrize(
    "element",
    [
        _beslut().replace("<Arende>A-1</Arende>", ""),
        _beslut(personnummer="20180105-2398"),
        _beslut(beslut_id="har blanksteg"),
        _beslut().replace("2026-01-12", "2026-02-30"),
        _beslut().replace("</Beslut>", "<Extra/></Beslut>"),
        _beslut().replace(messages.NS, "urn:annan"),
    ],
    ids=["missing", "pattern", "id", "date", "extra", "namespace"],
)
def test_what_the_schema_forbids_is_refused(
    procapita: Procapita, control: Control, element: str
) -> None:
    headers = {"SOAPAction": '"urn:annan/RegistreraBeslut"'} if "urn:annan" in element else {}
    answer = procapita.soap("RegistreraBeslut", element, headers=headers)
    assert answer.status_code == 500
    assert procapita.outcome(answer).kod == "OGILTIGT_MEDDELANDE"
    assert control.journal() == []


def test_a_refusal_names_the_place_but_not_the_content(procapita: Procapita) -> None:
    answer = procapita.soap("RegistreraBeslut", _beslut(personnummer="20180105-2398"))
    assert "/RegistreraBeslut/Barn/Personnummer: SCHEMAV_CVC_PATTERN_VALID" in answer.text
    assert "2398" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"not xml",
        b"<Kvittens/>",
        messages.envelope("").encode(),
        messages.envelope(QUERY + QUERY).encode(),
        b'<!DOCTYPE x [<!ENTITY e "f">]>' + messages.envelope(QUERY).encode(),
        messages.envelope(QUERY).encode("utf-16"),
    ],
    ids=["text", "no-envelope", "empty", "two", "doctype", "utf-16"],
)
def test_what_is_no_envelope_is_refused(procapita: Procapita, body: bytes) -> None:
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"{messages.NS}/HamtaKvittens"',
    }
    answer = procapita.http.post(procapita.url, content=body, headers=headers)
    assert procapita.outcome(answer).kod == "OGILTIGT_MEDDELANDE"


@pytest.mark.parametrize("action", ["", f"{messages.NS}/HamtaKvittens", f'"{messages.NS}/X"'])
def test_the_soap_action_must_name_the_element(procapita: Procapita, action: str) -> None:
    answer = procapita.soap("HamtaKvittens", QUERY, headers={"SOAPAction": action})
    assert procapita.outcome(answer).kod == "OGILTIGT_MEDDELANDE"


def test_another_content_type_is_refused(procapita: Procapita) -> None:
    answer = procapita.soap("HamtaKvittens", QUERY, headers={"Content-Type": "application/json"})
    assert answer.status_code == 415


def test_an_answer_is_no_question(procapita: Procapita) -> None:
    element = f'<KvittensSaknas xmlns="{messages.NS}"><Referens>r</Referens></KvittensSaknas>'
    answer = procapita.soap("KvittensSaknas", element)
    assert procapita.outcome(answer).kod == "OGILTIGT_MEDDELANDE"


def test_a_fault_is_a_soap_fault_of_the_client(procapita: Procapita) -> None:
    answer = procapita.post("verkstall_beslut")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    fault = parse_untrusted(answer.content).find(".//{*}Fault")
    assert fault is not None
    assert fault.findtext("faultcode") == "soap:Client"
    assert fault.nsmap["soap"] == "http://schemas.xmlsoap.org/soap/envelope/"
    assert fault.findtext("detail/{*}Fel/{*}Kod") == "BESLUT_SAKNAS"


def test_answers_follow_the_schema(procapita: Procapita) -> None:
    schema = Schema("procapita.xsd")
    answers = [
        procapita.post("registrera_beslut"),
        procapita.post("avsluta_insats"),
        procapita.soap("HamtaKvittens", QUERY),
    ]
    for answer in answers:
        body = parse_untrusted(answer.content)[0]
        content = body.find(".//{*}Fel")
        assert schema.problem(body[0] if content is None else content) is None


def test_own_notes_are_told_with_the_reference(procapita: Procapita) -> None:
    procapita.send("registrera_beslut")
    procapita.send("skapa_aktanteckning", referens="ref-not")
    (change,) = procapita.changes().changes
    assert (change.handelse, change.referens, change.arende) == (
        "AnteckningSkapad",
        "ref-not",
        "A-1",
    )


def test_a_cursor_from_elsewhere_is_refused(procapita: Procapita) -> None:
    element = (
        f'<HamtaAndringar xmlns="{messages.NS}"><Efter>x</Efter><Antal>1</Antal></HamtaAndringar>'
    )
    answer = procapita.soap("HamtaAndringar", element)
    assert procapita.outcome(answer).kod == "OGILTIGT_MEDDELANDE"
