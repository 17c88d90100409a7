"""Changes read off the extracts: what they tell, whom of, and where the next pass starts."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bbic_bridge.adapters import System, build
from bbic_bridge.delivery.errors import Contract, Transient
from bbic_bridge.delivery.ports import Link, Page, Unreadable, VendorChange
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


def read(system: System, **lists: list[Any]) -> list[Page]:
    with familycare("Extract/", **lists):
        return list(system.changes("familycare", None, NOW))


def extract(system: System, **lists: list[Any]) -> list[VendorChange]:
    told = [one for page in read(system, **lists) for one in page.changes]
    return [one for one in told if isinstance(one, VendorChange)]


def unreadable(system: System, **lists: list[Any]) -> Unreadable:
    """The only row that cannot be read."""
    told = [one for page in read(system, **lists) for one in page.changes]
    (found,) = [one for one in told if isinstance(one, Unreadable)]
    return found


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


BAD = "i går " + PERSON


@pytest.mark.parametrize(
    ("lists", "row", "kind", "field"),
    [
        (
            {"Services": [service(31, EndDate=BAD), service(32, EndDate=at("2027-04-24"))]},
            "Services:31",
            "insats_avslutad",
            "Extract/Services, field EndDate: value_error",
        ),
        (
            {"Decisions": [decision(11, Date=BAD), decision(12)]},
            "Decisions:11",
            "beslut_registrerat",
            "Extract/Decisions, field Date: value_error",
        ),
        (
            {"Executions": [execution(21, ServiceId=[], FromDate="9999-12-31T23:59:59Z")]},
            "Executions:21",
            "beslut_verkstallt",
            "Extract/Executions, field FromDate: value_error",
        ),
        (
            {"ResourceAllocations": [allocation(41, Percent="hela")]},
            "ResourceAllocations:41",
            "resurs_tilldelad",
            "Extract/ResourceAllocations, field Percent: int_parsing",
        ),
        (
            {"Decisions": [decision(11, Id=PERSON + "x"), decision(12)]},
            None,
            "beslut_registrerat",
            "Extract/Decisions, field Id: int_parsing",
        ),
        ({"Decisions": [PERSON, decision(12)]}, None, "beslut_registrerat", "field : model_type"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_are_told(
    system: System, lists: dict[str, list[Any]], row: str | None, kind: str, field: str
) -> None:
    bad = unreadable(system, **lists)
    assert (bad.row, bad.kind, bad.stream, bad.code) == (row, kind, "familycare", "malformed_row")
    assert bad.where.startswith("profile procapita/standard, message Extract/")
    assert field in bad.where
    assert PERSON not in bad.where + repr(bad)
    rest = sum(map(len, lists.values())) - 1
    assert len(extract(system, **lists)) == rest
    assert read(system, **lists)[-1].cursor == (NOW - timedelta(hours=1, seconds=5)).isoformat()


def test_a_page_that_is_none_is_an_error_of_the_stream(system: System) -> None:
    with familycare("Extract/") as router:
        router["Decisions"].respond(200, json={"TotalNumberOfRecords": "många", "Result": []})
        with pytest.raises(Contract) as caught:
            list(system.changes("familycare", None, NOW))
    assert caught.value.where == "Extract/Decisions: TotalNumberOfRecords: int_parsing"


def test_other_business_that_cannot_be_read_is_still_other_business(system: System) -> None:
    row = decision(11, Type="Bifall - Ekonomiskt bistånd", Date=BAD)
    assert [one for page in read(system, Decisions=[row]) for one in page.changes] == []


@pytest.mark.parametrize(
    ("lists", "bad", "mended"),
    [
        ({}, ("Services", service(31, EndDate=BAD)), {"EndDate": at("2027-04-24")}),
        ({}, ("Decisions", decision(11, Date=BAD)), {"Date": at("2026-10-24")}),
        (
            {"Services": [service(31)]},
            ("Executions", execution(21, FromDate=BAD)),
            {"FromDate": at("2026-10-25")},
        ),
        (
            {"Services": [service(31)]},
            ("ResourceAllocations", allocation(41, StartDate=BAD)),
            {"StartDate": at("2026-10-25")},
        ),
        (
            {"Decisions": [decision(11, Type="Annat")]},
            ("ResourceAllocations", allocation(41, StartDate=BAD)),
            {"StartDate": at("2026-10-25")},
        ),
    ],
)
def test_a_row_is_read_again_with_what_its_pass_had_seen(
    system: System,
    lists: dict[str, list[dict[str, Any]]],
    bad: tuple[str, dict[str, Any]],
    mended: dict[str, Any],
) -> None:
    """As if the bridge had learnt to read it: the row is mended where it lies."""
    name, row = bad
    kept = unreadable(system, **lists, **{name: [row]})
    assert system.read_again(kept) == kept
    mendable = json.dumps({name: row | mended}).encode()
    wanted = extract(system, **lists, **{name: [row | mended]})[-1]
    assert system.read_again(replace(kept, raw=mendable)) == wanted
    assert wanted.person == PERSON


def test_a_row_that_tells_nothing_when_it_is_read_again_is_no_news(system: System) -> None:
    kept = unreadable(system, Services=[service(31, StartDate=BAD)])
    mended = json.dumps({"Services": service(31)}).encode()
    assert system.read_again(replace(kept, raw=mended)) is None


def test_what_hangs_on_a_row_that_cannot_be_read_still_finds_its_person(system: System) -> None:
    lists = {
        "Services": [service(31, EndDate=BAD)],
        "Executions": [execution(21)],
        "ResourceAllocations": [allocation(41, CustomerNumber=None)],
    }
    told = extract(system, **lists)
    assert [(change.kind, change.person) for change in told] == [
        ("beslut_verkstallt", PERSON),
        ("resurs_tilldelad", PERSON),
    ]
    assert Link("beslut", "", "11") in told[0].links


def test_rows_that_can_be_read_are_named_whether_they_tell_something_or_not(
    system: System,
) -> None:
    lists = {"Services": [service(31)], "Decisions": [decision(11), decision(12, Type="Annat")]}
    pages = read(system, **lists)
    assert [page.silent for page in pages[:2]] == [("Services:31",), ("Decisions:12",)]
    (change,) = extract(system, **lists)
    assert change.row == "Decisions:11"


def test_the_extract_begins_an_hour_before_it_is_first_seen(system: System) -> None:
    assert system.start_of("familycare", NOW) == (NOW - timedelta(hours=1)).isoformat()
    assert system.start_of("andringar", NOW) == ""
