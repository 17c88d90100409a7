"""A case: its timeline, the handbook laid over it, and what deviates from it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bbic_bridge.services.views.accepting import Violation
from bbic_bridge.services.views.deliveries import DeliveryView


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

    ``event`` and ``event_row`` are what shows it; ``pointer`` where in it, None for what shows
    between documents. ``before`` and ``after`` are the texts that differ, None where a document
    does not have what the other has; ``differs_at`` counts the characters that they begin alike
    with, where they are revealed.
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
    pointer: str | None = None
    before: ComparedText | None = None
    after: ComparedText | None = None
    differs_at: int | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case's timeline, its facts and what is still open; and the handbook laid over it, with
    what deviates from it.

    The steps are in the order of the events' own times, an event's deliveries right after it.
    ``needs_person`` where a delivery is failed, with a person or ambiguous, a limit that weighs
    ``lag`` or ``ska`` is overdue, or anything deviates.
    ``pruned_at`` is when payloads that it had were last pruned, None where they never were.
    """

    kommun: str
    arende: str
    steps: tuple[StepView, ...]
    facts: tuple[str, ...]
    open_deliveries: tuple[DeliveryView, ...]
    handbook: tuple[HandbookView, ...] = ()
    deviations: tuple[DeviationView, ...] = ()
    needs_person: bool = False
    pruned_at: datetime | None = None
