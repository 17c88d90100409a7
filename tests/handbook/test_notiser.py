"""What a case remembers: enough to compare and to count by, and nothing that tells of a person."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.notiser import (
    UTAN_NOTIS,
    Notis,
    digest,
    dokument_id,
    notis,
    notis_av_andring,
)
from tests.handbook.minsta import MAL, TYPER, handelse

TID = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def remembered(typ: str, **andrat: Any) -> Notis:
    made = notis("RAD", parse_event(handelse(typ, **andrat)))
    assert made is not None
    return made


def texts(node: object) -> set[str]:
    match node:
        case str():
            return {node}
        case dict():
            return {text for inner in node.values() for text in texts(inner)}
        case list():
            return {text for inner in node for text in texts(inner)}
        case _:
            return set()


@pytest.mark.parametrize("typ", [typ for typ in TYPER if typ not in UTAN_NOTIS])
def test_no_text_name_or_number_is_remembered(typ: str) -> None:
    event = handelse(typ)
    kept = json.dumps(dict(remembered(typ).data), ensure_ascii=False)
    for text in texts(event["data"]):
        if " " in text or text.isdigit():
            assert text not in kept


def test_what_is_compared_is_remembered_as_its_digest() -> None:
    made = remembered("uppdrag.upprattat", bedomning="Alva behöver fler vuxna.")
    assert made.get("bedomning") == digest("Alva behöver fler vuxna.")
    assert made.get("mal") == [{"mal_id": "M1", "text": digest(MAL[0]["text"]), "omraden": []}]
    assert made.get("former_for_uppfoljning") is True
    assert made.get("tolkbehov") is None


def test_one_changed_byte_is_another_digest() -> None:
    assert digest("Målet.") != digest("Målet. ")
    assert digest("e\u0301") != digest("\u00e9")


@pytest.mark.parametrize("typ", sorted(UTAN_NOTIS & set(TYPER)))
def test_notes_of_the_journal_are_not_remembered(typ: str) -> None:
    assert notis("RAD", parse_event(handelse(typ))) is None


def test_days_are_days_in_stockholm() -> None:
    made = remembered("uppstartsmote.genomfort", tid="2026-03-02T23:30:00Z")
    assert made.datum("tid") == made.dag == date(2026, 3, 3)
    assert remembered("beslut.fattat").dag == date(2026, 2, 15)
    assert Notis("RAD", "x", TID, {}).dag == date(2026, 11, 21)


def test_consents_are_remembered_by_role_and_day() -> None:
    made = remembered("matchning.samtyckt")
    assert made.get("samtycken") == [{"roll": "god_man", "datum": "2026-02-02"}]


@pytest.mark.parametrize(
    ("typ", "named"),
    [
        ("uppdrag.upprattat", "U1"),
        ("genomforandeplan.faststalld", "P1"),
        ("uppfoljning.dokumenterad", "UPPF1"),
        ("insats.startad", "I1"),
        ("arende.aktualiserat", None),
    ],
)
def test_a_document_is_named_by_its_own_id(typ: str, named: str | None) -> None:
    assert dokument_id(remembered(typ)) == named


def test_a_vendors_document_is_named_by_the_first_id_that_it_is_about() -> None:
    data = {"resurs_id": "R1", "insats_id": "I1"}
    assert dokument_id(Notis("RAD", "resurs.tilldelad", TID, data)) == "I1"
    assert dokument_id(Notis("RAD", "uppdrag.mottaget", TID, {})) is None


def test_a_vendors_change_is_remembered_like_an_event() -> None:
    data = {
        "beslut_id": "procapita-7",
        "insatstyp": "oppenvard",
        "beslutstyp": "bifall",
        "beslutsdatum": "2026-02-01",
        "handlaggare": "Siv Sekreterare",
        "mal": [{"mal_id": "M1", "text": "Målet."}],
        "tid": "2026-02-01T10:00:00+01:00",
        "fel": "20160503-2310",
    }
    made = notis_av_andring("procapita:x", "beslut_registrerat", TID, data)
    assert made is not None
    assert made.typ == "beslut.registrerat"
    assert made.data == {
        **data,
        "handlaggare": True,
        "mal": [{"mal_id": "M1", "text": digest("Målet.")}],
        "fel": True,
    }
    assert notis_av_andring("procapita:y", "aktanteckning_skapad", TID, {}) is None
