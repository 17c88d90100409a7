"""A case as people see it: its timeline, and how it stands against the handbook."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bbic_bridge.delivery.states import NEEDS_PERSON, TERMINAL, State
from bbic_bridge.services import deadlines
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.deviations import deviations
from bbic_bridge.services.handbook_steps import handbook_steps
from bbic_bridge.services.queries.deliveries import view_of, warning_views
from bbic_bridge.services.views.cases import CaseView, StepView
from bbic_bridge.services.views.deliveries import DeliveryView
from bbic_bridge.store import overview
from bbic_bridge.store.cases import has_cases, is_known, kommuner_of
from bbic_bridge.store.facts import facts_of_case
from bbic_bridge.store.feed import feed_of_case
from bbic_bridge.store.inbox import StoredEvent, events_of_case
from bbic_bridge.store.retention import pruned_at
from bbic_bridge.store.times import moment
from bbic_bridge.store.tx import Tx

_LEFT_TO_A_PERSON = NEEDS_PERSON | {State.AMBIGUOUS}
_OUR_NEWS = ("leverans.", "frist.", "avvikelse.")


def is_known_kommun(bridge: Bridge, kommun: str) -> bool:
    """Whether the configuration names it, or a case of it was ever told of."""
    if kommun in bridge.settings.kommun:
        return True
    with bridge.store.read() as tx:
        return has_cases(tx, kommun)


def kommuner_of_case(bridge: Bridge, arende: str) -> list[str]:
    """The kommuner that have a case of this name."""
    with bridge.store.read() as tx:
        return kommuner_of(tx, arende)


def show_case(
    bridge: Bridge, arende: str, *, kommun: str | None = None, reveal: bool = False
) -> CaseView | None:
    """A case's timeline, or None. Without a kommun the case's name must be in one kommun only.

    Args:
        reveal: show the texts that deviate. The caller audits it.
    """
    with bridge.store.read() as tx:
        if kommun is None:
            found = kommuner_of(tx, arende)
            if len(found) != 1:
                return None
            kommun = found[0]
        if not is_known(tx, (kommun, arende)):
            return None
        query = overview.Query(kommuner=(kommun,), arende=arende, limit=10_000)
        views = [view_of(tx, row) for row in overview.find_deliveries(tx, query)]
        unfinished = tuple(v for v in views if State(v.state) not in TERMINAL)
        rows = {view.event_row for view in unfinished}
        deviating = deviations(tx, kommun, arende, reveal=reveal)
        stuck = any(State(view.state) in _LEFT_TO_A_PERSON for view in unfinished)
        overdue = deadlines.is_case_overdue(bridge, tx, kommun, arende)
        return CaseView(
            kommun=kommun,
            arende=arende,
            steps=tuple(_timeline(tx, kommun, arende, views)),
            facts=tuple(facts_of_case(tx, kommun, arende)),
            open_deliveries=unfinished,
            handbook=handbook_steps(bridge, tx, kommun, arende, rows),
            deviations=deviating,
            needs_person=bool(stuck or deviating or overdue),
            pruned_at=moment(at) if (at := pruned_at(tx, (kommun, arende))) else None,
        )


def _timeline(
    tx: Tx, kommun: str, arende: str, views: Sequence[DeliveryView]
) -> Iterator[StepView]:
    """What happened, by its own time; an event's deliveries right after it."""
    events = {event.id: event for event in events_of_case(tx, kommun, arende)}
    led_to: defaultdict[str, list[StepView]] = defaultdict(list)
    for view in views:
        led_to[view.event_row].append(_delivery_step(view, events[view.event_row]))
    happened = [*map(_event_step, events.values()), *_news_steps(tx, kommun, arende)]
    for step in sorted(happened, key=lambda step: step.at):
        yield step
        yield from led_to[step.event_row]


def _event_step(event: StoredEvent) -> StepView:
    return StepView(
        at=moment(event.time),
        kind="event",
        name=event.type,
        state="received",
        source=event.source,
        event_id=event.event_id,
        event_row=event.id,
        warnings=warning_views(event.warnings),
    )


def _news_steps(tx: Tx, kommun: str, arende: str) -> Iterator[StepView]:
    """What the vendors told us; how our own deliveries went stands with the deliveries."""
    for told_at, event in feed_of_case(tx, kommun, arende):
        name = str(event["type"])
        if name.removeprefix("se.bbic.").startswith(_OUR_NEWS):
            continue
        yield StepView(
            at=_vendors_time(event) or moment(told_at),
            kind="vendor",
            name=name,
            state="told",
            source=str(event.get("source", "")),
            event_id=str(event["id"]),
            event_row=str(event["id"]),
        )


def _vendors_time(event: Mapping[str, Any]) -> datetime | None:
    """When it happened there, where the vendor told so with an offset."""
    told = event.get("data", {}).get("tid")
    at = datetime.fromisoformat(told) if told else None
    return at if at is not None and at.tzinfo else None


def _delivery_step(view: DeliveryView, event: StoredEvent) -> StepView:
    return StepView(
        at=view.created_at,
        kind="delivery",
        name=view.operation,
        state=view.state,
        source=event.source,
        event_id=event.event_id,
        event_row=view.event_row,
        delivery_id=view.id,
        detail=" ".join(word for word in (view.error_kind, view.error_code) if word),
        waits_for=view.waits_for,
        behind=view.behind,
        waiting_behind=view.waiting_behind,
    )
