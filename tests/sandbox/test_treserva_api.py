"""Treserva's own ways: the idempotency key, the feed, and what it takes for a message."""

import pytest

from bbic_bridge.contracts.xml import parse_untrusted
from bbic_bridge.sandbox.schema import Schema
from tests.sandbox import messages_treserva as messages
from tests.sandbox.control import Control
from tests.sandbox.vendors import IDS, Treserva


def _beslut(**fields: str) -> str:
    given = {**IDS, "referens": "r", "skydd_kod": "0", **fields}
    return messages.message("registrera_beslut", given)


def test_the_same_key_and_body_is_one_effect_and_one_answer(
    treserva: Treserva, control: Control
) -> None:
    first = treserva.raw(_beslut(), "r.v1")
    second = treserva.raw(_beslut(), "r.v1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    assert len(control.journal()) == 1


def test_the_same_key_with_another_body_is_refused(treserva: Treserva, control: Control) -> None:
    treserva.raw(_beslut(), "r.v1")
    answer = treserva.raw(_beslut(beslut_id="B-2"), "r.v1")
    assert answer.status_code == 409
    assert treserva.outcome(answer).kod == "NYCKEL_ANDRAT_INNEHALL"
    assert len(control.journal()) == 1


def test_another_key_is_another_effect(treserva: Treserva, control: Control) -> None:
    treserva.raw(_beslut(), "r.v1")
    assert treserva.raw(_beslut(), "r.v2").status_code == 201
    assert [line["reference"] for line in control.journal()] == ["r", "r"]


def test_a_key_belongs_to_one_kommun(treserva: Treserva) -> None:
    treserva.raw(_beslut(), "r.v1")
    assert treserva.elsewhere("annan").raw(_beslut(), "r.v1").status_code == 201


def test_what_was_refused_may_be_tried_again_with_the_same_key(treserva: Treserva) -> None:
    assert treserva.send("verkstall_beslut", key="k").kod == "BESLUT_SAKNAS"
    treserva.send("registrera_beslut")
    assert treserva.send("verkstall_beslut", key="k").status == 201


def test_a_business_fault_is_422(treserva: Treserva) -> None:
    assert treserva.send("verkstall_beslut").status == 422


def test_a_message_without_key_is_refused(treserva: Treserva, control: Control) -> None:
    answer = treserva.raw(_beslut(), "")
    assert (answer.status_code, treserva.outcome(answer).kod) == (400, "NYCKEL_SAKNAS")
    assert control.journal() == []


@pytest.mark.parametrize(
    "body",
    [
        "not xml",
        _beslut().replace('arende="A-1"', ""),
        _beslut(personnummer="201801052398").replace("20180105-", "20180105"),
        _beslut().replace("</Beslut>", "<Extra/></Beslut>"),
        "<!DOCTYPE x>" + _beslut(),
        f'<Svar xmlns="{messages.NS}" referens="r" tid="2026-01-01T00:00:00Z"/>',
    ],
    ids=["text", "missing", "pattern", "extra", "doctype", "answer"],
)
def test_what_the_schema_forbids_is_refused(
    treserva: Treserva, control: Control, body: str
) -> None:
    answer = treserva.raw(body, "k")
    assert (answer.status_code, treserva.outcome(answer).kod) == (400, "OGILTIGT_MEDDELANDE")
    assert control.journal() == []


def test_another_content_type_is_refused(treserva: Treserva) -> None:
    answer = treserva.raw(_beslut(), "k", headers={"Content-Type": "application/json"})
    assert answer.status_code == 415


def test_the_feed_tells_what_our_writes_caused(treserva: Treserva) -> None:
    treserva.send("registrera_beslut", referens="ref-1")
    treserva.send("verkstall_beslut", referens="ref-2")
    treserva.send("skapa_aktanteckning", referens="ref-3")
    told = [(change.handelse, change.referens) for change in treserva.changes().changes]
    assert told == [
        ("beslut.nytt", "ref-1"),
        ("verkstallighet.ny", "ref-2"),
        ("anteckning.ny", "ref-3"),
    ]


@pytest.mark.parametrize("query", ["antal=0", "antal=501", "antal=x", "efter=x&antal=1"])
def test_a_bad_question_is_refused(treserva: Treserva, query: str) -> None:
    answer = treserva.http.get(f"{treserva.url}/andringar?{query}")
    assert (answer.status_code, treserva.outcome(answer).kod) == (400, "OGILTIG_FRAGA")


def test_answers_follow_the_schema(treserva: Treserva) -> None:
    schema = Schema("treserva.xsd")
    answers = [
        treserva.post("registrera_beslut"),
        treserva.post("avsluta_insats"),
        treserva.http.get(f"{treserva.url}/svar?referens=okand"),
    ]
    for answer in answers:
        assert answer.headers["content-type"] == "application/xml; charset=utf-8"
        assert schema.problem(parse_untrusted(answer.content)) is None
