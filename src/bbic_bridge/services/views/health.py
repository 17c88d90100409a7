"""How the bridge itself is, and what it has taken in, for people and their tools."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PartView:
    """A process that is at work, ``worker`` or ``beat``. ``looked_s`` and ``claimed_s``: seconds
    since a worker last asked for what is due and got an answer, and since it last got something to
    carry."""

    kind: str
    host: str
    pid: int
    since: datetime
    seen_s: float
    looked_s: float | None
    claimed_s: float | None


@dataclass(frozen=True, slots=True)
class AlertView:
    """Something that needs a person now. ``kommun`` and ``system`` are empty where it is about
    the whole bridge."""

    name: str
    kommun: str
    system: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """What tells whether the bridge itself works.

    ``claimable_s``: for how long the oldest has been due that a worker could claim now;
    ``claimed_s``: seconds since any worker claimed something. ``free_bytes`` is None where the
    database's disk is not ours. ``degraded``: static words, as ``/readyz`` tells them.
    """

    parked_heads: int = 0
    claimable_s: float | None = None
    claimed_s: float | None = None
    parts: tuple[PartView, ...] = ()
    alerts: tuple[AlertView, ...] = ()
    free_bytes: int | None = None
    storage_low: bool = False
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TotalView:
    """The events accepted from a source about a kommun, on the Stockholm day of their ``time``.

    ``digest``: the sum of SHA-256 over each id, modulo 2**256, as 64 hex digits.
    """

    day: date
    source: str
    kommun: str
    count: int
    digest: str
