"""The items of replay jobs: filled, held and counted by the database, read in pages."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bbic_bridge.store.overview import Query, conditions
from bbic_bridge.store.schema import attempts, deliveries, replay_items
from bbic_bridge.store.tx import Tx

PAGE = 5_000
IDS_AT_ONCE = 500
HOLD_TRIES = 5
# Written out, so that SQLite sees that the index over what is held will do.
_ONE: sa.ColumnElement[int] = sa.literal_column("1")
_COLUMNS = [c for c in replay_items.c if c.name not in {"job_id", "held"}]
_CLOSE = (
    sa.update(replay_items)
    .where(
        replay_items.c.job_id == sa.bindparam("job"),
        replay_items.c.position == sa.bindparam("place"),
    )
    .values(held=0)
)


@dataclass(frozen=True, slots=True)
class Item:
    """One delivery of a job, how it stood when it was chosen, and what became of it here."""

    position: int
    delivery_id: str
    kommun: str
    arende: str
    was: str
    version: int
    attempts: int
    outcome: str | None
    detail: str | None
    at: int | None


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt at a delivery: what was done, how it ended and when (microseconds)."""

    action: str
    outcome: str
    error_kind: str | None
    error_code: str | None
    ended_at: int


def choose(tx: Tx, job_id: str, query: Query) -> None:
    """Puts all that a query finds into a job, without taking it out of the database."""
    _fill(tx, job_id, sa.and_(*conditions(query)), query.limit)


def choose_ids(tx: Tx, job_id: str, ids: Sequence[str]) -> None:
    """Puts the deliveries of these ids into a job; each may be named once."""
    for first in range(0, len(ids), IDS_AT_ONCE):
        part = ids[first : first + IDS_AT_ONCE]
        _fill(tx, job_id, deliveries.c.id.in_(part), IDS_AT_ONCE)


def _fill(tx: Tx, job_id: str, which: sa.ColumnElement[bool], limit: int) -> None:
    d = deliveries.c
    columns = ("position", "delivery_id", "kommun", "arende", "was", "version", "attempts")
    chosen = (
        sa.select(
            sa.literal(job_id), d.seq, d.id, d.kommun, d.arende, d.state, d.version, d.attempts
        )
        .where(which)
        .order_by(d.seq)
        .limit(limit)
    )
    insert = sa.insert(replay_items).from_select(["job_id", *columns], chosen)
    tx.connection.execute(insert)


def digest_of(tx: Tx, job_id: str) -> tuple[int, str]:
    """How many items a job has, and the SHA-256 over their ids, a line each, in order."""
    digest, total = hashlib.sha256(), 0
    for page in _ids(tx, job_id):
        total += len(page)
        digest.update("".join(f"{one}\n" for one in page).encode())
    return total, digest.hexdigest()


def _ids(tx: Tx, job_id: str) -> Iterator[list[str]]:
    i, after = replay_items.c, -1
    while True:
        rows = tx.connection.execute(
            sa.select(i.position, i.delivery_id)
            .where(i.job_id == job_id, i.position > after)
            .order_by(i.position)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        yield [row.delivery_id for row in rows]
        after = rows[-1].position


def items_of(
    tx: Tx, job_id: str, *, after: int = -1, limit: int = 100, outcome: str | None = None
) -> list[Item]:
    """A page of a job's items, in order. ``outcome`` is one, or ``open`` for those to come."""
    i = replay_items.c
    query = sa.select(*_COLUMNS).where(i.job_id == job_id, i.position > after)
    if outcome == "open":
        query = query.where(i.outcome.is_(None))
    elif outcome is not None:
        query = query.where(i.outcome == outcome)
    rows = tx.connection.execute(query.order_by(i.position).limit(limit))
    return [Item(*row) for row in rows]


def hold_items(tx: Tx, job_id: str) -> None:
    """Makes every open item this job's alone, but for those that another job holds."""
    other, i = replay_items.alias("other"), replay_items.c
    anothers = sa.exists().where(other.c.delivery_id == i.delivery_id, other.c.held == _ONE)
    hold = (
        sa.update(replay_items)
        .where(i.job_id == job_id, i.outcome.is_(None), i.held == 0, ~anothers)
        .values(held=1)
    )
    for tries_left in reversed(range(HOLD_TRIES)):
        try:
            with tx.connection.begin_nested():
                tx.connection.execute(hold)
        except IntegrityError:
            # Another job held some between the look and the update; it is seen now.
            if not tries_left:
                raise
        else:
            return


def holder_of(tx: Tx, delivery_id: str) -> str | None:
    """The job that a delivery is held by."""
    i = replay_items.c
    found: str | None = tx.connection.scalar(
        sa.select(i.job_id).where(i.delivery_id == delivery_id, i.held == _ONE)
    )
    return found


def close_item(tx: Tx, job_id: str, position: int, outcome: str, detail: str) -> None:
    """Records what became of an item, and lets other jobs have the delivery."""
    values = {"outcome": outcome, "detail": detail, "at": tx.now}
    tx.connection.execute(_CLOSE, {"job": job_id, "place": position, **values})


def call_off_items(tx: Tx, job_id: str) -> None:
    """Ends what is open of a job."""
    i = replay_items.c
    tx.connection.execute(
        sa.update(replay_items)
        .where(i.job_id == job_id, i.outcome.is_(None))
        .values(outcome="cancelled", held=0, at=tx.now)
    )


def count_outcomes(tx: Tx, job_id: str) -> Counter[str]:
    """How many items came to what; those to come are ``open``."""
    outcome = sa.func.coalesce(replay_items.c.outcome, "open")
    rows = tx.connection.execute(
        sa.select(outcome, sa.func.count()).where(replay_items.c.job_id == job_id).group_by(outcome)
    )
    return Counter({row[0]: row[1] for row in rows})


def count_released_states(tx: Tx, job_id: str) -> dict[str, int]:
    """How many of the deliveries that a job has released stand in which state now."""
    i, d = replay_items.c, deliveries.c
    rows = tx.connection.execute(
        sa.select(d.state, sa.func.count())
        .join(replay_items, i.delivery_id == d.id)
        .where(i.job_id == job_id, i.outcome == "released")
        .group_by(d.state)
        .order_by(d.state)
    )
    return {row[0]: row[1] for row in rows}


def last_try(tx: Tx, delivery_id: str, since: int) -> Try | None:
    """The latest attempt or look-up of a delivery that began after ``since``."""
    a = attempts.c
    row: Any = tx.connection.execute(
        sa.select(a.action, a.outcome, a.error_kind, a.error_code, a.ended_at)
        .where(a.delivery_id == delivery_id, a.started_at > since)
        .order_by(a.started_at.desc(), a.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Try(*row)
