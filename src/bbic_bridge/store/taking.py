"""One round of taking: which lanes have room, what is picked, and what to wait for."""

from collections import Counter
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from bbic_bridge.delivery import fairness, lanes
from bbic_bridge.delivery.fairness import Queue
from bbic_bridge.delivery.lanes import Lane, LaneState, Rules
from bbic_bridge.store.lanes import LaneKey, count_leased, keep_lanes, lock_free_lanes
from bbic_bridge.store.queues import Picked, pick

BUSY_S = 0.005
"""How soon to ask again for a lane that another worker was just taking from."""
FETCHED_S = 0.05
"""How soon to ask again for the place that a question about changes has."""
RulesOf = Callable[[str, str], Rules]
"""How the lane of a kommun and system is treated."""


class Round:
    """Picks from the lanes that nobody else is taking from, and writes what that does to them."""

    def __init__(
        self, connection: sa.Connection, queues: Sequence[Queue], now: int, rules: RulesOf
    ) -> None:
        self._connection, self._queues, self._now, self._rules = connection, queues, now, rules
        keys = sorted({queue.lane for queue in queues})
        # First the locks, then the count: it must know of all that others took before.
        self._lanes = {lane.key: lane for lane in lock_free_lanes(connection, keys)}
        self._leased = count_leased(connection)
        self._others_busy = len(self._lanes) < len(keys)
        self._more = False

    def pick(self, limit: int) -> list[Picked]:
        """Up to ``limit`` due deliveries, locked until the transaction ends, to be leased now."""
        rooms = {lane: self._room(lane) for lane in self._lanes.values()}
        shares = fairness.share(self._queues, rooms, limit)
        picked = pick(self._connection, shares, self._now)
        got = Counter(one.queue for one in picked)
        counts = Counter(one.queue.lane for one in picked)
        for key, count in counts.items():
            self._lanes[key] = lanes.taken(self._lanes[key], count, self._now, self._rules(*key))
        self._leased += counts
        keep_lanes(self._connection, (self._lanes[key] for key in counts))
        given_all = [queue.lane for queue, most in shares.items() if got[queue] == most]
        self._more = any(self._room(self._lanes[key]) != 0 for key in given_all)
        return picked

    def probes(self) -> set[LaneKey]:
        """The lanes from which what is picked is to show whether their vendor answers."""
        found = self._lanes.values()
        return {lane.key for lane in found if lane.state is not LaneState.CLOSED}

    def again_s(self) -> float | None:
        """Seconds until there may be more by time alone: 0 for at once, None where not known."""
        if self._more:
            return 0.0
        waits = [BUSY_S] if self._others_busy else []
        for lane in self._lanes.values():
            wait_s = lanes.wait_s(lane, self._now, self._rules(*lane.key))
            waits += [] if wait_s is None else [wait_s]
            waits += [FETCHED_S] if lane.is_fetched(self._now) and self._room(lane) == 0 else []
        return min(waits, default=None)

    def full(self) -> bool:
        """Whether something waits for deliveries of its lane that are under way."""
        return any(
            lanes.is_full(lane, self._leased[key], self._rules(*key))
            for key, lane in self._lanes.items()
        )

    def _room(self, lane: Lane) -> int | None:
        return lanes.room(lane, self._leased[lane.key], self._now, self._rules(*lane.key))
