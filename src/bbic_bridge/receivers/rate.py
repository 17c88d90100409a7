"""How often each sender may call: a token bucket for each, in the memory of one process."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

Caller = tuple[str, str]
"""``source`` and its name, or a vendor system and its kommun."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many calls a second, and so many at once after a pause."""

    rate_per_s: float
    burst: int


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class Rates:
    """Counts calls against each sender's pace; who has none is never held back.

    Args:
        paces: of those who have one.
        clock: the wall clock; a jump forwards fills a bucket, one backwards changes nothing.
    """

    def __init__(self, paces: Mapping[Caller, Pace], clock: Callable[[], datetime]) -> None:
        self._paces = paces
        self._clock = clock
        self._buckets: dict[Caller, _Bucket] = {}

    def take(self, caller: Caller) -> int:
        """Counts one call. 0 when it may be; else the seconds until one may, and none is counted.

        Call it only for a sender whose signature is known, so that nobody uses up another's.
        """
        pace = self._paces.get(caller)
        if pace is None:
            return 0
        now = self._clock()
        bucket = self._buckets.setdefault(caller, _Bucket(pace.burst, now))
        gained = max(0.0, (now - bucket.at).total_seconds()) * pace.rate_per_s
        bucket.left, bucket.at = min(pace.burst, bucket.left + gained), now
        if bucket.left < 1:
            return math.ceil((1 - bucket.left) / pace.rate_per_s)
        bucket.left -= 1
        return 0
