"""Finding an effect in FamilyCare: by the vendor's id where it is known, else by what is natural.

A natural key counts only when exactly one row matches that no other reference has taken. Rows
name their types in display texts, which the profile holds, and never our ids.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from bbic_bridge.adapters.identities import known_ids, our_id
from bbic_bridge.adapters.procapita.familycare import FamilyCare
from bbic_bridge.adapters.procapita.rows import (
    Allocation,
    Decision,
    Execution,
    Row,
    Service,
    legal_date,
)
from bbic_bridge.delivery.ports import Finding, Link, Order
from bbic_bridge.mappings.engine import MappingError, Profile

# An insats that goes on under a new decision keeps its first start, whatever the order says.
EVER = (date(1900, 1, 1), date(2100, 1, 1))
ROWS: Mapping[str, type[Row]] = {
    "beslut": Decision,
    "verkstallighet": Execution,
    "insats": Service,
    "resurstilldelning": Allocation,
}
R = TypeVar("R", bound=Row)


class Readback:
    """What FamilyCare holds of an order."""

    def __init__(self, client: FamilyCare, profile: Profile) -> None:
        self._client = client
        self._profile = profile
        self._natural: Mapping[tuple[str, str | None], Callable[[Order], Finding]] = {
            ("registrera_beslut", None): self._beslut,
            ("verkstall_beslut", None): self._verkstallighet,
            ("tilldela_resurs", None): self._tilldelning,
            ("avsluta_insats_och_resurs", "resurs"): self._avslutad_resurs,
            ("avsluta_insats_och_resurs", "insats"): self._avslutad_insats,
        }

    def can_tell(self, order: Order) -> bool:
        """Whether the public contract shows this kind of effect at all."""
        return (order.operation, order.effect) in self._natural

    def find(self, order: Order, links: Sequence[Link]) -> Finding:
        """The effect by the vendor's ids in ``links``, else by its natural key.

        ``unknowable`` where the profile lacks a display text, or an id that the key needs is not
        known. Raises ``Transient`` and ``Contract`` as ``FamilyCare`` does.
        """
        if links:
            return self._by_id(order, links)
        try:
            return self._natural[order.operation, order.effect](order)
        except MappingError:
            return Finding("unknowable")

    def _by_id(self, order: Order, links: Sequence[Link]) -> Finding:
        found: list[Row] = []
        readable = [link for link in links if link.kind in ROWS]
        if not readable:
            return Finding("absent")
        for link in readable:
            row = _with_id(self._rows(ROWS[link.kind], order), link.vendor_id)
            if row is None or not _ended_if_asked(row, order):
                return Finding("absent")
            found.append(row)
        return Finding("found", tuple(links), _evidence(found))

    def _beslut(self, order: Order) -> Finding:
        uppgift = order.uppgift
        words = f"{uppgift['beslutstyp']}/{uppgift['insatstyp']}"
        wanted = (
            self._profile.code("Decision.Type", words),
            *(uppgift.get(name) for name in ("beslutsdatum", "fran", "till")),
        )
        matches = [
            row
            for row in self._free("beslut", Decision, order)
            if (row.type, legal_date(row.date), legal_date(row.from_date), legal_date(row.to_date))
            == wanted
        ]
        return _only(order, beslut=matches)

    def _verkstallighet(self, order: Order) -> Finding:
        uppgift = order.uppgift
        text = self._profile.code("Execution.Type", uppgift["insatstyp"])
        executions = [
            row
            for row in self._free("verkstallighet", Execution, order)
            if row.type == text and legal_date(row.from_date) == uppgift["fran"]
        ]
        return _only(order, verkstallighet=executions, insats=self._services_of_beslut(order))

    def _services_of_beslut(self, order: Order) -> list[Service]:
        """Those tied to the decision; an insats that goes on has been taken before, and counts."""
        nr = known_ids(order).get("beslut")
        if nr is not None:
            return [row for row in self._rows(Service, order) if str(row.decision_id) == nr]
        text = self._profile.code("Service.Type", order.uppgift["insatstyp"])
        return [
            row
            for row in self._free("insats", Service, order)
            if row.type == text and legal_date(row.start_date) == order.uppgift["fran"]
        ]

    def _tilldelning(self, order: Order) -> Finding:
        insats = known_ids(order).get("insats")
        if insats is None:
            return Finding("unknowable")
        begun = [
            row
            for row in self._free("resurstilldelning", Allocation, order)
            if str(row.service_id) == insats and legal_date(row.start_date) == order.uppgift["fran"]
        ]
        same = [row for row in begun if row.resource_name == order.uppgift["resurs_id"]]
        # A resource may be shown under another name: then a person must say whether it is ours.
        if begun and not same:
            return Finding("several", answer=_evidence(begun))
        return _only(order, resurstilldelning=same)

    def _avslutad_resurs(self, order: Order) -> Finding:
        known = known_ids(order)
        if "resurstilldelning" in known:
            return self._by_id(order, [_link("resurstilldelning", order, known)])
        if "insats" not in known:
            return Finding("unknowable")
        resurs_id = order.uppgift["resurs_id"]
        given = [
            row
            for row in self._rows(Allocation, order)
            if str(row.service_id) == known["insats"] and resurs_id in (None, row.resource_name)
        ]
        if not given and resurs_id is not None:
            return Finding("unknowable")
        if all(_ended_if_asked(row, order) for row in given):
            return Finding("found", answer=_evidence(given))
        return Finding("absent")

    def _avslutad_insats(self, order: Order) -> Finding:
        known = known_ids(order)
        if "insats" not in known:
            return Finding("unknowable")
        return self._by_id(order, [_link("insats", order, known)])

    def _free(self, kind: str, row: type[R], order: Order) -> list[R]:
        rows = self._rows(row, order)
        return [item for item in rows if (kind, str(item.id)) not in order.taken]

    def _rows(self, row: type[R], order: Order) -> tuple[R, ...]:
        first, last = EVER
        if row is Decision and "beslutsdatum" in order.uppgift:
            first = last = date.fromisoformat(order.uppgift["beslutsdatum"])
        # What was written before a number was replaced may stand under either.
        numbers = (order.uppgift["barn"]["personnummer"], *order.other_numbers)
        found = (self._client.of_person(row, number, first, last) for number in numbers)
        return tuple({item.id: item for rows in found for item in rows}.values())


def _only(order: Order, **matches: Sequence[Row]) -> Finding:
    """Found when there is exactly one row of every kind, absent when there is none of any."""
    rows = [row for found in matches.values() for row in found]
    if not rows:
        return Finding("absent")
    if any(len(found) != 1 for found in matches.values()):
        return Finding("several", answer=_evidence(rows))
    links = (
        Link(kind, our_id(kind, order.uppgift), str(found[0].id)) for kind, found in matches.items()
    )
    return Finding("found", tuple(links), _evidence(rows))


def _with_id(rows: Sequence[Row], vendor_id: str) -> Row | None:
    return next((row for row in rows if str(row.id) == vendor_id), None)


def _ended_if_asked(row: Row, order: Order) -> bool:
    """Whether a row that the order was to end has ended, by the date asked for or earlier."""
    if order.operation != "avsluta_insats_och_resurs":
        return True
    end = legal_date(row.end_date) if isinstance(row, Service | Allocation) else None
    return end is not None and end <= order.uppgift["slutdatum"]


def _link(kind: str, order: Order, known: Mapping[str, str]) -> Link:
    return Link(kind, our_id(kind, order.uppgift), known[kind])


def _evidence(rows: Sequence[Row]) -> bytes:
    """The rows as they were read, one JSON object a line."""
    return "\n".join(row.model_dump_json(by_alias=True) for row in rows).encode()
