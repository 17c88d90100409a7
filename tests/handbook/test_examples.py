"""The cases in ``examples/`` are what a new user sends first: all must hold together.

All but one keep to the handbook: ``kontaktperson_malmo`` has one limit that is never met and one
mål that was reworded, and nothing else.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.handbook.avvikelser import avvikelser
from bbic_bridge.handbook.dokument.bas import Dokument
from bbic_bridge.handbook.frister import frister, skede
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, Handelse, parse_event
from bbic_bridge.handbook.kodlistor import FORANDRING, INSATSTYPER, OMRADEN, ROLLER
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import notis
from bbic_bridge.handbook.punkter import kalla_av
from bbic_bridge.handbook.regler import OPERATIONER, planera
from bbic_bridge.handbook.steg import steg

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.ndjson"))
BREAKS = "kontaktperson_malmo"
PROTECTED = "sarskilt_kvalificerad_kontaktperson_malmo"
RESURSER = {
    "familjehem_exempel": {"resurs_registrerad:R-FH-1"},
    "kontaktfamilj_malmo": {"resurs_registrerad:R-KF-1"},
    "kontaktperson_malmo": {"resurs_registrerad:R-KP-1"},
    "sarskilt_kvalificerad_kontaktperson_malmo": {"resurs_registrerad:R-SKK-1"},
}
each_case = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def case(path: Path) -> list[Handelse]:
    return [parse_event(row) for row in rows(path)]


def state(path: Path) -> Lage:
    return Lage(one for event in case(path) if (one := notis(event.id, event)) is not None)


def goals(events: list[Handelse]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for event in events:
        for goal in getattr(event.data, "mal", ()):
            found.setdefault(goal.mal_id, set()).add(goal.text)
    return found


def test_every_event_type_is_shown_somewhere() -> None:
    assert {row["type"] for path in EXAMPLES for row in rows(path)} == set(HANDELSER)


def test_every_operation_is_shown_somewhere() -> None:
    planned = (one for path in EXAMPLES for event in case(path) for one in planera(event).uppgifter)
    assert {one.operation for one in planned} == set(OPERATIONER)


def test_ids_are_unique_per_source() -> None:
    ids = [(row["source"], row["id"]) for path in EXAMPLES for row in rows(path)]
    assert len(set(ids)) == len(ids)


@each_case
def test_a_case_completes_in_the_order_of_the_file(path: Path) -> None:
    facts = set(RESURSER.get(path.stem, set()))
    for event in case(path):
        for one in planera(event).uppgifter:
            assert set(one.kraver) <= facts, event.id
            given = set(one.ger) | set(one.ger_ocksa)
            assert not given & facts, event.id
            facts |= given
    ends = any(fact.startswith("insats_avslutad:") for fact in facts)
    assert ends == (path.stem != BREAKS)


@each_case
def test_a_case_is_one_child_in_one_kommun_told_in_order(path: Path) -> None:
    events = case(path)
    assert len({(event.kommun, event.subject, event.data.barn) for event in events}) == 1
    assert [event.time for event in events] == sorted(event.time for event in events)


@each_case
def test_goals_are_carried_over_byte_for_byte(path: Path) -> None:
    found = goals(case(path))
    assert found
    reworded = {mal_id for mal_id, texts in found.items() if len(texts) > 1}
    assert reworded == ({"KP-M1"} if path.stem == BREAKS else set())


@each_case
def test_no_document_lacks_what_the_handbook_asks_for(path: Path) -> None:
    told = [(event.id, v.pointer) for event in case(path) for v in planera(event).varningar]
    # Prolonged until further notice: that is why nobody sees that the next uppföljning is due.
    left_out = {
        BREAKS: [("kp-malmo-25", "/data/till")],
        PROTECTED: [("skk-malmo-11", "/data/kontaktuppgifter")],
    }
    assert told == left_out.get(path.stem, [])


@each_case
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2027, 1, 1), date(2060, 2, 29)])
def test_one_limit_is_not_met_whatever_the_day(path: Path, today: date) -> None:
    made = [(f.kod, f.objekt, f.senast, skede(f, today)) for f in frister(state(path), {})]
    assert made
    unmet = [one for one in made if one[-1] not in ("uppfylld", "upphord")]
    expected = [("uppfoljning", "KP-I-1", date(2025, 7, 20), "overskriden")]
    assert unmet == (expected if path.stem == BREAKS else [])


@each_case
def test_one_goal_deviates(path: Path) -> None:
    found = [(one.kod, one.objekt, one.rad) for one in avvikelser(state(path))]
    expected = [("mal.andrat", "KP-M1", "kp-malmo-24")]
    assert found == (expected if path.stem == BREAKS else [])


@each_case
def test_no_step_of_the_handbook_is_left_out(path: Path) -> None:
    lage = state(path)
    points = steg(lage, frister(lage, {}), date(2027, 1, 1))
    left_out = [(one.insats_id, one.namn) for one in points if one.laget in ("saknas", "for_sent")]
    expected = {
        BREAKS: [("KP-I-1", "Uppföljning är dokumenterad")],
        # What is Chansen's own comes from Treserva: who got the uppdrag, and the plan.
        "oppenvard_chansen": [
            ("OV-I-1", "Uppdraget är fördelat"),
            ("OV-I-1", "Genomförandeplan finns"),
        ],
        "hvb_exempel": [("HVB-I-2", "Uppdraget är fördelat")],
    }
    assert left_out == expected.get(path.stem, [])


def test_every_kind_of_insats_is_decided_carried_out_and_planned() -> None:
    for event_type in ("beslut.fattat", "uppdrag.upprattat", "beslut.verkstall", "insats.startad"):
        assert kinds(event_type) == set(INSATSTYPER), event_type
    assert kinds("genomforandeplan.faststalld") | kinds("genomforandeplan.aterlamnad") == set(
        INSATSTYPER
    )


def kinds(event_type: str) -> set[str | None]:
    """The kinds of insats that events of a type are about."""
    found = set()
    for path in EXAMPLES:
        insatser = state(path).insatser
        for data in documents(path, event_type):
            found.add(data.get("insatstyp") or insatser[data["insats_id"]].insatstyp)
    return found


def documents(path: Path, *event_types: str) -> list[dict[str, Any]]:
    """What a case says in events of these types."""
    return [row["data"] for row in rows(path) if row["type"].removeprefix(PREFIX) in event_types]


def test_one_vardplan_leads_to_a_plan_for_each_utforare() -> None:
    plans = documents(FOLDER / "familjehem_exempel.ndjson", "genomforandeplan.faststalld")
    assert {plan["vardplan_id"] for plan in plans} == {"FH-VP-1"}
    assert {(plan["insatstyp"], plan["utforare"]) for plan in plans} == {
        ("familjehem", "Familjen Åkerlund"),
        ("bim_grupp", "BIM-gruppen"),
        ("stod_i_foraldrarollen", "Föräldrastödet"),
    }


def test_the_hvb_has_goals_of_its_own_in_a_plan_that_all_concerned_have_signed() -> None:
    path = FOLDER / "hvb_exempel.ndjson"
    uppdrag = documents(path, "uppdrag.upprattat")[0]
    plan, signed = documents(path, "genomforandeplan.aterlamnad", "genomforandeplan.undertecknad")
    assert {mal["mal_id"] for mal in plan["mal"]} - {mal["mal_id"] for mal in uppdrag["mal"]} == {
        "HVB-PM1"
    }
    assert signed["plan_id"] == plan["plan_id"]
    signatures = {one["roll"] for one in signed["underskrifter"]}
    assert signatures == {"barn", "vardnadshavare", "hvb", "socialsekreterare"}


@pytest.mark.parametrize(("field", "codes"), [
    ("forandring", FORANDRING), ("omraden", OMRADEN), ("roll", ROLLER),
])  # fmt: skip
def test_every_code_of_a_list_is_used(field: str, codes: Iterable[str]) -> None:
    found = {value for path in EXAMPLES for row in rows(path) for value in values(row, field)}
    assert found == set(codes)


def values(part: Any, field: str) -> Iterator[str]:
    """What stands under a name, anywhere in a document."""
    if isinstance(part, list):
        for one in part:
            yield from values(one, field)
    if isinstance(part, dict):
        for name, value in part.items():
            if name == field:
                yield from value if isinstance(value, list) else [value]
            yield from values(value, field)


def test_every_content_point_that_a_source_names_is_filled_somewhere() -> None:
    shown = {place for path in EXAMPLES for event in case(path) for place in filled(event.data)}
    asked = {
        (owner(typ, name), name)
        for typ in HANDELSER.values()
        for name, field in typ.model_fields.items()
        if (kalla_av(field) or "").startswith(("A", "B"))
    }
    # Why a child was not at the uppstartsmöte, and why someone has not consented: here all have.
    assert asked - shown == {
        ("UppstartsmoteGenomfort", "barnet_deltog_inte_for"),
        ("MatchningSamtyckt", "barnets_samtycke_saknas_for"),
        ("MatchningSamtyckt", "vardnadshavares_samtycke_saknas_for"),
    }


def filled(dokument: Dokument) -> Iterator[tuple[str, str]]:
    """The fields of a document that hold something."""
    for name in type(dokument).model_fields:
        if getattr(dokument, name) not in (None, ()):
            yield owner(type(dokument), name), name


def owner(typ: type[Dokument], name: str) -> str:
    """The document that has the field for all that are made from it."""
    return next(one.__name__ for one in typ.__mro__ if name in one.__annotations__)


@each_case
def test_protection_is_said_of_everyone(path: Path) -> None:
    for data in (row["data"] for row in rows(path)):
        people = (data["barn"], *data.get("foraldrar", ()), *data.get("kontaktuppgifter", ()))
        assert "okand" not in [one.get("skydd", "okand") for one in people]


def test_one_case_is_of_a_protected_child_with_samordningsnummer() -> None:
    children = [case(path)[0].data.barn for path in EXAMPLES]
    assert [int(child.personnummer[6:8]) > 60 for child in children if child.skydd != "ingen"] == [
        True
    ]
