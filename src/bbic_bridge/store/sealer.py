"""The sealer: gives committed rows of the feed and the audit log their sequence.

Serial numbers commit out of order, so a poller that followed them would miss rows. The sequence
is given afterwards, by one sealer at a time, to rows that have been committed. Audit rows are
chained as they get it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.chain import Head, link
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import audit, feed, sealers
from bbic_bridge.store.tx import Tx

SEAL_AT_ONCE = 1000


def has_unsealed(tx: Tx) -> bool:
    """Whether anything waits for the sealer."""
    for table in (feed, audit):
        if tx.connection.scalar(sa.select(table.c.row).where(table.c.seq.is_(None)).limit(1)):
            return True
    return False


def seal(tx: Tx) -> Head | None:
    """Gives committed rows of feed and audit their sequence.

    Returns:
        The audit log's new head, None where it has not moved.
    """
    _seal_feed(tx)
    return _seal_audit(tx)


def _seal_feed(tx: Tx) -> None:
    last = _lock_sealer(tx, "feed").seq
    rows = _unsealed(tx, feed)
    _number(tx, feed, [{"_row": row.row, "seq": seq} for seq, row in enumerate(rows, last + 1)])
    _move_sealer(tx, "feed", seq=last + len(rows))


def _seal_audit(tx: Tx) -> Head | None:
    head = _lock_sealer(tx, "audit")
    sealed = []
    for row in _unsealed(tx, audit):
        head = Head(head.seq + 1, link(tx.keyring.roots, head, row))
        sealed.append({"_row": row.row, "seq": head.seq, "chain": head.chain})
    if not sealed:
        return None
    _number(tx, audit, sealed)
    _move_sealer(tx, "audit", seq=head.seq, chain=head.chain)
    return head


def _unsealed(tx: Tx, table: sa.Table) -> Sequence[Any]:
    query = sa.select(table).where(table.c.seq.is_(None)).order_by(table.c.row).limit(SEAL_AT_ONCE)
    return tx.connection.execute(query).all()


def _number(tx: Tx, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        given: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "_row"}
        update = sa.update(table).where(table.c.row == sa.bindparam("_row")).values(given)
        tx.connection.execute(update, rows)


def _lock_sealer(tx: Tx, name: str) -> Head:
    insert_once(tx.connection, sealers, {"name": name, "seq": 0})
    query = sa.select(sealers).where(sealers.c.name == name).with_for_update()
    row = tx.connection.execute(query).one()
    return Head.of(row)


def _move_sealer(tx: Tx, name: str, **to: Any) -> None:
    tx.connection.execute(sa.update(sealers).where(sealers.c.name == name).values(to))
