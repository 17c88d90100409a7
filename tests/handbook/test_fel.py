"""What is wrong with a document is told in Swedish, whatever is wrong, and never repeats it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import to_json

from bbic_bridge.handbook.fel import ORD, OVRIGT
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, Ogiltig, parse_event
from bbic_bridge.handbook.kuvert import Overtradelse
from tests.handbook.minsta import BARN, DELTAGARE, MAL, TYPER, dokument, handelse
from tests.handbook.test_handelser import leaves, with_value

ENGELSKA = re.compile(r"\b(input|field|valid|value|should|must|least|most|the|is|not)\b", re.I)
NUMMER = BARN["personnummer"]
ID = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,47}$"


def barn(**andrat: Any) -> dict[str, Any]:
    return {"barn": {**BARN, **andrat}}


# Each type of error: the event, what breaks its smallest document, where and in which words.
BRUTNA: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "missing": ("insats.startad", {"barn": {"personnummer": NUMMER}}, "barn/namn", "saknas"),
    "extra_forbidden": ("insats.startad", {"extra": 1}, "extra", "finns inte i dokumentet"),
    "model_type": ("insats.startad", {"barn": "Alva"}, "barn", "JSON-objekt"),
    "tuple_type": ("kopia.lamnad", {"mottagare": "Alva"}, "mottagare", "en lista"),
    "too_short": ("kopia.lamnad", {"mottagare": []}, "mottagare", "minst 1."),
    "too_long": ("kopia.lamnad", {"mottagare": DELTAGARE * 21}, "mottagare", "högst 40."),
    "string_type": ("beslut.avbrott", {"orsak": 7}, "orsak", "en text"),
    "string_too_short": ("beslut.avbrott", {"orsak": ""}, "orsak", "minst 1 tecken"),
    "string_too_long": ("kopia.lamnad", {"lamnad_av": "x" * 201}, "lamnad_av", "högst 200 tecken"),
    "string_pattern_mismatch": ("insats.startad", {"insats_id": "I 1"}, "insats_id", "1 till 48"),
    "literal_error": ("insats.startad", barn(skydd="x"), "barn/skydd", "'ingen', 'sekretess"),
    "bool_type": ("uppdrag.upprattat", {"behov_av_sip": "ja"}, "behov_av_sip", "true eller false"),
    "int_type": ("resurs.tilldela", {"omfattning": "50"}, "omfattning", "ett heltal"),
    "int_parsing_size": ("insats.startad", {"schema_version": 2**63}, "schema_version", "stort"),
    "greater_than_equal": ("resurs.tilldela", {"omfattning": 0}, "omfattning", "minst 1."),
    "less_than_equal": ("resurs.tilldela", {"omfattning": 101}, "omfattning", "högst 100."),
    "datum": ("insats.startad", {"datum": "3 mars"}, "datum", "ÅÅÅÅ-MM-DD"),
    "datum_finns_inte": ("insats.startad", {"datum": "2026-02-30"}, "datum", "i kalendern"),
    "tid": ("uppfoljningsmote.bokat", {"tid": "2026-03-03T14:00:00"}, "tid", "med tidszon"),
    "tid_finns_inte": ("uppfoljningsmote.bokat", {"tid": "2026-02-30T14:00:00Z"}, "tid", "kalend"),
    "ar": ("insats.startad", {"datum": "1899-12-31"}, "datum", "1900 till 2199"),
    "blank": ("beslut.avbrott", {"orsak": " "}, "orsak", "mellanrum"),
    "tecken": ("beslut.avbrott", {"orsak": "a\x00"}, "orsak", "XML"),
    "ersatts_inte": (
        "insats.startad",
        barn(tidigare_personnummer=["198901012396"]),
        "barn/tidigare_personnummer/0",
        "ersätts inte",
    ),
    "samma_mal": ("uppdrag.upprattat", {"mal": MAL * 2}, "mal", "två gånger"),
    "nummer": ("insats.startad", barn(personnummer="2020"), "barn/personnummer", "Ska vara ett pe"),
    "kontrollsiffra": (
        "insats.startad",
        barn(personnummer="202001012399"),
        "barn/personnummer",
        "kontrollsiffra",
    ),
    "fodelsedatum": (
        "insats.startad",
        barn(personnummer="20160532-T123"),
        "barn/personnummer",
        "datum som inte finns",
    ),
    "tolv_siffror": ("insats.startad", barn(personnummer="2001012398"), "barn/personnummer", "12"),
    "plustecken": (
        "insats.startad",
        barn(personnummer="20200101+2398"),
        "barn/personnummer",
        "100 år",
    ),
}


def overtradelser(event: dict[str, Any]) -> tuple[Overtradelse, ...]:
    try:
        parse_event(event)
    except Ogiltig as error:
        return error.violations
    return ()


def pydantics(event: dict[str, Any]) -> dict[str, str]:
    """The types of error in a document, with pydantic's own words."""
    model = HANDELSER[event["type"]]
    try:
        model.model_validate_json(to_json(event["data"]))
    except ValidationError as error:
        return {one["type"]: one["msg"] for one in error.errors()}
    return {}


