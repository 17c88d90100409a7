"""A lane: all that goes to one system of one kommun, and how much of it may go now. Pure.

Times are microseconds since 1970, as stored; limits are per second and in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

SECOND = 1_000_000
BURST_S = 1.0
"""How long a lane may save up what its rate would have let through."""
SKEW = 60 * SECOND
"""How far two machines' clocks may be apart. More than that: the clock was set back."""


class LaneState(StrEnum):
    """Whether the vendor answers. ``half_open``: one delivery is out to see whether it does."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a lane is treated; 0 means no limit. ``chance`` gives a number in [0, 1).

    After ``failures`` calls in a row without an answer, the lane is tried with one delivery after
    ``probe_s`` seconds, then ever more seldom, up to every ``probe_max_s``.
    """

    concurrency: int
    rate_per_s: float
    failures: int
    probe_s: float
    probe_max_s: float
    chance: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Lane:
    """What is remembered of a lane.

    ``changed_at`` is when its vendor last fell silent or answered again; ``failures`` counts the
    calls in a row that got no answer, ``probes`` those made since it fell silent. Nothing is taken
    from ``held_from`` until ``held_until``. ``tokens`` is what was left of the rate ``filled_at``.
    From ``fetch_from`` until ``fetch_until`` a question about changes has, or waits for, a place.
    """

    kommun: str
    system: str
    state: LaneState = LaneState.CLOSED
    changed_at: int = 0
    failures: int = 0
    probes: int = 0
    held_from: int = 0
    held_until: int = 0
    tokens: float = 0.0
    filled_at: int = 0
    served_at: int = 0
    fetch_from: int = 0
    fetch_until: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """Kommun and system."""
        return self.kommun, self.system

    def is_held(self, now: int) -> bool:
        """Whether nothing may be taken yet. A clock that was set back holds nobody for longer."""
        return self.held_from - SKEW <= now < self.held_until

    def is_fetched(self, now: int) -> bool:
        """Whether one place belongs to a question about changes."""
        return self.fetch_from - SKEW <= now < self.fetch_until


def room(lane: Lane, leased: int, now: int, rules: Rules) -> int | None:
    """How many deliveries may be taken, with ``leased`` under way; None for any number."""
    if lane.is_held(now):
        return 0
    if lane.state is not LaneState.CLOSED:
        # Nothing under way: neither what was begun before it opened, nor an earlier probe.
        return 0 if leased else 1
    rooms = []
    if rules.concurrency:
        rooms.append(max(0, rules.concurrency - leased - lane.is_fetched(now)))
    if rules.rate_per_s:
        rooms.append(int(_tokens(lane, now, rules)))
    return min(rooms) if rooms else None


def is_full(lane: Lane, leased: int, rules: Rules) -> bool:
    """Whether the end of one that is under way makes room."""
    if lane.state is not LaneState.CLOSED:
        return leased > 0
    return 0 < rules.concurrency <= leased


def wait_s(lane: Lane, now: int, rules: Rules) -> float | None:
    """Seconds until time alone makes room; None where it has, or where time alone does not."""
    if lane.is_held(now):
        return (lane.held_until - now) / SECOND
    if lane.state is LaneState.CLOSED and rules.rate_per_s:
        lacking = 1 - _tokens(lane, now, rules)
        return lacking / rules.rate_per_s if lacking > 0 else None
    return None


def taken(lane: Lane, count: int, now: int, rules: Rules) -> Lane:
    """The lane after ``count`` deliveries were taken from it."""
    if not count:
        return lane
    lane = replace(lane, served_at=now)
    if rules.rate_per_s:
        left = _tokens(lane, now, rules) - count
        lane = replace(lane, tokens=left, filled_at=now)
    if lane.state is LaneState.CLOSED:
        return lane
    # Held as well, so that a probe whose worker dies is followed by another, no sooner than due.
    return replace(
        lane,
        state=LaneState.HALF_OPEN,
        held_from=now,
        held_until=now + probe_interval(lane.probes, rules),
    )


def fetch(
    lane: Lane, leased: int, now: int, until: int, rules: Rules, *, mine: bool
) -> tuple[Lane, bool]:
    """Keeps a place, until then at the latest, for a question about what was changed at the vendor.

    A breaker that is open does not hold it: a system that cannot be written to may still be read,
    and the pass is not begun again before its interval.

    Args:
        mine: whether the place that is kept is one's own; another's is waited for.

    Returns:
        The lane, and whether the question may be asked now.
    """
    if lane.is_fetched(now) and not mine:
        return lane, False
    kept = replace(lane, fetch_from=now, fetch_until=until)
    if lane.state is LaneState.CLOSED and lane.is_held(now):
        return kept, False
    if 0 < rules.concurrency <= leased:
        return kept, False
    if not rules.rate_per_s:
        return kept, True
    tokens = _tokens(lane, now, rules)
    if tokens < 1:
        return kept, False
    return replace(kept, tokens=tokens - 1, filled_at=now), True


def fetched(lane: Lane) -> Lane:
    """The lane after the question: its place is free."""
    return replace(lane, fetch_from=0, fetch_until=0)


def probe_interval(probes: int, rules: Rules) -> int:
    """How long after the lane's ``probes``-th probe the next may go: doubled, with 20 % jitter."""
    plain = min(rules.probe_max_s, rules.probe_s * 2 ** min(probes, 32))
    return int(plain * (0.8 + 0.4 * rules.chance()) * SECOND)


def _tokens(lane: Lane, now: int, rules: Rules) -> float:
    most = max(1.0, rules.rate_per_s * BURST_S)
    if now < lane.filled_at - SKEW:  # the clock was set back: how long ago, nobody knows
        return most
    elapsed_s = max(0, now - lane.filled_at) / SECOND
    return min(most, lane.tokens + elapsed_s * rules.rate_per_s)
