"""What shall never be done, and what was done outside the bridge. Both are audited."""

from typing import Any

from bbic_bridge.delivery.states import CANCELLABLE, SKIPPABLE, State
from bbic_bridge.services.acts import AT_WORK, NotPossible, delivery, standing
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.views.replays import Skipped
from bbic_bridge.store import overview
from bbic_bridge.store.deliveries import change_state, facts_left
from bbic_bridge.store.facts import add_facts, release
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.tx import Tx

BY_A_PERSON = "by_a_person"


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
        row = delivery(tx, delivery_id)
        if State(row.state) not in CANCELLABLE:
            raise _impossible(row, "cancelled", standing(row))
        if row.effect > 0:
            why = f"it is {row.state}, a part of it done at the vendor"
            raise _impossible(row, "cancelled", why)
        ids = [delivery_id, *overview.lost_without(tx, delivery_id)]
        if dry_run:
            return ids
        if not change_state(
            tx, delivery_id, sorted(CANCELLABLE), _ended(State.CANCELLED, BY_A_PERSON)
        ):
            raise _impossible(row, "cancelled", AT_WORK)
        for one in ids[1:]:
            values = _ended(State.CANCELLED, "needed_what_is_cancelled")
            change_state(tx, one, [State.WAITING], values)
        details = {"reason": reason, "with": ids[1:]}
        note(tx, actor, "cancel", delivery_id, row.kommun, details)
        return ids

    return bridge.store.write(job, _lock(bridge, delivery_id))


def skip(
    bridge: Bridge,
    delivery_id: str,
    *,
    actor: str,
    reason: str,
    assume_done: bool = False,
    dry_run: bool = False,
) -> Skipped:
    """Lets a delivery be: it was done outside the bridge.

    Args:
        assume_done: what it would have given is a fact from now on, on the person's word, and what
            waits for it goes. Else that waits until the vendor shows it. What may have reached the
            vendor is only skipped so: nobody but a person can tell that it did.

    Raises:
        NoDelivery: there is none of that id.
        NotPossible: it is done, or under way. A ``dry_run`` refuses the same.
    """

    def job(tx: Tx) -> tuple[Skipped, list[tuple[str, str]]]:
        row = delivery(tx, delivery_id)
        _require_skippable(row, assume_done=assume_done)
        behind = tuple(overview.dependents(tx, delivery_id))
        if dry_run:
            return Skipped(delivery_id, behind), []
        ended = _ended(State.SKIPPED, BY_A_PERSON)
        if not change_state(tx, delivery_id, sorted(SKIPPABLE), ended):
            raise _impossible(row, "skipped", AT_WORK)
        due: list[tuple[str, str]] = []
        if assume_done:
            given = facts_left(tx, delivery_id, row.effect)
            add_facts(tx, row.kommun, given, ("person", delivery_id))
            due = release(tx, row.kommun, given)
        details = {"reason": reason, "assume_done": assume_done, "was": row.state}
        note(tx, actor, "skip", delivery_id, row.kommun, details)
        return Skipped(delivery_id, behind, tuple(one for one, _ in due)), due

    skipped, due = bridge.store.write(job, _lock(bridge, delivery_id))
    bridge.wake(due)
    return skipped


def _require_skippable(row: Any, *, assume_done: bool) -> None:
    state = State(row.state)
    if state is State.AMBIGUOUS and not assume_done:
        why = "it may be at the vendor: look there, and say so with --assume-done"
        raise _impossible(row, "skipped", why)
    if state not in SKIPPABLE:
        raise _impossible(row, "skipped", standing(row))


def _lock(bridge: Bridge, delivery_id: str) -> list[CaseKey]:
    with bridge.store.read() as tx:
        row = overview.get_delivery(tx, delivery_id)
    return [] if row is None else [(row.kommun, row.arende)]


def _ended(state: State, code: str) -> dict[str, Any]:
    return {
        "state": state.value,
        "due_at": None,
        "error_kind": state.value,
        "error_code": code,
    }


def _impossible(row: Any, what: str, why: str) -> NotPossible:
    return NotPossible(f"{row.id} ({row.operation}) cannot be {what}: {why}")
