"""FamilyCare as a table of rows: what it holds, written as the public contract writes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import respx

FC = "http://vendor.test/fc"
SETTINGS = {
    "system": "procapita",
    "write_url": "http://vendor.test/soap",
    "read_url": FC,
    "domain": "IFO",
    "key": "hemlig",
}
PERSON = "201801052398"
CUSTOMER = 100
WHO = {"PersonId": PERSON, "Name": "Kim Exempel", "CustomerNumber": CUSTOMER}


def at(day: str | None) -> str | None:
    return day and f"{day}T00:00:00"


def decision(number: int, **changed: Any) -> dict[str, Any]:
    row = {
        "Id": number,
        "CustomerNumber": CUSTOMER,
        "Date": at("2026-10-24"),
        "Type": "Bifall - Kontaktfamilj",
        "FromDate": at("2026-10-25"),
        "ToDate": at("2027-04-24"),
        "ServiceId": None,
        "DecisionPersonDTOs": [WHO],
    }
    return row | changed


def service(number: int, **changed: Any) -> dict[str, Any]:
    row = {
        "Id": number,
        "CustomerNumber": CUSTOMER,
        "Type": "Kontaktfamilj",
        "StartDate": at("2026-10-25"),
        "EndDate": None,
        "DecisionId": 11,
        "ExecutionId": 21,
        "ServicePersonDTOs": [WHO],
    }
    return row | changed


def execution(number: int, **changed: Any) -> dict[str, Any]:
    row = {
        "Id": number,
        "CustomerNumber": CUSTOMER,
        "Type": "Kontaktfamilj",
        "FromDate": at("2026-10-25"),
        "ToDate": None,
        "DossierType": "Barn och ungdom",
    }
    return row | changed


def allocation(number: int, **changed: Any) -> dict[str, Any]:
    row = {
        "Id": number,
        "CustomerNumber": CUSTOMER,
        "StartDate": at("2026-10-25"),
        "EndDate": None,
        "Percent": 100,
        "Resource": "R-1",
        "ResourceType": "Kontaktfamilj",
        "ServiceId": 31,
    }
    return row | changed


def page(rows: list[dict[str, Any]], **headers: str) -> httpx.Response:
    return httpx.Response(
        200, json={"TotalNumberOfRecords": len(rows), "Result": rows}, headers=headers
    )


@contextmanager
def familycare(
    prefix: str = "", date: str = "Mon, 02 Nov 2026 12:00:00 GMT", /, **lists: list[dict[str, Any]]
) -> Iterator[respx.MockRouter]:
    """Answers every list; those not given are empty."""
    with respx.mock(assert_all_called=False) as router:
        for name in ("Decisions", "Services", "Executions", "ResourceAllocations"):
            answer = page(lists.get(name, []), Date=date)
            router.get(f"{FC}/apifc/v1/{prefix}{name}", name=name).mock(return_value=answer)
        yield router
