"""Whether a worker works: judged by what it does, never by whether its process is there."""

from dataclasses import dataclass
from typing import Literal

Step = Literal["idle", "store", "lanes"]
"""What a pump is at: waiting for news, asking the store, or waiting for a lane to be free."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What shows of a pump: whether its thread lives, what it is at, how many steps it has taken
    and how many deliveries it has claimed since its start."""

    alive: bool
    step: Step
    steps: int
    claimed: int


class Watch:
    """Judges a pump by what changes between two looks.

    Time passes here only as far as looks are made: a process that was frozen for an hour has not
    stood still for an hour of its own.

    Args:
        stall_s: for how long something must be wrong before the worker is given up.
        busy_s: for how long all lanes may be taken without one becoming free: longer than any
            call within its time limit.
    """

    def __init__(self, stall_s: float, busy_s: float) -> None:
        self._stall_s = stall_s
        self._busy_s = max(busy_s, stall_s)
        self._steps = -1
        self._claimed = -1
        self._standing_s = 0.0
        self._passed_over_s = 0.0

    def look(self, elapsed_s: float, signs: Signs, *, claimable: bool) -> str | None:
        """A static word for why the worker must be given up, or None.

        Args:
            elapsed_s: since the last look; at most what is meant to lie between two.
            claimable: whether the store has work that any worker could claim now. Never so for
                what is paused, or held back because its vendor is down.
        """
        self._measure(elapsed_s, signs, claimable=claimable)
        if not signs.alive:
            return "pump_ended"
        if signs.step == "store" and self._standing_s > self._stall_s:
            return "store_hangs"
        if signs.step == "lanes":
            hangs = min(self._standing_s, self._passed_over_s) > self._busy_s
            return "lanes_hang" if hangs else None
        return "claims_nothing" if self._passed_over_s > self._stall_s else None

    def _measure(self, elapsed_s: float, signs: Signs, *, claimable: bool) -> None:
        stands = signs.steps == self._steps
        passed_over = claimable and signs.claimed == self._claimed
        self._standing_s = self._standing_s + elapsed_s if stands else 0.0
        self._passed_over_s = self._passed_over_s + elapsed_s if passed_over else 0.0
        self._steps, self._claimed = signs.steps, signs.claimed
