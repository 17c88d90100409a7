"""What is due, lane by lane: found by stepping over an index, however much is due in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.fairness import Queue
from bbic_bridge.delivery.lanes import SKEW
from bbic_bridge.delivery.states import State
from bbic_bridge.store.schema import deliveries, pauses

ANY = "*"


@dataclass(frozen=True, slots=True)
class Picked:
    """A due delivery that is about to be claimed, and the state that it is in."""

    seq: int
    state: str
    queue: Queue


def due_queues(connection: sa.Connection, now: int, *, paused: bool = False) -> list[Queue]:
    """Every lane and operation in which something is due.

    Args:
        paused: also what is paused.
    """
    statement = _DUE if paused else _DUE_AND_NOT_PAUSED
    return [Queue(*row) for row in connection.execute(statement, {"now": now})]


def pick(connection: sa.Connection, shares: Mapping[Queue, int], now: int) -> list[Picked]:
    """The longest due of each queue, locked where the database locks rows."""
    return [
        Picked(row.seq, row.state, queue)
        for queue, most in shares.items()
        for row in connection.execute(_PICK, _key(queue) | {"now": now, "most": most})
    ]


def mend_set_back(connection: sa.Connection, now: int, limit: int = 500) -> list[tuple[str, str]]:
    """Brings back what was put off by a clock that has been set back since: it waits as long as it
    was to wait, from now on.

    Returns:
        (id, operation) of each.
    """
    given = {"now": now, "ahead": now + SKEW, "most": limit}
    seqs = list(connection.scalars(_PUT_OFF, given))
    if not seqs:
        return []
    rows = connection.execute(_BRING_BACK, {"now": now, "seqs": seqs})
    return [(row.id, row.operation) for row in rows]


def _key(queue: Queue) -> dict[str, Any]:
    return {"kommun": queue.kommun, "system": queue.system, "operation": queue.operation}


def _scheduled(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return table.c.due_at.is_not(None) & table.c.lease_until.is_(None)


def _place(table: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    return [table.c.kommun, table.c.system, table.c.operation]


def _heads() -> sa.CTE:
    """The first of every lane and operation: each step jumps over all that the last one leads."""
    first = (
        sa.select(*_place(deliveries), deliveries.c.due_at)
        .where(_scheduled(deliveries))
        .order_by(*_place(deliveries), deliveries.c.due_at)
        .limit(1)
        .subquery()
    )
    heads = sa.select(first).cte("heads", recursive=True)
    following = deliveries.alias("following")
    # Three steps in place of one comparison of all three columns, for which SQLite uses but the
    # first column of the index.
    next_seq = sa.func.coalesce(*(_first_beyond(heads, same) for same in (2, 1, 0)))
    return heads.union_all(
        sa.select(*_place(following), following.c.due_at).select_from(
            heads.join(following, following.c.seq == next_seq)
        )
    )


def _first_beyond(heads: sa.CTE, same: int) -> sa.ScalarSelect[int]:
    """The first row of the next place that has the ``same`` first columns as the head."""
    beyond = deliveries.alias(f"beyond_{same}")
    pairs = list(zip(_place(beyond), _place(heads), strict=True))
    return (
        sa.select(beyond.c.seq)
        .where(
            _scheduled(beyond),
            *(column == value for column, value in pairs[:same]),
            pairs[same][0] > pairs[same][1],
        )
        .order_by(*_place(beyond)[same:], beyond.c.due_at)
        .limit(1)
        .correlate(heads)
        .scalar_subquery()
    )


def _is_paused(heads: sa.CTE) -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(pauses.c.at).where(
            *(pauses.c[column.name].in_([ANY, column]) for column in _place(heads))
        )
    )


def _is_put_off() -> sa.ColumnElement[bool]:
    """What is ready was never to wait; all else was put off when it was last written."""
    d, ahead = deliveries.c, sa.bindparam("ahead", type_=sa.BigInteger)
    return (
        _scheduled(deliveries)
        & (d.due_at > ahead)
        & ((d.state == State.READY.value) | (d.updated_at > ahead))
    )


def _brought_back() -> dict[str, Any]:
    d, now = deliveries.c, sa.bindparam("now", type_=sa.BigInteger)
    past = {
        column.name: sa.case((column > now, now), else_=column)
        for column in (d.first_try_at, d.ended_at)
    }
    due_at = sa.case((d.state == State.READY.value, now), else_=d.due_at - d.updated_at + now)
    return {**past, "due_at": due_at, "updated_at": now}


# Built once: making a statement anew costs more than running it.
_HEADS = _heads()
_DUE = sa.select(_HEADS).where(_HEADS.c.due_at <= sa.bindparam("now"))
_DUE_AND_NOT_PAUSED = _DUE.where(~_is_paused(_HEADS))
_PICK = (
    sa.select(deliveries.c.seq, deliveries.c.state)
    .where(
        _scheduled(deliveries),
        *(column == sa.bindparam(column.name) for column in _place(deliveries)),
        deliveries.c.due_at <= sa.bindparam("now"),
    )
    .order_by(deliveries.c.due_at)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_PUT_OFF = (
    sa.select(deliveries.c.seq)
    .select_from(
        _HEADS.join(
            deliveries,
            sa.and_(*(a == b for a, b in zip(_place(_HEADS), _place(deliveries), strict=True))),
        )
    )
    .where(_is_put_off())
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True, of=deliveries)
)
_BRING_BACK = (
    sa.update(deliveries)
    .where(deliveries.c.seq.in_(sa.bindparam("seqs", expanding=True)))
    .values(_brought_back())
    .returning(deliveries.c.id, deliveries.c.operation)
)
