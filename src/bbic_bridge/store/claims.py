"""Claiming what is due: atomic, leased and fenced, and no more of a lane than it has room for.

A claim adds one to the delivery's ``lease`` number; every later write of the claimer must name
that number and find the lease unexpired, so a claimer that was away too long can change nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.delivery.states import SENDABLE, State
from bbic_bridge.store.engine import LeaseClock
from bbic_bridge.store.lanes import LaneKey
from bbic_bridge.store.queues import Picked, due_queues
from bbic_bridge.store.schema import deliveries
from bbic_bridge.store.taking import Round, RulesOf
from bbic_bridge.store.times import SECOND

_SENDABLE = sorted(SENDABLE)


class LeaseLost(BridgeError):
    """Another worker may have the delivery by now; nothing was written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until the lease ends. ``was`` is the state it was claimed in.

    ``resend`` is the attempt whose very bytes are to be sent again, None to map anew; ``probe``: it
    is the one that is to show whether its vendor answers again.
    """

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
    resend: str | None
    payload: bytes
    probe: bool = False
    unsure: int = 0
    leased_s: float = 0

    @property
    def absent_for_s(self) -> float | None:
        """How long ago, on the clock of leases, a look-up was first answered that there is nothing;
        None where none was. A machine that was started since may make it shorter, never longer."""
        if self.absent_at is None:
            return None
        return max(0.0, self.leased_s - self.absent_at / SECOND)

    @property
    def is_to_send(self) -> bool:
        """Whether it may be sent; else it is looked for first, or only."""
        return self.was in SENDABLE and not self.unsure


@dataclass(frozen=True, slots=True)
class Taken:
    """What was claimed, and why no more was.

    ``again_s`` is when there may be more, in seconds, by time alone; None where that is not known.
    ``full``: some of what is due waits for deliveries of its lane that are under way.
    """

    claims: tuple[Claim, ...] = ()
    again_s: float | None = None
    full: bool = False


class Claims:
    """The claim queries of one database."""

    def __init__(self, dialect: str, ahead: Callable[[], float] = lambda: 0.0) -> None:
        self.clock = LeaseClock(dialect, ahead)
        self._server = dialect == "postgresql"
        # Built once: making a statement anew costs more than running it.
        self._lease_them = (
            sa.update(deliveries)
            .where(deliveries.c.seq.in_(sa.bindparam("seqs", expanding=True)))
            .values(self._leased())
            .returning(*_CLAIMED, deliveries.c.seq, self.clock.now().label("leased_s"))
        )

    def take(
        self, connection: sa.Connection, now: int, limit: int, lease_s: float, rules: RulesOf
    ) -> Taken:
        """Claims up to ``limit`` due deliveries: lane by lane in turn, the longest due first.

        Nothing is claimed that is paused, nor more of a lane than it has room for.
        """
        queues = due_queues(connection, now)
        if not queues:
            return Taken()
        taking = Round(connection, queues, now, rules)
        picked = taking.pick(limit)
        claims = self._lease(connection, picked, taking.probes(), now, lease_s)
        return Taken(tuple(claims), taking.again_s(), taking.full())

    def _lease(
        self,
        connection: sa.Connection,
        picked: Sequence[Picked],
        probes: set[LaneKey],
        now: int,
        lease_s: float,
    ) -> list[Claim]:
        was = {one.seq: one.state for one in picked}
        if not was:
            return []
        given = {"seqs": list(was), "lease_s": lease_s, "at": now}
        rows = connection.execute(self._lease_them, given)
        return [_claim(row, was[row.seq], probe=(row.kommun, row.system) in probes) for row in rows]

    def _leased(self) -> dict[str, Any]:
        d = deliveries.c
        return {
            "state": sa.case((d.state.in_(_SENDABLE), State.CLAIMED.value), else_=d.state),
            "lease": d.lease + 1,
            "lease_until": self.clock.now() + sa.bindparam("lease_s", type_=sa.Float(53)),
            "lease_boot": self.clock.boot,
            "updated_at": sa.bindparam("at"),
        }

    def begin(self, connection: sa.Connection, claim: Claim, needed_s: float, now: int) -> float:
        """Counts the attempt before the call.

        Returns:
            How many seconds of the lease were left when it was checked.

        Raises:
            LeaseLost: the lease does not cover ``needed_s`` more seconds, or is another's.
        """
        d = deliveries.c
        left = (d.lease_until - self.clock.now()).label("left_s")
        row = connection.execute(
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
            .returning(left)
        ).one_or_none()
        if row is None:
            raise LeaseLost(claim.id)
        return float(row.left_s)

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
        """Gives unstarted claims back as they were: due."""
        due_at = sa.case((deliveries.c.due_at > now, now), else_=deliveries.c.due_at)
        for claim in claims:
            state = State.READY if claim.was in SENDABLE else claim.was
            values = {"state": state.value, "due_at": due_at, "updated_at": now}
            self.finish(connection, claim, values)

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
    _d.resend,
    _d.payload,
    _d.unsure,
)


def _claim(row: Any, was: str, *, probe: bool) -> Claim:
    values = {column.name: getattr(row, column.name) for column in _CLAIMED}
    return Claim(was=State(was), probe=probe, leased_s=row.leased_s, **values)
