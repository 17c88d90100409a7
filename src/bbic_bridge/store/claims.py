"""Claiming what is due: atomic, leased and fenced.

A claim adds one to the delivery's ``lease`` number; every later write of the claimer must name
that number and find the lease unexpired, so a claimer that was away too long can change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.delivery.states import SENDABLE, State
from bbic_bridge.store.engine import LeaseClock
from bbic_bridge.store.schema import deliveries

_SENDABLE = sorted(SENDABLE)


class LeaseLost(BridgeError):
    """Another worker may have the delivery by now; nothing was written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until the lease ends. ``was`` is the state it was claimed in."""

    id: str
    kommun: str
    arende: str
    system: str
    operation: str
    event_type: str
    was: State
    version: int
    effect: int
    attempts: int
    checks: int
    first_try_at: int | None
    ended_at: int | None
    absent_at: int | None
    lease: int
    error_kind: str | None
    payload: bytes
    unsure: int = 0

    @property
    def is_to_send(self) -> bool:
        """Whether it may be sent; else it is looked for first, or only."""
        return self.was in SENDABLE and not self.unsure


class Claims:
    """The claim queries of one database."""

    def __init__(self, dialect: str) -> None:
        self.clock = LeaseClock(dialect)
        self._server = dialect == "postgresql"

    def take(self, connection: sa.Connection, now: int, limit: int, lease_s: float) -> list[Claim]:
        """Claims up to ``limit`` due deliveries, the longest due first."""
        d = deliveries.c
        due = (
            sa.select(d.seq, d.state.label("was"))
            .where(d.due_at <= now, d.lease_until.is_(None))
            .order_by(d.due_at)
            .limit(limit)
        )
        if self._server:
            due = due.with_for_update(skip_locked=True)
        # Materialised: as a plain subquery PostgreSQL may run the LIMIT again for every row.
        picked = due.cte("picked").prefix_with("MATERIALIZED", dialect="postgresql")
        if self._server:
            return self._take_server(connection, picked, now, lease_s)
        return self._take_sqlite(connection, due, now, lease_s)

    def _leased(self, now: int, lease_s: float) -> dict[str, Any]:
        d = deliveries.c
        return {
            "state": sa.case((d.state.in_(_SENDABLE), State.CLAIMED.value), else_=d.state),
            "lease": d.lease + 1,
            "lease_until": self.clock.now() + lease_s,
            "lease_boot": self.clock.boot,
            "updated_at": now,
        }

    def _take_server(
        self, connection: sa.Connection, picked: sa.CTE, now: int, lease_s: float
    ) -> list[Claim]:
        rows = connection.execute(
            sa.update(deliveries)
            .add_cte(picked)
            .where(deliveries.c.seq == picked.c.seq)
            .values(self._leased(now, lease_s))
            .returning(*_CLAIMED, picked.c.was)
        )
        return [_claim(row, row.was) for row in rows]

    def _take_sqlite(
        self, connection: sa.Connection, due: sa.Select[Any], now: int, lease_s: float
    ) -> list[Claim]:
        # One writer at a time: nobody can come between the two statements.
        was = {row.seq: row.was for row in connection.execute(due)}
        if not was:
            return []
        rows = connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.seq.in_(was))
            .values(self._leased(now, lease_s))
            .returning(*_CLAIMED, deliveries.c.seq)
        )
        return [_claim(row, was[row.seq]) for row in rows]

    def begin(self, connection: sa.Connection, claim: Claim, needed_s: float, now: int) -> None:
        """Counts the attempt before the call.

        Raises:
            LeaseLost: the lease does not cover ``needed_s`` more seconds, or is another's.
        """
        d = deliveries.c
        result = connection.execute(
            sa.update(deliveries)
            .where(
                d.id == claim.id,
                d.lease == claim.lease,
                d.lease_boot == self.clock.boot,
                d.lease_until >= self.clock.now() + needed_s,
            )
            .values(
                sending=1,
                attempts=d.attempts + 1,
                checks=0,
                first_try_at=sa.func.coalesce(d.first_try_at, now),
                ended_at=now,
                absent_at=None,
            )
        )
        if result.rowcount != 1:
            raise LeaseLost(claim.id)

    def finish(self, connection: sa.Connection, claim: Claim, values: dict[str, Any]) -> None:
        """Writes what came of the claim and lets go of it, if it is still ours.

        Raises:
            LeaseLost: it is not; nothing was written.
        """
        d = deliveries.c
        result = connection.execute(
            sa.update(deliveries)
            .where(
                d.id == claim.id,
                d.lease == claim.lease,
                d.lease_boot == self.clock.boot,
                d.lease_until > self.clock.now(),
            )
            .values(sending=0, lease_until=None, lease_boot=None, **values)
        )
        if result.rowcount != 1:
            raise LeaseLost(claim.id)

    def release(self, connection: sa.Connection, claims: Sequence[Claim], now: int) -> None:
        """Gives unstarted claims back as they were."""
        for claim in claims:
            state = State.READY if claim.was in SENDABLE else claim.was
            self.finish(connection, claim, {"state": state.value, "updated_at": now})

    def expire(
        self, connection: sa.Connection, now: int, limit: int = 500
    ) -> list[tuple[str, str]]:
        """Ends leases whose time is up: what had begun sending is ambiguous, the rest ready.

        Returns:
            (id, operation) of each.
        """
        d = deliveries.c
        over = (
            sa.select(d.seq)
            .where(
                d.lease_until.is_not(None),
                (d.lease_until <= self.clock.now()) | (d.lease_boot != self.clock.boot),
            )
            .limit(limit)
        )
        if self._server:
            over = over.with_for_update(skip_locked=True)
        seqs = [row.seq for row in connection.execute(over)]
        if not seqs:
            return []
        began = d.sending == 1
        rows = connection.execute(
            sa.update(deliveries)
            .where(d.seq.in_(seqs))
            .values(
                state=sa.case(
                    (d.state != State.CLAIMED.value, d.state),
                    (began, State.AMBIGUOUS.value),
                    else_=State.READY.value,
                ),
                error_kind=sa.case((began, "ambiguous"), else_=d.error_kind),
                error_code=sa.case((began, "worker_lost"), else_=d.error_code),
                ended_at=sa.case((began, now), else_=d.ended_at),
                absent_at=sa.case((began, None), else_=d.absent_at),
                sending=0,
                lease=d.lease + 1,
                lease_until=None,
                lease_boot=None,
                due_at=now,
                updated_at=now,
            )
            .returning(d.id, d.operation)
        )
        return [(row.id, row.operation) for row in rows]


_d = deliveries.c
_CLAIMED = (
    _d.id,
    _d.kommun,
    _d.arende,
    _d.system,
    _d.operation,
    _d.event_type,
    _d.version,
    _d.effect,
    _d.attempts,
    _d.checks,
    _d.first_try_at,
    _d.ended_at,
    _d.absent_at,
    _d.lease,
    _d.error_kind,
    _d.payload,
    _d.unsure,
)


def _claim(row: Any, was: str) -> Claim:
    values = {column.name: getattr(row, column.name) for column in _CLAIMED}
    return Claim(was=State(was), **values)
