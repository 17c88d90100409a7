"""What the workflow is told, in the sequence that the sealer gives it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import PRUNED, feed, sealers
from bbic_bridge.store.tx import Tx


def add_to_feed(
    tx: Tx, event_id: str, kommun: str, arende: str | None, type_: str, event: Mapping[str, Any]
) -> bool:
    """Puts a CloudEvent in the feed, once per id. False when it was there."""
    values = {
        "id": event_id,
        "kommun": kommun,
        "arende": arende,
        "type": type_,
        "at": tx.now,
        "payload": tx.seal_json(kommun, event, "feed", event_id, "payload"),
    }
    return insert_once(tx.connection, feed, values)


def read_feed(
    tx: Tx, after: int, limit: int, kommuner: Sequence[str]
) -> list[tuple[int, dict[str, Any]]]:
    """(sequence, CloudEvent) after a sequence number; ``*`` among kommuner means all.

    What has been pruned is left out.
    """
    query = sa.select(feed).where(feed.c.seq > after, feed.c.payload != PRUNED)
    query = query.order_by(feed.c.seq).limit(limit)
    if "*" not in kommuner:
        query = query.where(feed.c.kommun.in_(kommuner))
    return [
        (row.seq, tx.open_json(row.kommun, row.payload, "feed", row.id, "payload"))
        for row in tx.connection.execute(query)
    ]


def told_event(tx: Tx, kommun: str, event_id: str) -> dict[str, Any] | None:
    """The CloudEvent of an id, None where it was never told or is no longer kept."""
    query = sa.select(feed.c.payload).where(feed.c.id == event_id, feed.c.kommun == kommun)
    sealed = tx.connection.scalar(query)
    return tx.open_json(kommun, sealed, "feed", event_id, "payload") if sealed else None


def last_in_feed(tx: Tx) -> int:
    """The newest sequence number that was ever given, 0 before the first."""
    query = sa.select(sealers.c.seq).where(sealers.c.name == "feed")
    return int(tx.connection.scalar(query) or 0)


def feed_of_case(tx: Tx, kommun: str, arende: str) -> list[tuple[int, dict[str, Any]]]:
    """(time, CloudEvent) of what the workflow was told of a case, in order.

    Of what has been pruned there is only what stands outside the payload: it has no ``data``.
    """
    rows = tx.connection.execute(
        sa.select(feed).where(feed.c.kommun == kommun, feed.c.arende == arende).order_by(feed.c.row)
    )
    return [(row.at, _event(tx, row)) for row in rows]


def _event(tx: Tx, row: Any) -> dict[str, Any]:
    if row.payload == PRUNED:
        return {"id": row.id, "type": row.type, "kommun": row.kommun, "subject": row.arende}
    return tx.open_json(row.kommun, row.payload, "feed", row.id, "payload")
