"""Changes out of FamilyCare's extracts: decisions, executions, closed insatser and allocations.

Rows bear no time of change and never our ids. What happened is read off what is there, so the
same row tells the same change however often it comes; rows whose type is not in the profile are
other business than the handbook's.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bbic_bridge.adapters.changes import row_name, vendor_change
from bbic_bridge.adapters.procapita.familycare import FamilyCare, extract_of
from bbic_bridge.adapters.procapita.rows import (
    Allocation,
    Decision,
    Execution,
    Malformed,
    Row,
    Service,
    legal_date,
    read_row,
    ties_of,
)
from bbic_bridge.adapters.procapita.seen import Seen
from bbic_bridge.delivery.ports import Page, Told, Unreadable, VendorChange
from bbic_bridge.mappings.engine import MappingError, Profile

EXTRACT = "familycare"
OVERLAP = timedelta(hours=1)
# Services first: they say whom the executions and allocations are about.
KIND_OF: Mapping[type[Row], str] = {
    Service: "insats_avslutad",
    Decision: "beslut_registrerat",
    Execution: "beslut_verkstallt",
    Allocation: "resurs_tilldelad",
}
KINDS = frozenset(KIND_OF.values())
TABLE_OF: Mapping[type[Row], str] = {
    Service: "Service.Type",
    Decision: "Decision.Type",
    Execution: "Execution.Type",
    Allocation: "ResourceAllocation.ResourceType",
}
_LISTS: Mapping[str, type[Row]] = {row.resource: row for row in KIND_OF}
_RESOURCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


def start(now: datetime) -> str:
    """The cursor of the first pass: a kommun's whole history is no news to its workflow."""
    return (now - OVERLAP).isoformat()


def changes(
    client: FamilyCare, profile: Profile, cursor: str | None, now: datetime
) -> Iterator[Page]:
    """One pass over all extracts.

    Args:
        cursor: when the last pass began, less the overlap (ISO); None for the first pass.
        now: our own time; the earlier of it and the vendor's is the next watermark.

    Yields:
        Pages that keep the cursor of the pass's start, and a last one, empty, with the new.
    """
    begin = cursor or start(now)
    after = datetime.fromisoformat(begin)
    this_pass, began = _Pass(profile, Seen()), now
    for row in KIND_OF:
        for page in client.extract(row, after):
            began = min(began, page.at or began)
            yield this_pass.page(row, page.rows, begin)
    yield Page((), (began - OVERLAP).isoformat())


def read_again(profile: Profile, unread: Unreadable) -> Told | None:
    """What a row tells now, beside what its pass had seen then."""
    ((name, content),) = json.loads(unread.raw).items()
    kind = _LISTS[name]
    this_pass = _Pass(profile, Seen.model_validate_json(unread.beside))
    return this_pass.tell(kind, read_row(kind, content))


class _Pass:
    """Rows as they come; ``seen`` is what later ones need of the earlier."""

    def __init__(self, profile: Profile, seen: Seen) -> None:
        self._profile = profile
        self._seen = seen
        self._tellers: Mapping[type[Row], Callable[[Any], VendorChange | None]] = {
            Service: self._service,
            Decision: self._decision,
            Execution: self._execution,
            Allocation: self._allocation,
        }

    def page(self, kind: type[Row], rows: tuple[Row | Malformed, ...], cursor: str) -> Page:
        """What the rows of one page of a list tell, and which of them tell nothing."""
        told, silent = [], []
        for row in rows:
            found = self.tell(kind, row)
            if found is not None:
                told.append(found)
            elif isinstance(row, Row) and (name := _name(kind, row.id)):
                silent.append(name)
        return Page(tuple(told), cursor, tuple(silent))

    def tell(self, kind: type[Row], row: Row | Malformed) -> Told | None:
        """The change that a row shows, if it shows one."""
        return self._unread(kind, row) if isinstance(row, Malformed) else self._tellers[kind](row)

    def _unread(self, kind: type[Row], row: Malformed) -> Unreadable | None:
        ties = ties_of(row.content)
        if kind is Service:
            self._seen.service(ties)
        elif kind is Decision:
            self._seen.person(ties)
        if ties.type is not None and self._words(TABLE_OF[kind], ties.type) is None:
            return None
        return Unreadable(
            row=_name(kind, ties.id),
            kind=KIND_OF[kind],
            stream=EXTRACT,
            code="malformed_row",
            where=f"profile {self._profile.name}, message {extract_of(kind)}, field {row.where}",
            raw=json.dumps({kind.resource: row.content}, sort_keys=True).encode(),
            beside=self._seen.about(ties).model_dump_json().encode(),
        )

    def _service(self, row: Service) -> VendorChange | None:
        person = self._seen.service(row)
        if row.end_date is None or self._words(TABLE_OF[Service], row.type) is None:
            return None
        data = {"slutdatum": legal_date(row.end_date)}
        return _change(row, person, row.end_date, data)

    def _decision(self, row: Decision) -> VendorChange | None:
        person = self._seen.person(row)
        words = self._words(TABLE_OF[Decision], row.type)
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
        return _change(row, person, row.date, data)

    def _execution(self, row: Execution) -> VendorChange | None:
        if row.from_date is None or self._words(TABLE_OF[Execution], row.type) is None:
            return None
        service, decision = self._seen.executions.get(row.id, (None, None))
        person = self._seen.whom(row, service)
        data = {"fran": legal_date(row.from_date)}
        ties = {"beslut": decision, "insats": service}
        return _change(row, person, row.from_date, data, **ties)

    def _allocation(self, row: Allocation) -> VendorChange | None:
        kind = self._words(TABLE_OF[Allocation], row.resource_type)
        if row.start_date is None or kind is None:
            return None
        person = self._seen.whom(row, row.service_id)
        resource = row.resource_name if _RESOURCE_ID.fullmatch(row.resource_name) else None
        data = {
            "resurs_id": resource,
            "fran": legal_date(row.start_date),
            "till": legal_date(row.end_date),
        }
        ties = {"insats": row.service_id}
        return _change(row, person, row.start_date, data, **ties)

    def _words(self, table: str, text: str) -> str | None:
        try:
            return self._profile.uncode(table, text)
        except MappingError:
            return None


def _name(kind: type[Row], vendor_id: int | None) -> str | None:
    return row_name(kind.resource, vendor_id)


def _change(
    row: Row,
    person: str | None,
    at: datetime,
    data: Mapping[str, str | None],
    **ties: int | None,
) -> VendorChange:
    told = {
        "kind": KIND_OF[type(row)],
        "vendor_id": f"{row.id}",
        "personnummer": person,
        "tid": at.isoformat(),
        "data": {name: value for name, value in data.items() if value is not None},
        "vendor": {what: f"{nr}" for what, nr in ties.items() if nr is not None},
    }
    return vendor_change(told, KINDS, _name(type(row), row.id))
