"""Trying again what stopped, correcting it, or calling it off. Every act is audited."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from bbic_bridge.delivery.errors import BridgeError, Rejected
from bbic_bridge.delivery.states import CANCELLABLE, MEANING, REPLAYABLE, State
from bbic_bridge.handbook.uppgifter import UPPGIFTER
from bbic_bridge.security.envelope import Pruned
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import NOTIFY, Bridge
from bbic_bridge.services.identity import WRONG_CHILD, is_about_child
from bbic_bridge.services.orders import order_of, system_name
from bbic_bridge.services.queries import to_query
from bbic_bridge.services.views import Filter, ReplayItem
from bbic_bridge.store import overview
from bbic_bridge.store.deliveries import change_state, keep_payload, payload_of
from bbic_bridge.store.tx import Tx

PAGE = 500
REPLAYED_BY_DEFAULT = (State.FAILED.value, State.WITH_PERSON.value)


class NotPossible(BridgeError):
    """The act does not fit the delivery; the message says why, for an operator."""


class NoDelivery(NotPossible):
    """No delivery has that id."""


def select(bridge: Bridge, wanted: Filter) -> Iterator[str]:
    """Ids of what a replay of this filter means, page by page; by default what needs a person."""
    if not wanted.states:
        wanted = replace(wanted, states=REPLAYED_BY_DEFAULT)
    after, left = 0, wanted.limit
    while left > 0:
        query = replace(to_query(wanted, after), limit=min(PAGE, left))
        with bridge.store.read() as tx:
            page = list(overview.find_ids(tx, query))
        if not page:
            return
        yield from (delivery_id for _, delivery_id in page)
        after = page[-1][0]
        left -= len(page)


def replay_one(
    bridge: Bridge,
    delivery_id: str,
    *,
    actor: str,
    dry_run: bool = False,
    edit: Mapping[str, Any] | None = None,
    reason: str = "",
) -> ReplayItem:
    """Lets a stopped delivery go again.

    What may have reached the vendor is looked up before it is sent. An edit makes a new version;
    the original stays.

    Args:
        edit: the whole corrected uppgift, as JSON.

    Raises:
        NoDelivery: there is none of that id.
        NotPossible: the edit does not fit the operation.
    """
    with bridge.store.read() as tx:
        row = overview.get_delivery(tx, delivery_id)
        if row is None:
            raise NoDelivery(f"there is no delivery {delivery_id}")
        behind = len(overview.dependents(tx, delivery_id))
        refusal = _refusal(tx, row, edited=edit is not None)
        corrected = None if edit is None else _validated(row.operation, edit, _original(tx, row))
    if refusal:
        done = row.state == State.VERIFIED.value
        return ReplayItem(
            row.id, row.operation, "already_done" if done else "refused", refusal, behind
        )
    if dry_run:
        return ReplayItem(row.id, row.operation, "would_release", _at_vendor(bridge, row), behind)

    def job(tx: Tx) -> bool:
        # Read again under the case's lock: it may have been released and sent meanwhile.
        now = overview.get_delivery(tx, delivery_id)
        if now is None or _refusal(tx, now, edited=corrected is not None):
            return False
        if not change_state(tx, now.id, sorted(REPLAYABLE), _released(tx, now)):
            return False
        if corrected is not None:
            keep_payload(tx, now.kommun, now.id, corrected)
        details = {"reason": reason, "edited": corrected is not None, "was": now.state}
        note(tx, actor, "replay", now.id, now.kommun, details)
        return True

    if not bridge.store.write(job, [(row.kommun, row.arende)]):
        return ReplayItem(row.id, row.operation, "refused", "it is being worked on", behind)
    bridge.wake([(row.id, row.operation)])
    return ReplayItem(row.id, row.operation, "released", "", behind)


def cancel(
    bridge: Bridge, delivery_id: str, *, actor: str, reason: str, dry_run: bool = False
) -> list[str]:
    """Calls a delivery off, and with it all that needs what it would have given.

    Returns:
        The ids that are (or with ``dry_run`` would be) cancelled, the named one first.

    Raises:
        NoDelivery: there is none of that id.
        NotPossible: it is done, half done, or the bridge is still finding out whether it is. A
            ``dry_run`` refuses the same.
    """

    def job(tx: Tx) -> list[str]:
        row = overview.get_delivery(tx, delivery_id)
        if row is None:
            raise NoDelivery(f"there is no delivery {delivery_id}")
        if State(row.state) not in CANCELLABLE:
            raise _uncancellable(row, _standing(row))
        if row.effect > 0:
            raise _uncancellable(row, f"it is {row.state}, a part of it done at the vendor")
        ids = [delivery_id, *overview.lost_without(tx, delivery_id)]
        if dry_run:
            return ids
        if not change_state(tx, delivery_id, sorted(CANCELLABLE), _cancelled("by_a_person")):
            raise _uncancellable(row, "a worker has it at this moment")
        for one in ids[1:]:
            change_state(tx, one, [State.WAITING], _cancelled("needed_what_is_cancelled"))
        details = {"reason": reason, "with": ids[1:]}
        note(tx, actor, "cancel", delivery_id, row.kommun, details)
        return ids

    with bridge.store.read() as tx:
        row = overview.get_delivery(tx, delivery_id)
    locks = [] if row is None else [(row.kommun, row.arende)]
    return bridge.store.write(job, locks)


def _cancelled(code: str) -> dict[str, Any]:
    state = State.CANCELLED.value
    return {"state": state, "due_at": None, "error_kind": state, "error_code": code}


def _uncancellable(row: Any, why: str) -> NotPossible:
    return NotPossible(f"{row.id} ({row.operation}) cannot be cancelled: {why}")


def _standing(row: Any) -> str:
    pruned = "" if row.payload else "; the payload has been pruned"
    return f"it is {row.state} ({MEANING[State(row.state)]}){pruned}"


def _refusal(tx: Tx, row: Any, *, edited: bool) -> str:
    if State(row.state) not in REPLAYABLE:
        return _standing(row)
    if (row.error_kind, row.error_code) == WRONG_CHILD and not _is_childs(tx, row):
        return "the event names another child than the case: send a corrected event"
    if edited and row.operation == NOTIFY:
        return "a callback cannot be edited"
    if edited and row.attempts and row.error_kind != Rejected.kind:
        return "an earlier version may be at the vendor: replay it unedited first"
    return ""


def _original(tx: Tx, row: Any) -> dict[str, Any]:
    try:
        return payload_of(tx, row.kommun, row.id, row.payload)
    except Pruned as error:
        raise NotPossible(f"{row.id}: {error}") from None


def _is_childs(tx: Tx, row: Any) -> bool:
    """Whether the case has come to know its child by the number of what was stopped."""
    barn = payload_of(tx, row.kommun, row.id, row.payload)["barn"]
    return is_about_child(tx, row.kommun, row.arende, barn["personnummer"])


def _released(tx: Tx, row: Any) -> dict[str, Any]:
    """Never sent: it goes as soon as it lacks nothing. Otherwise look first, whatever the vendor
    said; its no is remembered."""
    first = {"due_at": tx.now, "first_try_at": None, "checks": 0}
    if row.attempts == 0 and overview.unmet_needs(tx, row.id):
        return {"state": State.WAITING.value, **first, "due_at": None}
    if row.attempts == 0:
        return {"state": State.READY.value, **first}
    refused = row.error_kind == Rejected.kind
    kind = Rejected.kind if refused else None
    return {"state": State.AMBIGUOUS.value, "error_kind": kind, **first}


def _validated(
    operation: str, edit: Mapping[str, Any], original: Mapping[str, Any]
) -> dict[str, Any]:
    """The corrected uppgift, about the same child as the original."""
    model = UPPGIFTER.get(operation)
    if model is None:
        raise NotPossible(f"{operation} cannot be edited")
    try:
        corrected = model.model_validate_json(json.dumps(edit)).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = "/" + "/".join(str(part) for part in first["loc"])
        raise NotPossible(f"{where}: {first['msg']}") from None
    if corrected["barn"]["personnummer"] != original["barn"]["personnummer"]:
        raise NotPossible("/barn/personnummer: an edit is about the same child: send a new event")
    return corrected


def _at_vendor(bridge: Bridge, row: Any) -> str:
    """What the vendor holds of it now, for a dry run."""
    if row.attempts == 0:
        return "was never sent; it would be sent"
    with bridge.store.read() as tx:
        order, links = order_of(tx, row, looking=True)
    try:
        finding = bridge.systems(system_name(row)).find(order, links)
    except BridgeError as error:
        return f"the vendor could not be asked ({error})"
    if finding.outcome == "found":
        return "the vendor has it; it would be verified, not sent again"
    return f"at the vendor: {finding.outcome}; it would be sent"
