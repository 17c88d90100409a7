"""Sharing out what may be claimed: kommuner, systems and operations in turn. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bbic_bridge.delivery.lanes import Lane


@dataclass(frozen=True, slots=True)
class Queue:
    """Something is due for this operation in this lane; the longest due since ``due_at``."""

    kommun: str
    system: str
    operation: str
    due_at: int

    @property
    def lane(self) -> tuple[str, str]:
        """Kommun and system."""
        return self.kommun, self.system


def share(
    queues: Iterable[Queue],
    rooms: Mapping[Lane, int | None],
    limit: int,
) -> dict[Queue, int]:
    """How many to take from each queue, ``limit`` in all.

    Each lane in turn gives one, the one first that has not been served for longest; within a lane
    each operation in turn, the one first whose head has been due for longest.

    Args:
        rooms: how many each lane may give, None for any number; a lane that is left out gives none.
    """
    turns: dict[Lane, list[Queue]] = {}
    lanes = {lane.key: lane for lane, most in rooms.items() if most != 0}
    for queue in sorted(queues, key=lambda queue: queue.due_at):
        if queue.lane in lanes:
            turns.setdefault(lanes[queue.lane], []).append(queue)
    order = sorted(turns, key=lambda lane: (lane.served_at, turns[lane][0].due_at))
    given: dict[Lane, int] = dict.fromkeys(order, 0)
    shares: dict[Queue, int] = {}
    while order and limit > 0:
        for lane in list(order)[:limit]:
            queue = turns[lane][given[lane] % len(turns[lane])]
            shares[queue] = shares.get(queue, 0) + 1
            given[lane] += 1
            limit -= 1
            if given[lane] == rooms[lane]:
                order.remove(lane)
    return shares
