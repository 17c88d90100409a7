"""The documents that events brought, opened again: for comparing, and for whom they are about."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.handbook.handelser import PREFIX
from bbic_bridge.handbook.notiser import UTAN_NOTIS
from bbic_bridge.security.envelope import Pruned
from bbic_bridge.store.schema import PRUNED, events, notiser
from bbic_bridge.store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An accepted event with its document; ``time`` in microseconds."""

    id: str
    kommun: str
    arende: str
    source: str
    event_id: str
    type: str
    time: int
    data: Mapping[str, Any]


def kept_event(tx: Tx, kommun: str, arende: str, row: str) -> KeptEvent | None:
    """One of the case's events, None where it is not kept."""
    return next(_of_case(tx, kommun, arende, events.c.id == row), None)


def document_of(tx: Tx, kommun: str, arende: str, row: str) -> Mapping[str, Any] | None:
    """The document of one of the case's events, None where it is not kept."""
    event = kept_event(tx, kommun, arende, row)
    return None if event is None else event.data


def latest_document(
    tx: Tx, kommun: str, arende: str, types: Collection[str]
) -> Mapping[str, Any] | None:
    """The latest document of these types that the case remembers, by the events' own times.

    What was stopped as another child's is not remembered.

    Raises:
        Pruned: the case remembers it, but it is no longer kept.
    """
    remembered = sa.select(notiser.c.rad).where(
        notiser.c.kommun == kommun, notiser.c.arende == arende
    )
    latest = (
        sa.select(events.c.id)
        .where(
            events.c.kommun == kommun,
            events.c.arende == arende,
            events.c.type.in_(sorted(types)),
            events.c.id.in_(remembered),
        )
        .order_by(events.c.time.desc(), events.c.id.desc())
        .limit(1)
    )
    row = tx.connection.scalar(latest)
    if row is None:
        return None
    document = document_of(tx, kommun, arende, row)
    if document is None:
        raise Pruned
    return document


def documents_of_case(tx: Tx, kommun: str, arende: str) -> Iterator[KeptEvent]:
    """Every event of a case whose document is kept, opened one by one."""
    return _of_case(tx, kommun, arende, sa.true())


def not_remembered(tx: Tx, kommun: str, arende: str) -> Iterator[KeptEvent]:
    """The events of a case of which it has no notis, though they are such as are remembered."""
    known = sa.select(notiser.c.rad).where(notiser.c.kommun == kommun, notiser.c.arende == arende)
    kinds = events.c.type.not_in([PREFIX + typ for typ in UTAN_NOTIS])
    return _of_case(tx, kommun, arende, kinds & events.c.id.not_in(known))


def _of_case(
    tx: Tx, kommun: str, arende: str, which: sa.ColumnElement[bool]
) -> Iterator[KeptEvent]:
    rows = tx.connection.execute(
        sa.select(events)
        .where(
            events.c.kommun == kommun,
            events.c.arende == arende,
            events.c.payload != PRUNED,
            which,
        )
        .order_by(events.c.time, events.c.id)
    ).all()
    for row in rows:
        yield KeptEvent(
            id=row.id,
            kommun=row.kommun,
            arende=row.arende,
            source=row.source,
            event_id=row.event_id,
            type=row.type,
            time=row.time,
            data=tx.open_json(row.kommun, row.payload, "events", row.id, "payload"),
        )
