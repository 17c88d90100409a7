"""Changes out of FamilyCare's extracts: decisions, executions, closed insatser and allocations.

Rows bear no time of change and never our ids. What happened is read off what is there, so the
same row tells the same change however often it comes; rows whose type is not in the profile are
other business than the handbook's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bbic_bridge.adapters.changes import vendor_change
from bbic_bridge.adapters.procapita.familycare import FamilyCare
from bbic_bridge.adapters.procapita.rows import (
    Allocation,
    Decision,
    Execution,
    Row,
    Service,
    child,
    legal_date,
)
from bbic_bridge.delivery.ports import Page, VendorChange
from bbic_bridge.mappings.engine import MappingError, Profile

OVERLAP = timedelta(hours=1)
KINDS = frozenset(
    {"beslut_registrerat", "beslut_verkstallt", "resurs_tilldelad", "insats_avslutad"}
)
_RESOURCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


def changes(
    client: FamilyCare, profile: Profile, cursor: str | None, now: datetime
) -> Iterator[Page]:
    """One pass over all extracts.

    Args:
        cursor: when the last pass began, less the overlap (ISO); None for the first pass, which
            begins with the overlap: a kommun's whole history is no news to its workflow.
        now: our own time; the earlier of it and the vendor's is the next watermark.

    Yields:
        Pages that keep the cursor of the pass's start, and a last one, empty, with the new.
    """
    start = cursor or (now - OVERLAP).isoformat()
    after = datetime.fromisoformat(start)
    this_pass, began = _Pass(profile), now
    # Services first: they say whom the executions and allocations are about.
    for row in (Service, Decision, Execution, Allocation):
        for page in client.extract(row, after):
            began = min(began, page.at or began)
            found = [told for item in page.rows for told in this_pass.tell(item)]
            yield Page(tuple(found), start)
    yield Page((), (began - OVERLAP).isoformat())


class _Pass:
    """What has been read so far that later rows need: persons, and how rows hang together."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._person_of_customer: dict[int, str] = {}
        self._person_of_service: dict[int, str | None] = {}
        self._service_of_execution: dict[int, tuple[int, int | None]] = {}
        self._tellers: Mapping[type[Row], Callable[[Any], VendorChange | None]] = {
            Service: self._service,
            Decision: self._decision,
            Execution: self._execution,
            Allocation: self._allocation,
        }

    def tell(self, row: Row) -> Iterator[VendorChange]:
        """The change that a row shows, if it shows one."""
        told = self._tellers[type(row)](row)
        if told is not None:
            yield told

    def _service(self, row: Service) -> VendorChange | None:
        person = self._persons(row, child(row.persons))
        self._person_of_service[row.id] = person
        if row.execution_id is not None:
            self._service_of_execution[row.execution_id] = (row.id, row.decision_id)
        if row.end_date is None or self._words("Service.Type", row.type) is None:
            return None
        data = {"slutdatum": legal_date(row.end_date)}
        return _change("insats_avslutad", row, person, row.end_date, data)

    def _decision(self, row: Decision) -> VendorChange | None:
        person = self._persons(row, child(row.persons))
        words = self._words("Decision.Type", row.type)
        if words is None:
            return None
        beslutstyp, _, insatstyp = words.partition("/")
        data = {
            "beslutstyp": beslutstyp,
            "insatstyp": insatstyp,
            "beslutsdatum": legal_date(row.date),
            # A decision without a period, a refusal for one, begins when it is taken.
            "fran": legal_date(row.from_date or row.date),
            "till": legal_date(row.to_date),
        }
        return _change("beslut_registrerat", row, person, row.date, data)

    def _execution(self, row: Execution) -> VendorChange | None:
        if row.from_date is None or self._words("Execution.Type", row.type) is None:
            return None
        service, decision = self._service_of_execution.get(row.id, (None, None))
        person = self._whom(row, service)
        data = {"fran": legal_date(row.from_date)}
        ties = {"beslut": decision, "insats": service}
        return _change("beslut_verkstallt", row, person, row.from_date, data, **ties)

    def _allocation(self, row: Allocation) -> VendorChange | None:
        kind = self._words("ResourceAllocation.ResourceType", row.resource_type)
        if row.start_date is None or kind is None:
            return None
        person = self._whom(row, row.service_id)
        resource = row.resource_name if _RESOURCE_ID.fullmatch(row.resource_name) else None
        data = {
            "resurs_id": resource,
            "fran": legal_date(row.start_date),
            "till": legal_date(row.end_date),
        }
        ties = {"insats": row.service_id}
        return _change("resurs_tilldelad", row, person, row.start_date, data, **ties)

    def _words(self, table: str, text: str) -> str | None:
        try:
            return self._profile.uncode(table, text)
        except MappingError:
            return None

    def _persons(self, row: Row, person: str | None) -> str | None:
        if person is not None and row.customer_number is not None:
            self._person_of_customer[row.customer_number] = person
        return person

    def _whom(self, row: Row, service: int | None) -> str | None:
        person = self._person_of_service.get(service) if service is not None else None
        if person is None and row.customer_number is not None:
            person = self._person_of_customer.get(row.customer_number)
        return person


def _change(
    kind: str,
    row: Row,
    person: str | None,
    at: datetime,
    data: Mapping[str, str | None],
    **ties: int | None,
) -> VendorChange:
    told = {
        "kind": kind,
        "vendor_id": f"{row.id}",
        "personnummer": person,
        "tid": at.isoformat(),
        "data": {name: value for name, value in data.items() if value is not None},
        "vendor": {what: f"{nr}" for what, nr in ties.items() if nr is not None},
    }
    return vendor_change(told, KINDS)
