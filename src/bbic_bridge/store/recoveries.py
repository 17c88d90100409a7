"""A database that was put back from a backup: what it may have forgotten."""

import sqlalchemy as sa

from bbic_bridge.delivery.states import SENDABLE, TERMINAL, State
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import deliveries, recoveries, sealers
from bbic_bridge.store.tx import Tx

JUMP = 1_000_000_000
"""More than the feed has ever told between a backup and its being put back."""
_UNDER_WAY = sa.select(recoveries.c.at).where(recoveries.c.ended_at.is_(None)).limit(1)
_LAST = sa.select(sa.func.max(recoveries.c.at))
_LOOKED_FOR = sorted({*SENDABLE, State.CLAIMED, State.WAITING, State.AMBIGUOUS})


def begin_recovery(tx: Tx, since: int) -> None:
    """Stops all sending, until ``end_recovery``. ``since`` in microseconds."""
    if not insert_once(tx.connection, recoveries, {"at": tx.now, "since": since}):
        same = sa.update(recoveries).where(recoveries.c.at == tx.now)
        tx.connection.execute(same.values(since=since, ended_at=None))


def end_recovery(tx: Tx) -> bool:
    """Lets sending go on. False where nothing had stopped it."""
    ended = sa.update(recoveries).where(recoveries.c.ended_at.is_(None)).values(ended_at=tx.now)
    return tx.connection.execute(ended).rowcount > 0


def is_under_way(tx: Tx) -> bool:
    """Whether sending is stopped."""
    return tx.connection.scalar(_UNDER_WAY) is not None


def last_recovery(tx: Tx) -> int | None:
    """When the database was last put back, in microseconds."""
    last: int | None = tx.connection.scalar(_LAST)
    return last


def skip_forgotten_feed(tx: Tx) -> int:
    """Lets the feed go on far beyond the numbers that were given and are forgotten.

    Otherwise a number would come to be given twice, and who had read the one would miss the other.

    Returns:
        The last number that this database knows to have given.
    """
    insert_once(tx.connection, sealers, {"name": "feed", "seq": 0})
    query = sa.select(sealers.c.seq).where(sealers.c.name == "feed").with_for_update()
    last = int(tx.connection.scalar(query) or 0)
    further = (last // JUMP + 1) * JUMP
    tx.connection.execute(sa.update(sealers).where(sealers.c.name == "feed").values(seq=further))
    return last


def make_unsure(tx: Tx, after_seq: int, limit: int) -> tuple[int, int | None]:
    """Makes a page of the open deliveries such as may be at the vendor: they are looked for.

    Whoever had one in hand loses it. What needs a person stays with that person, and is looked for
    once it is let go.

    Returns:
        How many, and the last one's number, None after the last page.
    """
    d = deliveries.c
    terminal = sorted(TERMINAL)
    page = sa.select(d.seq).where(d.seq > after_seq, d.state.not_in(terminal)).order_by(d.seq)
    seqs = list(tx.connection.scalars(page.limit(limit)))
    looked_for = d.state.in_(_LOOKED_FOR)
    asked = d.state.in_([*_LOOKED_FOR, State.SENT.value])
    result = tx.connection.execute(
        sa.update(deliveries)
        .where(d.seq.in_(seqs), d.state.not_in(terminal))
        .values(
            unsure=1,
            state=sa.case((looked_for, State.AMBIGUOUS.value), else_=d.state),
            error_kind=sa.case((looked_for, "ambiguous"), else_=d.error_kind),
            error_code=sa.case((looked_for, "restored"), else_=d.error_code),
            attempts=sa.case((d.attempts == 0, 1), else_=d.attempts),
            checks=0,
            due_at=sa.case((asked, tx.now), else_=d.due_at),
            first_try_at=None,
            ended_at=tx.now,
            absent_at=None,
            sending=0,
            lease=d.lease + 1,
            lease_until=None,
            lease_boot=None,
            updated_at=tx.now,
        )
    )
    return result.rowcount, seqs[-1] if seqs else None
