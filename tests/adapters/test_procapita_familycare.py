"""Reading FamilyCare: rows, paging, deltas, and answers that break the contract."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import respx

from bbic_bridge.adapters.channels.http import Clock, Http
from bbic_bridge.adapters.procapita.familycare import PASSES, FamilyCare, local
from bbic_bridge.adapters.procapita.rows import Decision, Malformed, Service, child, legal_date
from bbic_bridge.delivery.errors import Contract, DeliveryError, Throttled, Transient

BASE = "http://procapita.test/WESE.FC.Api.FC"
TOLVAN = "201801052398"
DECISION = {
    "Id": 4711,
    "Date": "2026-10-24T00:00:00",
    "Type": "Bifall - Kontaktfamilj",
    "FromDate": "2026-10-25T00:00:00",
    "ToDate": None,
    "ServiceId": None,
    "Amount": 0.0,
    "DecisionPersonDTOs": [
        {"PersonId": "201705132391", "Name": "Medsökande", "IsCoApplicant": True},
        {"PersonId": TOLVAN, "Name": "Barn", "IsCoApplicant": False},
    ],
}


@pytest.fixture
def client() -> Iterator[FamilyCare]:
    http = Http(BASE, timeout_s=5, clock=Clock(sleep=lambda _: None))
    with closing(http):
        yield FamilyCare(http, "IFO", "hemlig-nyckel", page_size=2)


def _page(rows: list[dict[str, Any]], total: int, **headers: str) -> httpx.Response:
    content = {"TotalNumberOfRecords": total, "TotalNumberOfPages": 9, "Result": rows}
    return httpx.Response(200, json=content, headers=headers)


def _decisions(*ids: int) -> list[dict[str, Any]]:
    return [{**DECISION, "Id": number} for number in ids]


def _of_person(client: FamilyCare) -> tuple[Decision, ...]:
    return client.of_person(Decision, TOLVAN, date(2026, 10, 24), date(2026, 10, 25))


@respx.mock
def test_rows_of_a_person_are_paged_to_the_end(client: FamilyCare) -> None:
    route = respx.get(f"{BASE}/apifc/v1/Decisions")
    route.side_effect = [_page(_decisions(1, 2), 3), _page(_decisions(3), 3)]
    assert [row.id for row in _of_person(client)] == [1, 2, 3]
    asked = [dict(call.request.url.params) for call in route.calls]
    assert asked[0] == {
        "personId": TOLVAN,
        "startDate": "2026-10-24",
        "endDate": "2026-10-25",
        "pageSize": "2",
        "pageNr": "0",
        "domain": "IFO",
        "key": "hemlig-nyckel",
    }
    assert asked[1]["pageNr"] == "1"


@respx.mock
def test_a_row_is_typed_and_its_times_are_stockholms(client: FamilyCare) -> None:
    respx.get(f"{BASE}/apifc/v1/Decisions").mock(return_value=_page([DECISION], 1))
    (row,) = _of_person(client)
    assert row.date.isoformat() == "2026-10-24T00:00:00+02:00"
    assert (legal_date(row.from_date), legal_date(row.to_date)) == ("2026-10-25", None)
    assert child(row.persons) == TOLVAN


@respx.mock
def test_the_extract_asks_for_what_changed_and_gives_the_vendors_time(client: FamilyCare) -> None:
    route = respx.get(f"{BASE}/apifc/v1/Extract/Services")
    service = {"Id": 5, "ServiceType": "Kontaktfamilj", "ExecutionId": 4, "ServicePersonDTOs": None}
    route.mock(return_value=_page([service], 1, Date="Mon, 02 Nov 2026 12:00:00 GMT"))
    (page,) = client.extract(Service, datetime(2026, 11, 2, 11, 30, tzinfo=UTC))
    assert page.at == datetime(2026, 11, 2, 12, tzinfo=UTC)
    (row,) = page.rows
    assert isinstance(row, Service)
    assert (row.type, row.execution_id) == ("Kontaktfamilj", 4)
    asked = dict(route.calls[0].request.url.params)
    assert asked["modifiedAfter"] == "2026-11-02T12:30:00"
    assert (asked["offset"], asked["limit"]) == ("0", "2")


@respx.mock
def test_a_row_of_the_extract_that_cannot_be_read_counts_like_any_other(
    client: FamilyCare,
) -> None:
    route = respx.get(f"{BASE}/apifc/v1/Extract/Decisions")
    bad = {**DECISION, "Id": 2, "Date": f"i går {TOLVAN}"}
    route.side_effect = [_page([*_decisions(1), bad], 3), _page(_decisions(3), 3)]
    pages = list(client.extract(Decision, datetime(2026, 11, 2, tzinfo=UTC)))
    rows = [row for page in pages for row in page.rows]
    assert [row if isinstance(row, Malformed) else row.id for row in rows] == [
        1,
        Malformed(bad, "Date: value_error"),
        3,
    ]
    assert [call.request.url.params["offset"] for call in route.calls] == ["0", "2"]


@respx.mock
@pytest.mark.parametrize(
    "unrest",
    [
        pytest.param(_page(_decisions(9), 4), id="total changed"),
        pytest.param(_page([], 3), id="a page is missing"),
        pytest.param(_page(_decisions(8, 9), 3), id="more rows than told"),
    ],
)
def test_a_list_that_moved_is_read_again(client: FamilyCare, unrest: httpx.Response) -> None:
    route = respx.get(f"{BASE}/apifc/v1/Decisions")
    calm = [_page(_decisions(1, 2), 3), _page(_decisions(3), 3)]
    route.side_effect = [_page(_decisions(1, 2), 3), unrest, *calm]
    assert [row.id for row in _of_person(client)][:3] == [1, 2, 3]
    assert [call.request.url.params["pageNr"] for call in route.calls] == ["0", "1", "0", "1"]


@respx.mock
def test_a_list_that_never_rests_is_given_up(client: FamilyCare) -> None:
    route = respx.get(f"{BASE}/apifc/v1/Extract/Decisions")
    totals = iter(range(10, 100))
    route.side_effect = lambda _: _page(_decisions(1, 2), next(totals))
    with pytest.raises(Transient, match="list_keeps_changing"):
        list(client.extract(Decision, datetime(2026, 11, 2, tzinfo=UTC)))
    assert route.call_count == 2 * PASSES


@respx.mock
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (httpx.Response(429, headers={"Retry-After": "9"}), Throttled, "throttled"),
        (httpx.Response(403), Transient, "unauthorised"),
        (httpx.Response(404), Transient, "not_found"),
        (httpx.Response(500), Transient, "http_500"),
        (httpx.Response(200, text="<html>"), Contract, "malformed_rows"),
        (httpx.Response(200, json={"Result": []}), Contract, "malformed_rows"),
        (_page([{**DECISION, "Id": TOLVAN + "x"}], 1), Contract, "malformed_rows"),
        (_page([{**DECISION, "Date": "i går " + TOLVAN}], 1), Contract, "malformed_rows"),
        (_page([{**DECISION, "Date": "9999-12-31T23:59:59Z"}], 1), Contract, "malformed_rows"),
    ],
)
def test_what_cannot_be_read_is_told_without_content(
    client: FamilyCare, answer: httpx.Response, kind: type[DeliveryError], code: str
) -> None:
    respx.get(f"{BASE}/apifc/v1/Decisions").mock(return_value=answer)
    with pytest.raises(DeliveryError) as caught:
        _of_person(client)
    error = caught.value
    assert (type(error), error.code) == (kind, code)
    assert error.answer == answer.content
    for private in (TOLVAN, "hemlig-nyckel", BASE):
        assert private not in f"{error} {error.reason}"


@pytest.mark.parametrize("nothing", [None, "", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"])
def test_no_date_is_written_in_several_ways(nothing: str | None) -> None:
    assert Decision.model_validate({**DECISION, "ToDate": nothing}).to_date is None


@pytest.mark.parametrize(
    ("utc", "told"),
    [
        ("2026-07-01T10:00:00", "2026-07-01T12:00:00"),
        ("2026-12-01T10:00:00", "2026-12-01T11:00:00"),
        # Clocks go back at 01:00 UTC: 02:30 comes twice, so both ask from 01:30.
        ("2026-10-25T00:30:00", "2026-10-25T01:30:00"),
        ("2026-10-25T01:30:00", "2026-10-25T01:30:00"),
    ],
)
def test_the_vendor_is_asked_in_its_own_time_and_never_too_late(utc: str, told: str) -> None:
    assert local(datetime.fromisoformat(utc).replace(tzinfo=UTC)) == told


def test_a_child_without_a_readable_number_is_unknown() -> None:
    row = Decision.model_validate({**DECISION, "DecisionPersonDTOs": [{"PersonId": "okänt"}]})
    assert child(row.persons) is None
    assert child(()) is None