@pytest.mark.parametrize("felet", BRUTNA)
def test_each_type_of_error_has_its_words(felet: str) -> None:
    typ, andrat, plats, ord_ = BRUTNA[felet]
    event = handelse(typ, **andrat)
    if felet == "tolv_siffror":
        del event["time"]
    found = [one for one in overtradelser(event) if one.pointer.startswith("/data")]
    assert [one.pointer for one in found] == [f"/data/{plats}"]
    assert ord_ in found[0].message
    assert not ENGELSKA.search(found[0].message)


def test_every_word_is_for_an_error_that_comes() -> None:
    assert set(BRUTNA) == set(ORD)
    for felet in set(ORD) - {"plustecken"}:
        typ, andrat, *_ = BRUTNA[felet]
        assert set(pydantics(handelse(typ, **andrat))) == {felet}


def test_the_words_for_an_id_tell_the_only_pattern_there_is() -> None:
    patterns = {
        pattern
        for typ in HANDELSER.values()
        for pattern in _patterns(typ.model_json_schema(mode="validation"))
    }
    assert patterns == {ID}


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)


def whole(typ: str) -> dict[str, Any]:
    """A document with every field there is, so that each can be broken."""
    tomma = dict.fromkeys(HANDELSER[PREFIX + typ].model_fields)
    return {**tomma, **dokument(typ)}


TECKEN = "aÅ1 -\x00\n\u2028"
VARDEN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(TECKEN, max_size=20)
    | st.sampled_from(["2026-02-30", "2026-03-03T14:00:00", "x" * 20_001, "I 1", "20200101-2399"]),
    lambda inre: st.lists(inre, max_size=3) | st.dictionaries(st.text(TECKEN, max_size=5), inre),
    max_leaves=5,
)


@pytest.mark.parametrize("typ", TYPER)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_no_word_is_pydantics_whatever_stands_anywhere(typ: str, data: st.DataObject) -> None:
    document = json.loads(json.dumps(whole(typ)))
    for plats in data.draw(st.lists(st.sampled_from(list(leaves(document))), max_size=3)):
        try:
            document = with_value(document, plats, data.draw(VARDEN))
        except (KeyError, IndexError, TypeError):
            continue  # what stood around it is already broken
    event = {**handelse(typ), "data": document}
    told = {one.message for one in overtradelser(event)}
    assert told.isdisjoint({*pydantics(event).values(), OVRIGT})
    assert not [message for message in told if ENGELSKA.search(message)]


@pytest.mark.parametrize(
    "data", ["Alva", {"orsak": "\ud800"}, dokument("beslut.avbrott", beslut_id="B-200101-2398")]
)
def test_what_is_wrong_with_the_whole_document_is_swedish_too(data: Any) -> None:
    (one,) = overtradelser({**handelse("beslut.avbrott"), "data": data})
    assert not ENGELSKA.search(one.message)


def test_the_envelope_is_told_of_in_english() -> None:
    event = {**handelse("beslut.avbrott"), "time": "i dag", "source": "/hb/200101-2398"}
    told = {one.pointer: one.message for one in overtradelser(event)}
    assert told == {
        "/time": "must be a date and time with its offset (RFC 3339)",
        "/source": "holds a person's number; ids are shown unmasked",
    }
