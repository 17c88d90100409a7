"""What the faces (receivers, workers, cli) give to and get from the use cases. Plain values.

No view holds unmasked personal data unless its name says ``revealed``.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bbic_bridge.handbook.frister import Skede
    from bbic_bridge.handbook.lopp.bas import Vikt


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong: where (JSON pointer into the event, or XPath) and what, in plain words.

    Of a content point of the handbook also: its Swedish name, who asks for it (``A:49`` is a line
    of a source), how much it weighs (``lag``, ``ska``, ``ska_om_inte``, ``bor``) and the rule.
    """

    pointer: str
    message: str
    namn: str | None = None
    kalla: str | None = None
    vikt: str | None = None
    kod: str | None = None

    def told(self) -> dict[str, str]:
        """Its fields, without those that say nothing."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was refused: an HTTP status, a static code, a title and the violations."""

    status: int
    code: str
    title: str
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one event. ``id`` is the event's own id, where one could be read."""

    id: str | None
    status: Literal["accepted", "duplicate", "rejected"]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a caller may speak for: CloudEvents sources and kommuner; ``*`` is all."""

    sources: tuple[str, ...] = ("*",)
    kommuner: tuple[str, ...] = ("*",)

    def allows(self, source: str, kommun: str) -> bool:
        return self.allows_source(source) and self.allows_kommun(kommun)

    def allows_source(self, source: str) -> bool:
        return "*" in self.sources or source in self.sources

    def allows_kommun(self, kommun: str) -> bool:
        return "*" in self.kommuner or kommun in self.kommuner


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
    """One attempt of a delivery: what was done, how it ended."""

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
    ``pruned``: the uppgift, and what was answered, are no longer kept.
    """

    delivery: DeliveryView
    attempts: tuple[AttemptView, ...]
    uppgift: Mapping[str, Any]
    links: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[Violation, ...] = ()
    acts: tuple[ActView, ...] = ()
    pruned: bool = False


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of a case's timeline: an event, a delivery it led to, or what a vendor told us.

    ``source`` and ``event_id`` are the event's own; ``event_row`` is the same in an event and in
    the deliveries it led to. ``detail`` is the kind and code of a delivery's error.
    """

    at: datetime
    kind: Literal["event", "delivery", "vendor"]
    name: str
    state: str
    source: str
    event_id: str
    event_row: str
    delivery_id: str | None = None
    detail: str = ""
    waits_for: tuple[str, ...] = ()
    behind: str | None = None
    waiting_behind: int = 0
    warnings: tuple[Violation, ...] = ()


HandbookState = Literal["done", "on_its_way", "missing", "overdue", "to_come"]


@dataclass(frozen=True, slots=True)
class HandbookView:
    """How one point of the handbook's process stands for one insats of a case.

    ``insats_id`` is None for a case that has none yet. ``weight`` is ``ska``, ``bor`` or ``kan``.
    ``day`` is when it was done, or the last day on which it should have been. ``event_row`` is
    that of the step of the timeline that shows it done.
    """

    insats_id: str | None
    insatstyp: str | None
    step: int
    process: str
    name: str
    weight: str
    state: HandbookState
    day: date | None
    event_row: str | None


Standing = Literal["shown", "masked", "not_kept"]


@dataclass(frozen=True, slots=True)
class ComparedText:
    """One of two texts that should have been the same: the event it stands in, and where.

    ``text`` is ``•••`` unless it was asked to be revealed, and None where the document says nothing
    there or is no longer kept.
    """

    event: str
    event_row: str
    at: datetime
    pointer: str
    text: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class DeviationView:
    """Something in a case that deviates from the handbook, for a person to look at.

    ``event`` and ``event_row`` are what shows it. ``before`` and ``after`` are the texts that
    differ, None where a document does not have what the other has; ``differs_at`` counts the
    characters that they begin alike with, where they are revealed.
    """

    code: str
    text: str
    source: str
    weight: str
    step: int
    object_id: str
    event: str
    event_row: str
    at: datetime
    before: ComparedText | None = None
    after: ComparedText | None = None
    differs_at: int | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case's timeline, its facts and what is still open; and the handbook laid over it, with
    what deviates from it across the case's documents.

    The steps are in the order of the events' own times, an event's deliveries right after it.
    ``pruned_at`` is when payloads that it had were last pruned, None where they never were.
    """

    kommun: str
    arende: str
    steps: tuple[StepView, ...]
    facts: tuple[str, ...]
    open_deliveries: tuple[DeliveryView, ...]
    handbook: tuple[HandbookView, ...] = ()
    deviations: tuple[DeviationView, ...] = ()
    pruned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """CloudEvents to the handbook workflow, oldest first, and the cursor to go on from."""

    events: tuple[Mapping[str, Any], ...]
    cursor: str


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
class Status:
    """How the bridge is: counts per state and the ages (seconds) that tell trouble.

    ``sync_lag_s`` is the age of the stream that is furthest behind, ``parked_changes`` the number
    of vendor rows that could not be read, per kommun; ``overdue`` that of time limits, by weight.
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


@dataclass(frozen=True, slots=True)
class ReplayItem:
    """What happened, or would happen, to one delivery when replayed."""

    id: str
    operation: str
    outcome: Literal["released", "would_release", "already_done", "refused"]
    detail: str = ""
    waiting_behind: int = 0


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
class FristFilter:
    """Which time limits. Empty fields do not filter; ``met`` takes those that are met, or have
    fallen away, as well."""

    kommuner: tuple[str, ...] = ()
    arende: str | None = None
    koder: tuple[str, ...] = ()
    skeden: "tuple[Skede, ...]" = ()
    insatstyper: tuple[str, ...] = ()
    met: bool = False
    limit: int = 100


@dataclass(frozen=True, slots=True)
class FristView:
    """One time limit of one case, as it stands today.

    ``dagar_kvar`` is counted to ``senast``, below zero when that has passed, None when nothing is
    left to do. ``uppfylld_av`` is the row of the event that met it.
    """

    kommun: str
    arende: str
    kod: str
    namn: str
    steg: int
    kalla: str
    vikt: "Vikt"
    objekt_id: str
    insatstyp: str | None
    skede: "Skede"
    fran: date
    varna: date
    senast: date
    dagar_kvar: int | None
    uppfylld: date | None
    uppfylld_av: str | None
    upphord: date | None


@dataclass(frozen=True, slots=True)
class FristList:
    """A list of limits: whether there are ``more``, and whether any that the filter takes is
    overdue and weighs ``lag`` or ``ska``."""

    frister: tuple[FristView, ...]
    more: bool
    needs_person: bool
