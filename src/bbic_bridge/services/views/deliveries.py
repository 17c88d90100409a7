"""Deliveries: which, one in a list, one with its attempts, one that is replayed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bbic_bridge.services.differences import Change
from bbic_bridge.services.views.accepting import Violation


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deliveries. Empty fields do not filter. ``error`` is a kind or a code."""

    states: tuple[str, ...] = ()
    kommuner: tuple[str, ...] = ()
    system: str | None = None
    operation: str | None = None
    arende: str | None = None
    error: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    after: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery in a list. ``waits_for`` names facts; ``behind`` the delivery it waits for.

    ``event_row`` is that of the step of its case's timeline that it comes from.
    """

    id: str
    kommun: str
    arende: str
    system: str
    operation: str
    state: str
    event_row: str
    event_type: str
    attempts: int
    error_kind: str | None
    error_code: str | None
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    waits_for: tuple[str, ...] = ()
    behind: str | None = None
    waiting_behind: int = 0


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt of a delivery: what was done, how it ended; texts only when revealed."""

    number: int
    effect: str | None
    action: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    error_kind: str | None
    error_code: str | None
    reason: str = ""
    answer: str = ""
    request: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class EditView:
    """What one correction changed: ``version`` came of the one before it. Values are masked unless
    asked to be revealed."""

    version: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ActView:
    """What a person, or the bridge by itself, did to a delivery; ``reason`` only when revealed."""

    at: datetime
    actor: str
    action: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryDetail:
    """A delivery with its attempts; ``uppgift`` is masked unless asked to be revealed.

    ``warnings`` are those of the event that it comes from, ``acts`` what the audit log holds of it.
    ``version`` is 1 until it is corrected, and ``edits`` are what each correction changed.
    ``correction`` is an edit that is not in the uppgift: held until it is certain that the vendor
    has nothing of the earlier version, or not sent because it had. ``pruned``: the uppgift, and
    what was sent and answered, are no longer kept.
    """

    delivery: DeliveryView
    attempts: tuple[AttemptView, ...]
    uppgift: Mapping[str, Any]
    links: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[Violation, ...] = ()
    acts: tuple[ActView, ...] = ()
    version: int = 1
    edits: tuple[EditView, ...] = ()
    correction: Literal["held", "not_sent"] | None = None
    pruned: bool = False
