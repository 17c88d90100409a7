"""The cases in ``examples/`` are what a new user sends first: all must hold together."""

import json
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.handbook.handelser import HANDELSER, Handelse, parse_event
from bbic_bridge.handbook.regler import OPERATIONER, planera

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.ndjson"))
RESURSER = {
    "kontaktfamilj_malmo": {"resurs_registrerad:R-KF-1"},
    "sarskilt_kvalificerad_kontaktperson_malmo": {"resurs_registrerad:R-SKK-1"},
}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def case(path: Path) -> list[Handelse]:
    return [parse_event(row) for row in rows(path)]


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


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_case_completes_in_the_order_of_the_file(path: Path) -> None:
    facts = set(RESURSER.get(path.stem, set()))
    for event in case(path):
        for one in planera(event).uppgifter:
            assert set(one.kraver) <= facts, event.id
            given = set(one.ger) | set(one.ger_ocksa)
            assert not given & facts, event.id
            facts |= given
    assert any(fact.startswith("insats_avslutad:") for fact in facts)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_case_is_one_child_in_one_kommun_told_in_order(path: Path) -> None:
    events = case(path)
    assert len({(event.kommun, event.subject, event.data.barn) for event in events}) == 1
    assert [event.time for event in events] == sorted(event.time for event in events)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_goals_are_carried_over_byte_for_byte(path: Path) -> None:
    found = goals(case(path))
    assert found
    assert {mal_id: len(texts) for mal_id, texts in found.items()} == dict.fromkeys(found, 1)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_case_deviates_from_the_handbook(path: Path) -> None:
    told = [(v.pointer, v.kalla) for event in case(path) for v in planera(event).varningar]
    protected = case(path)[0].data.barn.skydd != "ingen"
    assert told == ([("/data/kontaktuppgifter", "L")] if protected else [])


def test_one_case_is_of_a_protected_child_with_samordningsnummer() -> None:
    children = [case(path)[0].data.barn for path in EXAMPLES]
    assert [int(child.personnummer[6:8]) > 60 for child in children if child.skydd != "ingen"] == [
        True
    ]
