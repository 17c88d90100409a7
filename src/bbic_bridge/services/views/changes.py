"""What vendors tell: how the reading goes, and what could not be read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SyncProblem:
    """Why changes do not come as they should, of one stream.

    ``code`` is a static word: how the last pass failed or what is wrong with a row; ``late`` and
    ``never_read`` where nothing failed. ``where`` is profile, message and field, where it is known.
    ``since`` is when the stream was last read to its end, or first seen.
    """

    kommun: str
    system: str
    stream: str
    code: str
    where: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """One pass of one kommun: what was read and what became of it.

    ``parked`` counts the rows that were parked by this pass; ``problems`` tells why, and which
    streams could not be read.
    """

    kommun: str
    read: int = 0
    emitted: int = 0
    own: int = 0
    held: int = 0
    known: int = 0
    parked: int = 0
    problems: tuple[SyncProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class ParkedView:
    """A row from a vendor that could not be read. ``id`` is the vendor's own, or ``okand:`` and a
    keyed hash; ``kind`` is empty where it cannot be told. Nothing of the row itself is here."""

    kommun: str
    system: str
    id: str
    kind: str
    stream: str
    code: str
    where: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ParkedHeap:
    """How many rows are parked for the same reason, and since when."""

    kommun: str
    system: str
    stream: str
    code: str
    where: str
    rows: int
    since: datetime
