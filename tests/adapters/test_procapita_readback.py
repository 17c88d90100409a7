"""What counts as our effect in FamilyCare, and what is left to a person."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bbic_bridge.adapters import System, build
from bbic_bridge.delivery.ports import Link
from bbic_bridge.settings import Kommun
from tests.adapters.familycare_rows import (
    SETTINGS,
    allocation,
    at,
    decision,
    execution,
    familycare,
    page,
    service,
)
from tests.adapters.orders import AVSLUTA, order

KNOWN = {
    ("beslut", "B-1"): "11",
    ("insats", "I-1"): "31",
    ("resurstilldelning", "I-1/R-1"): "41",
}
TAKEN = frozenset((kind, nr) for (kind, _), nr in KNOWN.items())


@pytest.fixture
def system() -> Iterator[System]:
    with closing(build("malmo", Kommun.model_validate(SETTINGS))) as built:
        yield built


def outcome(system: System, message: str, *known: tuple[str, str], **lists: Any) -> str:
    """What is found of an order, without a receipt; ``known`` are the ids that we know."""
    vendor_ids = {pair: KNOWN[pair] for pair in known}
    what = replace(order(message), vendor_ids=vendor_ids, taken=frozenset({("beslut", "99")}))
    with familycare(**lists):
        return system.find(what).outcome


BESLUT, INSATS, TILLDELNING = KNOWN


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "absent"),
        ([decision(12)], "found"),
        ([decision(12), decision(13)], "several"),
        ([decision(12), decision(99)], "found"),
        ([decision(99)], "absent"),
        ([decision(12, Type="Bifall - Kontaktperson")], "absent"),
        ([decision(12, Type="Bifall")], "absent"),
        ([decision(12, FromDate=at("2026-10-26"))], "absent"),
        ([decision(12, ToDate=None)], "absent"),
        # Midnight in Stockholm is the day before in UTC: legal dates are Stockholm's.
        ([decision(12, Date="2026-10-23T22:00:00Z")], "found"),
    ],
)
def test_a_decision_is_known_by_type_and_dates(
    system: System, rows: list[dict[str, Any]], expected: str
) -> None:
    assert outcome(system, "registrera_beslut", Decisions=rows) == expected


def test_a_decision_without_end_matches_only_one_without_end(system: System) -> None:
    what = order("registrera_beslut", till=None)
    with familycare(Decisions=[decision(12), decision(13, ToDate=None)]):
        finding = system.find(what)
    assert finding.links == (Link("beslut", "B-1", "13"),)
    assert b'"Id":13' in finding.answer


def test_a_type_without_display_text_cannot_be_known(system: System) -> None:
    what = order("registrera_beslut", insatstyp="okand")
    with familycare(Decisions=[decision(12)]):
        assert system.find(what).outcome == "unknowable"


@pytest.mark.parametrize(
    ("services", "executions", "expected"),
    [
        ([], [], "absent"),
        ([service(31)], [execution(21)], "found"),
        ([service(31), service(32)], [execution(21), execution(22)], "several"),
        ([service(31)], [execution(21), execution(22)], "several"),
        ([service(31)], [], "several"),
        ([service(31, DecisionId=12)], [], "absent"),
        ([service(31, DecisionId=None)], [execution(21, Type="HVB")], "absent"),
        # An insats that goes on under a new decision keeps its first start.
        ([service(31, StartDate=at("2025-01-01"))], [execution(21)], "found"),
    ],
)
def test_an_execution_is_known_by_its_decision(
    system: System,
    services: list[dict[str, Any]],
    executions: list[dict[str, Any]],
    expected: str,
) -> None:
    lists = {"Services": services, "Executions": executions}
    assert outcome(system, "verkstall_beslut", BESLUT, **lists) == expected


def test_an_insats_that_goes_on_is_found_though_another_reference_took_it(system: System) -> None:
    what = replace(
        order("verkstall_beslut"),
        vendor_ids=KNOWN,
        taken=TAKEN | {("verkstallighet", "21")},
    )
    with familycare(Services=[service(31)], Executions=[execution(21), execution(22)]):
        finding = system.find(what)
    assert finding.links == (Link("verkstallighet", "B-1", "22"), Link("insats", "I-1", "31"))


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ([service(31)], "found"),
        ([service(31, Type="HVB")], "several"),
        ([service(31, StartDate=at("2026-10-26"))], "several"),
    ],
)
def test_without_the_decisions_id_type_and_start_must_do(
    system: System, services: list[dict[str, Any]], expected: str
) -> None:
    lists = {"Services": services, "Executions": [execution(21)]}
    assert outcome(system, "verkstall_beslut", **lists) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "absent"),
        ([allocation(41)], "found"),
        ([allocation(41), allocation(42)], "several"),
        ([allocation(41, ServiceId=32)], "absent"),
        ([allocation(41, StartDate=at("2026-10-26"))], "absent"),
        # Shown under another name: it may be ours, so it is neither sent again nor counted.
        ([allocation(41, Resource="Familjen Ek")], "several"),
        ([allocation(41), allocation(42, Resource="R-2")], "found"),
    ],
)
def test_an_allocation_is_known_by_insats_resource_and_start(
    system: System, rows: list[dict[str, Any]], expected: str
) -> None:
    assert outcome(system, "tilldela_resurs", INSATS, ResourceAllocations=rows) == expected


@pytest.mark.parametrize("message", ["tilldela_resurs", f"{AVSLUTA}/resurs", f"{AVSLUTA}/insats"])
def test_without_the_insats_id_nothing_can_be_known(system: System, message: str) -> None:
    lists = {"Services": [service(31)], "ResourceAllocations": [allocation(41)]}
    assert outcome(system, message, **lists) == "unknowable"


ENDS = [
    (None, "absent"),
    (at("2027-04-24"), "found"),
    (at("2027-03-01"), "found"),
    (at("2027-04-25"), "absent"),
]


@pytest.mark.parametrize(("end", "expected"), ENDS)
def test_an_insats_has_ended_when_it_has_by_the_date_asked_for(
    system: System, end: str | None, expected: str
) -> None:
    rows = [service(31, EndDate=end)]
    assert outcome(system, f"{AVSLUTA}/insats", INSATS, Services=rows) == expected


@pytest.mark.parametrize(("end", "expected"), ENDS)
@pytest.mark.parametrize("known", [TILLDELNING, INSATS])
def test_a_resource_has_ended_by_its_own_id_or_by_its_insats(
    system: System, known: tuple[str, str], end: str | None, expected: str
) -> None:
    rows = [allocation(41, EndDate=end), allocation(42, ServiceId=32)]
    assert outcome(system, f"{AVSLUTA}/resurs", known, ResourceAllocations=rows) == expected


def test_an_open_allocation_of_the_same_resource_keeps_it_open(system: System) -> None:
    rows = [allocation(41, EndDate=at("2027-01-01")), allocation(42)]
    assert outcome(system, f"{AVSLUTA}/resurs", INSATS, ResourceAllocations=rows) == "absent"


def test_a_resource_never_given_is_for_a_person(system: System) -> None:
    assert outcome(system, f"{AVSLUTA}/resurs", INSATS) == "unknowable"


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ((Link("verkstallighet", "B-1", "21"), Link("insats", "I-1", "31")), "found"),
        ((Link("verkstallighet", "B-1", "21"), Link("insats", "I-1", "32")), "absent"),
        ((Link("verkstallighet", "B-1", "31"),), "absent"),
        ((Link("okand", "B-1", "21"),), "absent"),
    ],
)
def test_after_a_receipt_every_id_in_it_must_be_there(
    system: System, links: tuple[Link, ...], expected: str
) -> None:
    with familycare(Services=[service(31)], Executions=[execution(21)]):
        assert system.find(order("verkstall_beslut"), links).outcome == expected


def test_the_person_and_the_decisions_day_are_asked_for(system: System) -> None:
    with familycare() as router:
        system.find(order("registrera_beslut"))
        asked = dict(router["Decisions"].calls[0].request.url.params)
    assert (asked["personId"], asked["startDate"], asked["endDate"]) == (
        "201801052398",
        "2026-10-24",
        "2026-10-24",
    )


def test_what_was_filed_under_a_number_since_replaced_is_found(system: System) -> None:
    before = "201605032380"
    what = replace(order("registrera_beslut"), other_numbers=(before,))

    def of(request: httpx.Request) -> httpx.Response:
        return page([decision(12)] if request.url.params["personId"] == before else [])

    with familycare() as router:
        router["Decisions"].side_effect = of
        assert system.find(what).outcome == "found"
        assert system.find(order("registrera_beslut")).outcome == "absent"


def test_a_row_that_stands_under_both_numbers_is_one(system: System) -> None:
    what = replace(order("registrera_beslut"), other_numbers=("201605032380",))
    with familycare(Decisions=[decision(12)]) as router:
        assert system.find(what).outcome == "found"
        assert router["Decisions"].call_count == 2
