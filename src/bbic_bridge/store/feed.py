"""What the workflow is told, and the sealer that gives it (and the audit) its sequence.

Serial numbers commit out of order, so a poller that followed them would miss rows. The sequence
is given afterwards, by one sealer at a time, to rows that have been committed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import PRUNED, audit, feed, sealers
from bbic_bridge.store.tx import Tx

SEAL_AT_ONCE = 1000
_START = hashlib.sha256(b"bbic-bridge audit").digest()


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


def has_unsealed(tx: Tx) -> bool:
    """Whether anything waits for the sealer."""
    for table in (feed, audit):
        if tx.connection.scalar(sa.select(table.c.row).where(table.c.seq.is_(None)).limit(1)):
            return True
    return False


def seal(tx: Tx) -> int:
    """Gives committed rows of feed and audit their sequence. Returns how many got one."""
    return _seal_feed(tx) + _seal_audit(tx)


def _seal_feed(tx: Tx) -> int:
    last = _lock_sealer(tx, "feed")
    rows = _unsealed(tx, feed)
    for number, row in enumerate(rows, start=last + 1):
        tx.connection.execute(sa.update(feed).where(feed.c.row == row.row).values(seq=number))
    _move_sealer(tx, "feed", last + len(rows))
    return len(rows)


def _seal_audit(tx: Tx) -> int:
    last = _lock_sealer(tx, "audit")
    chain = tx.connection.scalar(sa.select(audit.c.chain).where(audit.c.seq == last)) or _START
    rows = _unsealed(tx, audit)
    for number, row in enumerate(rows, start=last + 1):
        chain = link(chain, number, row)
        tx.connection.execute(
            sa.update(audit).where(audit.c.row == row.row).values(seq=number, chain=chain)
        )
    _move_sealer(tx, "audit", last + len(rows))
    return len(rows)


def link(previous: bytes, number: int, row: Any) -> bytes:
    """The chain value of an audit row: SHA-256 over the previous one and all that is fixed."""
    parts = (str(number), str(row.at), row.id, row.actor, row.action, row.subject, row.kommun)
    digest = hashlib.sha256(previous)
    for part in parts:
        digest.update(b"\x1f" + part.encode())
    digest.update(b"\x1f" + row.digest)
    return digest.digest()


def _unsealed(tx: Tx, table: sa.Table) -> Sequence[Any]:
    query = sa.select(table).where(table.c.seq.is_(None)).order_by(table.c.row).limit(SEAL_AT_ONCE)
    return tx.connection.execute(query).all()


def _lock_sealer(tx: Tx, name: str) -> int:
    insert_once(tx.connection, sealers, {"name": name, "seq": 0})
    query = sa.select(sealers.c.seq).where(sealers.c.name == name).with_for_update()
    return int(tx.connection.scalar(query) or 0)


def _move_sealer(tx: Tx, name: str, seq: int) -> None:
    tx.connection.execute(sa.update(sealers).where(sealers.c.name == name).values(seq=seq))
