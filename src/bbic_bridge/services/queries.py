"""Reading for people and their tools. Everything is masked unless asked to be revealed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from bbic_bridge.delivery.states import NEEDS_PERSON, TERMINAL, State
from bbic_bridge.handbook.uppgifter import EFFEKTER
from bbic_bridge.services import audit, deadlines, fetching, gate, health
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.deviations import deviations
from bbic_bridge.services.differences import changes, hidden
from bbic_bridge.services.handbook_steps import handbook_steps
from bbic_bridge.services.masking import masked, masked_event
from bbic_bridge.services.views.accepting import Violation
from bbic_bridge.services.views.cases import CaseView, StepView
from bbic_bridge.services.views.deliveries import (
    ActView,
    AttemptView,
    DeliveryDetail,
    DeliveryView,
    EditView,
    Filter,
)
from bbic_bridge.services.views.feed import FeedPage
from bbic_bridge.services.views.status import Status
from bbic_bridge.store import overview
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.cases import has_cases, is_known, kommuner_of
from bbic_bridge.store.chain import head_of, unsealed_tail
from bbic_bridge.store.deliveries import Attempt, attempts_of, payload_of
from bbic_bridge.store.facts import facts_of_case
from bbic_bridge.store.feed import feed_of_case, last_in_feed, read_feed
from bbic_bridge.store.identities import links_of_cases
from bbic_bridge.store.inbox import StoredEvent, count_events, events_of_case, warnings_of
from bbic_bridge.store.retention import pruned_at
from bbic_bridge.store.times import SECOND, micros, moment
from bbic_bridge.store.tx import Tx
from bbic_bridge.store.versions import earlier_versions, held_edit

DAY = 86_400 * SECOND
_CURSOR_DIGITS = 18
# What may keep others waiting until somebody or something acts.
_SHOWN_BEHIND = NEEDS_PERSON | {State.RETRYING, State.AMBIGUOUS, State.SKIPPED}
_LEFT_TO_A_PERSON = NEEDS_PERSON | {State.AMBIGUOUS}
_OUR_NEWS = ("leverans.", "frist.", "avvikelse.")


def to_query(wanted: Filter, after_seq: int = 0) -> overview.Query:
    """The store's form of a filter."""
    return overview.Query(
        states=wanted.states,
        kommuner=wanted.kommuner,
        system=wanted.system,
        operation=wanted.operation,
        arende=wanted.arende,
        error=wanted.error,
        since=micros(wanted.since) if wanted.since else None,
        until=micros(wanted.until) if wanted.until else None,
        after_seq=after_seq,
        limit=wanted.limit,
    )


def list_deliveries(bridge: Bridge, wanted: Filter) -> list[DeliveryView]:
    """The deliveries of a filter, the oldest first; ``after`` is the id to go on from."""
    with bridge.store.read() as tx:
        after = 0
        if wanted.after is not None:
            row = overview.get_delivery(tx, wanted.after)
            after = row.seq if row is not None else 0
        rows = overview.find_deliveries(tx, to_query(wanted, after))
        return [_view(tx, row) for row in rows]


def missing_deliveries(bridge: Bridge, ids: Iterable[str]) -> list[str]:
    """Those of the ids that no delivery has."""
    with bridge.store.read() as tx:
        return [one for one in ids if overview.get_delivery(tx, one) is None]


def show_delivery(
    bridge: Bridge, delivery_id: str, *, reveal: bool = False
) -> DeliveryDetail | None:
    """One delivery with its attempts, or None. The caller audits a reveal."""
    with bridge.store.read() as tx:
        row = overview.get_delivery(tx, delivery_id)
        if row is None:
            return None
        pruned = not row.payload
        uppgift = {} if pruned else payload_of(tx, row.kommun, row.id, row.payload)
        links = [
            (link.kind, link.our_id, link.vendor_id)
            for link, origin in links_of_cases(tx, row.kommun, row.system, [row.arende])
            if origin.partition("/")[0] == row.id
        ]
        attempts = attempts_of(tx, row.kommun, row.id)
        return DeliveryDetail(
            delivery=_view(tx, row),
            attempts=tuple(_attempt(one, row.operation, reveal=reveal) for one in attempts),
            uppgift=uppgift if reveal else masked(uppgift),
            links=tuple(links),
            warnings=_warnings(warnings_of(tx, row.event_row)),
            acts=tuple(_act(act, reveal=reveal) for act in audit_of(tx, row.id)),
            version=row.version,
            edits=() if pruned else tuple(_edits(tx, row, uppgift, reveal=reveal)),
            correction=_correction(tx, row),
            pruned=pruned,
        )


def _edits(tx: Tx, row: Any, uppgift: Mapping[str, Any], *, reveal: bool) -> Iterator[EditView]:
    """What each correction changed, the first one first."""
    versions = [*earlier_versions(tx, row.kommun, row.id), (row.version, uppgift)]
    for (_, before), (version, after) in pairwise(versions):
        found = changes(before, after)
        yield EditView(version, found if reveal else tuple(map(hidden, found)))


