"""Letting one stopped delivery go again: whether it may, and what is written when it does.

What may have reached the vendor is looked up before anything is sent. A correction of it is held
until that look-up has settled that the vendor has nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bbic_bridge.delivery.errors import Rejected
from bbic_bridge.delivery.states import REPLAYABLE, State
from bbic_bridge.handbook.regler import OPERATIONER
from bbic_bridge.handbook.uppgifter import UPPGIFTER
from bbic_bridge.security.envelope import Pruned
from bbic_bridge.services.acts import AT_WORK, NotPossible, standing
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import NOTIFY
from bbic_bridge.services.differences import Change, changes, hidden
from bbic_bridge.services.identity import WRONG_CHILD, is_about_child
from bbic_bridge.services.views.replays import Outcome
from bbic_bridge.store import overview
from bbic_bridge.store.deliveries import change_state, payload_of
from bbic_bridge.store.replay_items import Item, holder_of
from bbic_bridge.store.tx import Tx
from bbic_bridge.store.versions import Sent, apply_edit, held_edit, hold_edit, last_sent


@dataclass(frozen=True, slots=True)
class Way:
    """How deliveries are let go: with the very bytes of their last attempt or mapped anew, and
    perhaps with a corrected uppgift; for which job, who says so and why.

    ``reveal``: what differs is shown as it is, which is audited.
    """

    job: str
    actor: str
    reason: str = ""
    same_bytes: bool = False
    edit: Mapping[str, Any] | None = None
    reveal: bool = False


def judge(tx: Tx, item: Item, row: Any, way: Way) -> tuple[Outcome, str] | None:
    """Why this delivery is not let go; None when it may.

    Args:
        row: how it stands now.
    """
    holder = holder_of(tx, item.delivery_id)
    if holder is not None and holder != way.job:
        return "refused", f"already in job {holder}"
    if row is None:
        return "changed", "it is no longer kept"
    if item.was == row.state == State.VERIFIED.value:
        return _done(row, way)
    if item.was != row.state:
        return "changed", f"it was {item.was} and is {row.state} now"
    if (item.version, item.attempts) != (row.version, row.attempts):
        return "changed", "it has been edited or tried since it was chosen"
    refusal = _refusal(tx, row, way)
    return ("refused", refusal) if refusal else None


def release(tx: Tx, row: Any, way: Way) -> tuple[Outcome, str]:
    """Lets a delivery go that ``judge`` has nothing against, audited."""
    if not change_state(tx, row.id, sorted(REPLAYABLE), _released(tx, row, way)):
        return "changed", AT_WORK
    details: dict[str, Any] = {"reason": way.reason, "job": way.job, "was": row.state}
    details |= {"edited": way.edit is not None, "same_bytes": way.same_bytes}
    detail = ""
    if way.edit is not None:
        edits = edits_of(tx, row, way)
        details["changes"] = [[one.path, one.before, one.after] for one in edits]
        hold_edit(tx, row.kommun, row.id, way.edit)
        if row.attempts == 0:
            apply_edit(tx, row.kommun, row.id)
        else:
            detail = "the edit goes when it is certain that the vendor has nothing of it"
    note(tx, way.actor, "replay", row.id, row.kommun, details)
    return "released", detail


def validated(tx: Tx, row: Any, edit: Mapping[str, Any]) -> dict[str, Any]:
    """The corrected uppgift, about the same child and the same things as the original.

    Raises:
        NotPossible: it does not fit the operation; names the field, never the value.
    """
    model = UPPGIFTER.get(row.operation)
    if model is None:
        raise NotPossible(f"{row.operation} cannot be edited")
    try:
        corrected = model.model_validate_json(json.dumps(edit)).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = "/" + "/".join(str(part) for part in first["loc"])
        raise NotPossible(f"{where}: {first['msg']}") from None
    original = _original(tx, row)
    if corrected["barn"]["personnummer"] != original["barn"]["personnummer"]:
        raise NotPossible("/barn/personnummer: an edit is about the same child: send a new event")
    for field in OPERATIONER[row.operation].bundna:
        if corrected.get(field) != original.get(field):
            raise NotPossible(
                f"/{field}: others wait by this id, or it waits for them: send a new event"
            )
    return corrected


def edits_of(tx: Tx, row: Any, way: Way) -> tuple[Change, ...]:
    """What the edit, if there is one, corrects."""
    if way.edit is None:
        return ()
    return changes(_original(tx, row), way.edit)


def _original(tx: Tx, row: Any) -> dict[str, Any]:
    try:
        return payload_of(tx, row.kommun, row.id, row.payload)
    except Pruned as error:
        raise NotPossible(f"{row.id}: {error}") from None


def shown(way: Way, found: Iterable[Change]) -> tuple[Change, ...]:
    """What differs, as it may be shown."""
    return tuple(found) if way.reveal else tuple(map(hidden, found))


def note_revealed(tx: Tx, item: Item, way: Way) -> None:
    """Audits that what differs in a delivery is shown."""
    details = {"reason": way.reason, "job": way.job}
    note(tx, way.actor, "reveal", item.delivery_id, item.kommun, details)


def _done(row: Any, way: Way) -> tuple[Outcome, str]:
    """There is nothing to replay, which is well unless something was to be corrected."""
    if way.edit is None:
        return "already_done", standing(row)
    return "refused", f"{standing(row)}: the edit was not sent"


def _refusal(tx: Tx, row: Any, way: Way) -> str:
    if State(row.state) not in REPLAYABLE:
        return standing(row)
    if (row.error_kind, row.error_code) == WRONG_CHILD and not _is_childs(tx, row):
        return "the event names another child than the case: send a corrected event"
    if way.edit is not None and row.operation == NOTIFY:
        return "a callback cannot be edited"
    return _no_same_bytes(tx, row) if way.same_bytes else ""


def _no_same_bytes(tx: Tx, row: Any) -> str:
    if row.attempts == 0:
        return "it was never sent: there are no bytes to send again"
    if held_edit(tx, row.kommun, row.id) is not None:
        return "a correction of it is held: it can only be mapped anew"
    sent = _sent(tx, row)
    if sent is None or sent.number != row.attempts:
        return "the bytes of its last attempt are not kept: it can only be mapped anew"
    if sent.version != row.version:
        return "it has been edited since it was sent: it can only be mapped anew"
    return ""


def _sent(tx: Tx, row: Any) -> Sent | None:
    return last_sent(tx, row.kommun, row.id, row.effect)


def _is_childs(tx: Tx, row: Any) -> bool:
    """Whether the case has come to know its child by the number of what was stopped."""
    barn = payload_of(tx, row.kommun, row.id, row.payload)["barn"]
    return is_about_child(tx, row.kommun, row.arende, barn["personnummer"])


def _released(tx: Tx, row: Any, way: Way) -> dict[str, Any]:
    """Never sent: it goes as soon as it lacks nothing. Otherwise look first, whatever the vendor
    said; its no is remembered."""
    sent = _sent(tx, row) if way.same_bytes else None
    first: dict[str, Any] = {"due_at": tx.now, "first_try_at": None, "checks": 0}
    first |= {"resend": sent.attempt_id if sent else None}
    if row.attempts == 0 and overview.unmet_needs(tx, row.id):
        return {"state": State.WAITING.value, **first, "due_at": None}
    if row.attempts == 0:
        return {"state": State.READY.value, **first}
    refused = row.error_kind == Rejected.kind
    kind = Rejected.kind if refused else None
    return {"state": State.AMBIGUOUS.value, "error_kind": kind, **first}
