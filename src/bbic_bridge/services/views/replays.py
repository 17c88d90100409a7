"""What the faces get of replays. Nothing here is unmasked unless it was asked to be revealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bbic_bridge.services.differences import Change

Outcome = Literal["released", "would_release", "already_done", "changed", "refused", "cancelled"]
JobStanding = Literal["planned", "running", "interrupted", "paused", "done", "cancelled"]


@dataclass(frozen=True, slots=True)
class ReplayItem:
    """What happened, or would happen, to one delivery of a job.

    ``changes`` is what would be sent otherwise than last time, or what an edit corrects.
    """

    id: str
    operation: str
    outcome: Outcome
    detail: str = ""
    waiting_behind: int = 0
    job: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class JobView:
    """A replay job. ``outcomes`` counts its deliveries by what became of them here (``open``:
    their turn has not come); ``rate`` is per second; ``digest`` is the SHA-256 over their ids."""

    id: str
    name: str
    state: JobStanding
    chosen: Mapping[str, Any]
    total: int
    digest: str
    mode: Literal["mapped_anew", "same_bytes"]
    edited: bool
    rate: float | None
    actor: str
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TryView:
    """An attempt or look-up that followed the release, and what it led to."""

    action: str
    outcome: str
    error_kind: str | None
    error_code: str | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class JobItemView:
    """A delivery of a job: what the job did with it (``open``: its turn has not come), and how it
    stands now.

    ``state`` is None where the delivery is no longer kept; ``last_try`` where nothing has been
    tried since it was released.
    """

    id: str
    operation: str | None
    outcome: str
    detail: str
    at: datetime | None
    state: str | None
    last_try: TryView | None


@dataclass(frozen=True, slots=True)
class JobDetail:
    """A job with a page of its deliveries. ``states`` counts those released by how they stand now;
    ``more`` tells that there are further ones."""

    job: JobView
    states: Mapping[str, int]
    items: tuple[JobItemView, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was, or would be, skipped; what ``waits`` behind it, and what of that was ``released``
    on a person's word."""

    id: str
    waits: tuple[str, ...]
    released: tuple[str, ...] = ()
