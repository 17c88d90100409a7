"""Deliveries as people see them: listed, and one with all that was done to it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Literal

from bbic_bridge.delivery.states import NEEDS_PERSON, TERMINAL, State
from bbic_bridge.handbook.uppgifter import EFFEKTER
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.differences import changes, hidden
from bbic_bridge.services.masking import masked
from bbic_bridge.services.views.accepting import Violation
from bbic_bridge.services.views.deliveries import (
    ActView,
    AttemptView,
    DeliveryDetail,
    DeliveryView,
    EditView,
    Filter,
)
from bbic_bridge.store import overview
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.deliveries import Attempt, attempts_of, payload_of
from bbic_bridge.store.identities import links_of_cases
from bbic_bridge.store.inbox import warnings_of
from bbic_bridge.store.times import micros, moment
from bbic_bridge.store.tx import Tx
from bbic_bridge.store.versions import earlier_versions, held_edit

# What may keep others waiting until somebody or something acts.
_SHOWN_BEHIND = NEEDS_PERSON | {State.RETRYING, State.AMBIGUOUS, State.SKIPPED}


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
        return [view_of(tx, row) for row in rows]


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
            delivery=view_of(tx, row),
            attempts=tuple(_attempt(one, row.operation, reveal=reveal) for one in attempts),
            uppgift=uppgift if reveal else masked(uppgift),
            links=tuple(links),
            warnings=warning_views(warnings_of(tx, row.event_row)),
            acts=tuple(_act(act, reveal=reveal) for act in audit_of(tx, row.id)),
            version=row.version,
            edits=() if pruned else tuple(_edits(tx, row, uppgift, reveal=reveal)),
            correction=_correction(tx, row),
            pruned=pruned,
        )


def _correction(tx: Tx, row: Any) -> Literal["held", "not_sent"] | None:
    """What has become of an edit that has not taken the uppgift's place."""
    if held_edit(tx, row.kommun, row.id) is None:
        return None
    return "not_sent" if State(row.state) in TERMINAL else "held"


def _edits(tx: Tx, row: Any, uppgift: Mapping[str, Any], *, reveal: bool) -> Iterator[EditView]:
    """What each correction changed, the first one first."""
    versions = [*earlier_versions(tx, row.kommun, row.id), (row.version, uppgift)]
    for (_, before), (version, after) in pairwise(versions):
        found = changes(before, after)
        yield EditView(version, found if reveal else tuple(map(hidden, found)))


def view_of(tx: Tx, row: Any) -> DeliveryView:
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


def _act(act: Mapping[str, Any], *, reveal: bool) -> ActView:
    reason = str(act["details"].get("reason", "")) if reveal else ""
    return ActView(moment(act["at"]), act["actor"], act["action"], reason)


def warning_views(kept: Iterable[Mapping[str, str]]) -> tuple[Violation, ...]:
    """Warnings as they were stored with their event, in the words of ``planering.Varning``."""
    return tuple(
        Violation(detail=warning["message"], **{k: v for k, v in warning.items() if k != "message"})
        for warning in kept
    )