def _correction(tx: Tx, row: Any) -> Literal["held", "not_sent"] | None:
    """What has become of an edit that has not taken the uppgift's place."""
    if held_edit(tx, row.kommun, row.id) is None:
        return None
    return "not_sent" if State(row.state) in TERMINAL else "held"


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
        views = [_view(tx, row) for row in overview.find_deliveries(tx, query)]
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


def feed(
    bridge: Bridge,
    after: str | None,
    limit: int,
    kommuner: Sequence[str],
    *,
    reveal: bool = False,
) -> FeedPage:
    """What the workflow is told after a cursor.

    Args:
        reveal: for the workflow itself; else what may be text is masked.

    Raises:
        ValueError: the cursor is not one of ours.
    """
    if after is not None and not (
        after.isascii() and after.isdigit() and len(after) <= _CURSOR_DIGITS
    ):
        raise ValueError("the cursor is not one of this feed's")
    start = int(after or 0)
    audit.seal(bridge)
    with bridge.store.read() as tx:
        if start > last_in_feed(tx):
            raise ValueError("the cursor lies beyond the end of the feed")
        rows = read_feed(tx, start, limit, kommuner)
    last = rows[-1][0] if rows else start
    events = (event if reveal else masked_event(event) for _, event in rows)
    return FeedPage(events=tuple(events), cursor=str(last))


def status(bridge: Bridge) -> Status:
    """Counts and ages. Cheap enough to be asked at every scrape."""
    with bridge.store.read() as tx:
        deliveries, callbacks = overview.count_states(tx)
        cases, told = overview.count_rows(tx)
        days = bridge.settings.waiting_report_days
        audit_head = head_of(tx)
        return Status(
            deliveries=deliveries,
            callbacks=callbacks,
            events=count_events(tx),
            cases=cases,
            feed=told,
            oldest_due_s=_age(tx, overview.oldest_due(tx)),
            oldest_lease_s=_age(tx, overview.oldest_lease(tx)),
            parked_behind_failed=overview.parked(tx),
            waiting_too_long=len(overview.waiting_since(tx, tx.now - int(days * DAY))),
            sync_lag_s=fetching.lags(bridge, tx),
            sync_problems=tuple(fetching.stream_problems(bridge, tx)),
            parked_changes=fetching.parked_counts(bridge, tx),
            overdue=deadlines.overdue(bridge, tx),
            lanes=gate.lanes(tx),
            pauses=gate.pauses(tx),
            audit_head=str(audit_head),
            audit_sealed=audit_head.seq,
            audit_unsealed=unsealed_tail(tx)[0],
            health=health.health(bridge, tx),
        )


def _age(tx: Tx, at: int | None) -> float | None:
    return None if at is None else max(0.0, (tx.now - at) / SECOND)


def _view(tx: Tx, row: Any) -> DeliveryView:
    lacking = overview.unmet_needs(tx, row.id) if row.state == State.WAITING.value else []
    stuck = State(row.state) in _SHOWN_BEHIND
    return DeliveryView(
        id=row.id,
        kommun=row.kommun,
        arende=row.arende,
        system=row.system,
        operation=row.operation,
        state=row.state,
        event_row=row.event_row,
        event_type=row.event_type,
        attempts=row.attempts,
        error_kind=row.error_kind,
        error_code=row.error_code,
        due_at=moment(row.due_at) if row.due_at is not None else None,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        waits_for=tuple(fact for _, fact in lacking),
        behind=overview.stands_behind(tx, row.kommun, lacking),
        waiting_behind=len(overview.dependents(tx, row.id)) if stuck else 0,
    )


def _attempt(attempt: Attempt, operation: str, *, reveal: bool) -> AttemptView:
    effects = EFFEKTER.get(operation)
    hidden = "" if not attempt.reason else masked(attempt.reason)
    return AttemptView(
        number=attempt.number,
        effect=effects[attempt.effect] if effects else None,
        action=attempt.action,
        started_at=moment(attempt.started_at),
        ended_at=moment(attempt.ended_at),
        outcome=attempt.outcome,
        error_kind=attempt.error_kind,
        error_code=attempt.error_code,
        reason=attempt.reason if reveal else hidden,
        answer=attempt.answer.decode("utf-8", "replace") if reveal else "",
        request=attempt.request.decode("utf-8", "replace") if reveal else "",
        version=attempt.version,
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


def _act(act: Mapping[str, Any], *, reveal: bool) -> ActView:
    reason = str(act["details"].get("reason", "")) if reveal else ""
    return ActView(moment(act["at"]), act["actor"], act["action"], reason)


def _warnings(kept: Iterable[Mapping[str, str]]) -> tuple[Violation, ...]:
    """Warnings as they were stored with their event, in the words of ``planering.Varning``."""
    return tuple(
        Violation(detail=warning["message"], **{k: v for k, v in warning.items() if k != "message"})
        for warning in kept
    )


def _event_step(event: StoredEvent) -> StepView:
    return StepView(
        at=moment(event.time),
        kind="event",
        name=event.type,
        state="received",
        source=event.source,
        event_id=event.event_id,
        event_row=event.id,
        warnings=_warnings(event.warnings),
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
