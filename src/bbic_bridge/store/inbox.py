"""Events in: each ``(source, id)`` once, then kept, sealed, with the case they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from bbic_bridge.store import canonical
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import events, inbox
from bbic_bridge.store.tx import Tx

_INSERT = sa.insert(events)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An accepted event; ``time`` and ``received_at`` in microseconds."""

    id: str
    kommun: str
    arende: str
    source: str
    event_id: str
    type: str
    time: int
    received_at: int
    warnings: tuple[Mapping[str, str], ...]


def check_in(
    tx: Tx, source: str, event_id: str, content_hash: bytes
) -> Literal["new", "same", "other"]:
    """Takes the event's place in the inbox, or says whether the same or another has it."""
    values = {"source": source, "event_id": event_id, "content_hash": content_hash}
    if insert_once(tx.connection, inbox, values):
        return "new"
    known = tx.connection.scalar(
        sa.select(inbox.c.content_hash).where(
            inbox.c.source == source, inbox.c.event_id == event_id
        )
    )
    return "same" if known == content_hash else "other"


def add_event(tx: Tx, event: StoredEvent, data: Mapping[str, Any]) -> None:
    """Keeps the event with its document sealed."""
    tx.connection.execute(
        _INSERT,
        {
            "id": event.id,
            "kommun": event.kommun,
            "arende": event.arende,
            "source": event.source,
            "event_id": event.event_id,
            "type": event.type,
            "time": event.time,
            "received_at": event.received_at,
            "payload": tx.seal_json(event.kommun, data, "events", event.id, "payload"),
            "warnings": canonical.dumps(list(event.warnings)).decode(),
        },
    )


def events_of_case(tx: Tx, kommun: str, arende: str) -> Sequence[StoredEvent]:
    """The case's events by their own time."""
    rows = tx.connection.execute(
        sa.select(*[column for column in events.c if column.name != "payload"])
        .where(events.c.kommun == kommun, events.c.arende == arende)
        .order_by(events.c.time, events.c.id)
    )
    return [
        StoredEvent(**{**row._asdict(), "warnings": tuple(canonical.loads(row.warnings.encode()))})
        for row in rows
    ]


def warnings_of(tx: Tx, event_row: str) -> Sequence[Mapping[str, str]]:
    """The warnings that stand with an event; none for a row that is no event."""
    kept = tx.connection.scalar(sa.select(events.c.warnings).where(events.c.id == event_row))
    return () if kept is None else tuple(canonical.loads(kept.encode()))


def add_warnings(tx: Tx, event_row: str, told: Sequence[Mapping[str, str]]) -> None:
    """Adds warnings to an event that was accepted before, those that it does not have."""
    known = [dict(one) for one in warnings_of(tx, event_row)]
    new = [dict(one) for one in told if dict(one) not in known]
    if new:
        kept = canonical.dumps(known + new).decode()
        tx.connection.execute(
            sa.update(events).where(events.c.id == event_row).values(warnings=kept)
        )


def count_events(tx: Tx) -> int:
    return int(tx.connection.scalar(sa.select(sa.func.count()).select_from(events)) or 0)


def last_of_sources(tx: Tx, until: int) -> list[tuple[str, str, int, int]]:
    """(source, event id, time, received at) of each source's last event received by a time, in
    microseconds."""
    e = events.c
    last = (
        sa.select(e.source, sa.func.max(e.received_at).label("at"))
        .where(e.received_at <= until)
        .group_by(e.source)
        .subquery()
    )
    rows = tx.connection.execute(
        sa.select(e.source, sa.func.max(e.event_id), sa.func.max(e.time), e.received_at)
        .join(last, (last.c.source == e.source) & (last.c.at == e.received_at))
        .group_by(e.source, e.received_at)
        .order_by(e.source)
    )
    return [tuple(row) for row in rows]
