"""Who is at work: each worker and scheduler tells of itself now and then.

Ages are on the leases' clock (``engine.LeaseClock``), which no one can set back and which all hosts
of an installation share.
"""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import parts, turns
from bbic_bridge.store.tx import Tx

Kind = Literal["worker", "beat"]
FORGOTTEN_AFTER_S = 86_400


@dataclass(frozen=True, slots=True)
class Part:
    """One process. Ages in seconds: since it told of itself, since it last asked for due
    deliveries and got an answer, and since it last got one; None where it never did."""

    id: str
    kind: Kind
    host: str
    pid: int
    started_at: int
    seen_s: float
    looked_s: float | None
    claimed_s: float | None


def tell_part(tx: Tx, part: Part) -> None:
    """Keeps what a process tells of itself, and forgets those that fell silent a day ago."""
    p, clock = parts.c, tx.claims.clock
    told = {
        "boot": clock.boot,
        "seen": clock.now(),
        "looked": _ago(tx, part.looked_s),
        "claimed": _ago(tx, part.claimed_s),
    }
    changed = tx.connection.execute(sa.update(parts).where(p.id == part.id).values(told))
    if changed.rowcount:
        return
    tx.connection.execute(
        sa.insert(parts).values(
            id=part.id,
            kind=part.kind,
            host=part.host,
            pid=part.pid,
            started_at=part.started_at,
            **told,
        )
    )
    tx.connection.execute(
        sa.delete(parts).where(
            (p.boot != clock.boot) | (p.seen < clock.now() - sa.literal(FORGOTTEN_AFTER_S))
        )
    )


def forget_part(tx: Tx, part_id: str) -> None:
    """Takes away a process that ends as it was asked to."""
    tx.connection.execute(sa.delete(parts).where(parts.c.id == part_id))


def parts_of(tx: Tx) -> list[Part]:
    """All that have told of themselves since the machine's start, and within a day."""
    p, clock = parts.c, tx.claims.clock
    now = clock.now()
    rows = tx.connection.execute(
        sa.select(
            *(p.id, p.kind, p.host, p.pid, p.started_at),
            (now - p.seen).label("seen_s"),
            (now - p.looked).label("looked_s"),
            (now - p.claimed).label("claimed_s"),
        )
        .where(p.boot == clock.boot)
        .order_by(p.kind, p.host, p.started_at)
    )
    return [Part(**row._asdict()) for row in rows]


def take_turn(tx: Tx, name: str, for_s: float) -> bool:
    """Takes the turn at something for some seconds. False while it is another's."""
    t, clock = turns.c, tx.claims.clock
    insert_once(tx.connection, turns, {"name": name, "boot": "", "until": 0.0})
    free = (t.boot != clock.boot) | (t.until <= clock.now())
    until = {"boot": clock.boot, "until": clock.now() + sa.literal(for_s)}
    taken = tx.connection.execute(sa.update(turns).where(t.name == name, free).values(until))
    return bool(taken.rowcount)


def keep_turn(tx: Tx, name: str, for_s: float) -> None:
    """Keeps the turn that one has for some seconds more."""
    clock = tx.claims.clock
    until = {"boot": clock.boot, "until": clock.now() + sa.literal(for_s)}
    tx.connection.execute(sa.update(turns).where(turns.c.name == name).values(until))


def _ago(tx: Tx, seconds: float | None) -> sa.ColumnElement[float] | None:
    return None if seconds is None else tx.claims.clock.now() - sa.literal(seconds)
