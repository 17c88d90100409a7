"""How the bridge is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bbic_bridge.services.views.changes import SyncProblem
from bbic_bridge.services.views.health import Health
from bbic_bridge.services.views.lanes import LaneView, PauseView


@dataclass(frozen=True, slots=True)
class Status:
    """How the bridge is: counts per state and the ages (seconds) that tell trouble.

    ``sync_lag_s`` is the age of the stream that is furthest behind, ``parked_changes`` the number
    of vendor rows that could not be read, per kommun; ``overdue`` that of time limits, by weight.
    ``audit_head`` is where the audit log ends (``SEQ:HASH``), to be kept elsewhere.
    """

    deliveries: Mapping[str, int]
    callbacks: Mapping[str, int]
    events: int
    cases: int
    feed: int
    oldest_due_s: float | None
    oldest_lease_s: float | None
    parked_behind_failed: int
    waiting_too_long: int
    sync_lag_s: Mapping[str, float] = field(default_factory=dict)
    sync_problems: tuple[SyncProblem, ...] = ()
    parked_changes: Mapping[str, int] = field(default_factory=dict)
    overdue: Mapping[str, int] = field(default_factory=dict)
    lanes: tuple[LaneView, ...] = ()
    pauses: tuple[PauseView, ...] = ()
    health: Health = field(default_factory=Health)
    audit_head: str = ""
    audit_sealed: int = 0
    audit_unsealed: int = 0
