"""Changes read off the extracts: what they tell, whom of, and where the next pass starts."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bbic_bridge.adapters import System, build
from bbic_bridge.delivery.errors import Transient
from bbic_bridge.delivery.ports import Link, VendorChange
from bbic_bridge.settings import Kommun
from tests.adapters.familycare_rows import (
    CUSTOMER,
    PERSON,
    SETTINGS,
    allocation,
    at,
    decision,
    execution,
    familycare,
    service,
)

NOW = datetime(2026, 11, 2, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def system() -> Iterator[System]:
    with closing(build("malmo", Kommun.model_validate(SETTINGS))) as built:
        yield built


def extract(system: System, **lists: list[dict[str, Any]]) -> list[VendorChange]:
    with familycare("Extract/", **lists):
        pages = list(system.changes("familycare", None, NOW))
    return [change for page in pages for change in page.changes]


def test_each_kind_of_row_tells_its_change(system: System) -> None:
    told = extract(
        system,
        Services=[service(31, EndDate=at("2027-04-24"))],
        Decisions=[decision(11, ServiceId=31)],
        Executions=[execution(21)],
        ResourceAllocations=[allocation(41)],
    )
    assert [(change.key, dict(change.data)) for change in told] == [
        ("insats_avslutad:31", {"slutdatum": "2027-04-24"}),
        (
            "beslut_registrerat:11",
            {
                "beslutstyp": "bifall",
                "insatstyp": "kontaktfamilj",
                "beslutsdatum": "2026-10-24",
                "fran": "2026-10-25",
                "till": "2027-04-24",
            },
        ),
        ("beslut_verkstallt:21", {"fran": "2026-10-25"}),
        ("resurs_tilldelad:41", {"resurs_id": "R-1", "fran": "2026-10-25"}),
    ]
    assert {change.person for change in told} == {PERSON}
    assert {change.arende for change in told} == {None}
    assert {change.reference for change in told} == {None}


def test_rows_are_tied_by_the_vendors_ids(system: System) -> None:
    told = extract(
        system,
        Services=[service(31)],
        Decisions=[decision(11, ServiceId=31)],
        Executions=[execution(21)],
        ResourceAllocations=[allocation(41)],
    )
    assert {change.kind: set(change.links) for change in told} == {
        "beslut_registrerat": {Link("beslut", "", "11")},
        "beslut_verkstallt": {
            Link("verkstallighet", "", "21"),
            Link("beslut", "", "11"),
            Link("insats", "", "31"),
        },
        "resurs_tilldelad": {Link("resurstilldelning", "", "41"), Link("insats", "", "31")},
    }


def test_times_are_the_rows_legal_dates(system: System) -> None:
    (change,) = extract(system, Decisions=[decision(11)])
    assert change.at.isoformat() == "2026-10-24T00:00:00+02:00"


@pytest.mark.parametrize(
    "lists",
    [
        {"Decisions": [decision(11, Type="Bifall - Ekonomiskt bistånd")]},
        {"Services": [service(31, Type="Försörjningsstöd", EndDate=at("2026-10-30"))]},
        {"Executions": [execution(21, Type="Försörjningsstöd")]},
        {"ResourceAllocations": [allocation(41, ResourceType="Jobbcoach")]},
        {"Services": [service(31)]},
        {"Executions": [execution(21, FromDate=None)]},
        {"ResourceAllocations": [allocation(41, StartDate=None)]},
    ],
)
def test_other_business_and_open_insatser_tell_nothing(
    system: System, lists: dict[str, list[dict[str, Any]]]
) -> None:
    assert extract(system, **lists) == []


def test_a_decision_without_a_period_begins_when_it_is_taken(system: System) -> None:
    refusal = decision(11, Type="Avslag - HVB", FromDate=None, ToDate=None)
    (change,) = extract(system, Decisions=[refusal])
    assert (change.data["beslutstyp"], change.data["insatstyp"]) == ("avslag", "hvb")
    assert change.data["fran"] == "2026-10-24"
    assert "till" not in change.data


def test_a_resource_shown_by_name_is_no_id(system: System) -> None:
    (change,) = extract(system, ResourceAllocations=[allocation(41, Resource="Familjen Ek")])
    assert "resurs_id" not in change.data


@pytest.mark.parametrize(
    ("lists", "person"),
    [
        pytest.param({"Services": [service(31, CustomerNumber=None)]}, PERSON, id="its service"),
        pytest.param({"Decisions": [decision(11, Type="Annat")]}, PERSON, id="its customer"),
        pytest.param({}, None, id="nobody seen"),
        pytest.param(
            {"Decisions": [decision(11, Type="Annat", CustomerNumber=7)]}, None, id="other"
        ),
    ],
)
def test_an_allocations_person_is_who_was_seen_in_the_same_pass(
    system: System, lists: dict[str, list[dict[str, Any]]], person: str | None
) -> None:
    (change,) = extract(system, ResourceAllocations=[allocation(41)], **lists)
    assert change.person == person
    assert Link("insats", "", "31") in change.links
    assert allocation(41)["CustomerNumber"] == CUSTOMER


@pytest.mark.parametrize(
    ("vendor_time", "watermark"),
    [
        ("Mon, 02 Nov 2026 12:00:00 GMT", "2026-11-02T11:00:00+00:00"),
        # Clocks differ: the earlier one counts, so that nothing falls between two passes.
        ("Mon, 02 Nov 2026 11:30:00 GMT", "2026-11-02T10:30:00+00:00"),
        ("Mon, 02 Nov 2026 23:00:00 GMT", "2026-11-02T11:00:05+00:00"),
        ("", "2026-11-02T11:00:05+00:00"),
    ],
)
def test_the_next_pass_starts_an_hour_before_this_one_began(
    system: System, vendor_time: str, watermark: str
) -> None:
    with familycare("Extract/", vendor_time) as router:
        pages = list(system.changes("familycare", "2026-11-02T10:00:00+00:00", NOW))
        asked = [call.request.url.params["modifiedAfter"] for call in router.calls]
    assert pages[-1].cursor == watermark
    assert asked == ["2026-11-02T11:00:00"] * 4


def test_a_pass_cut_short_is_begun_again(system: System) -> None:
    before = "2026-11-02T10:00:00+00:00"
    cursors: list[str] = []
    with familycare("Extract/", Decisions=[decision(11)]) as router:
        router["ResourceAllocations"].respond(403)
        pages = system.changes("familycare", before, NOW)
        with pytest.raises(Transient, match="unauthorised"):
            cursors.extend(page.cursor for page in pages)
    assert cursors == [before] * 3


@pytest.mark.parametrize("cursor", [None, ""])
def test_the_first_pass_begins_an_hour_ago_and_moves_only_at_its_end(
    system: System, cursor: str | None
) -> None:
    with familycare("Extract/") as router:
        pages = list(system.changes("familycare", cursor, NOW))
        asked = [call.request.url.params for call in router.calls]
    begun = NOW - timedelta(hours=1)
    assert [page.cursor for page in pages[:-1]] == [begun.isoformat()] * 4
    local = begun.astimezone(ZoneInfo("Europe/Stockholm")).strftime("%Y-%m-%dT%H:%M:%S")
    assert [params["modifiedAfter"] for params in asked] == [local] * 4
