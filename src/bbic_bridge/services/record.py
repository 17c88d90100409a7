"""Writing down what came of an attempt, with all that follows from it, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bbic_bridge import telemetry
from bbic_bridge.delivery.decide import Next
from bbic_bridge.delivery.ports import Link
from bbic_bridge.delivery.states import NEEDS_PERSON, State
from bbic_bridge.handbook.uppgifter import EFFEKTER
from bbic_bridge.services import gate
from bbic_bridge.services.bridge import WORKFLOW, Bridge
from bbic_bridge.services.orders import reference_of
from bbic_bridge.services.tell import tell
from bbic_bridge.store.claims import Claim
from bbic_bridge.store.deliveries import WHOLE, Attempt, add_attempt, facts_given
from bbic_bridge.store.facts import add_facts, release
from bbic_bridge.store.identities import add_links
from bbic_bridge.store.overview import unmet_needs
from bbic_bridge.store.times import micros
from bbic_bridge.store.tx import Tx
from bbic_bridge.store.versions import apply_edit

log = telemetry.get_logger()
Due = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a claim. ``sent`` tells an attempt to send from a look-up; ``ended_at`` is the
    now that ``then`` was decided at; ``told`` is what it tells of its lane."""

    then: Next
    attempt: Attempt
    links: tuple[Link, ...]
    sent: bool
    ended_at: datetime
    told: gate.Told


def record(bridge: Bridge, claim: Claim, outcome: Outcome) -> None:
    """Stores the outcome and wakes what it released.

    Raises:
        LeaseLost: the claim is no longer ours; nothing was written.
    """
    state = _state(claim, outcome.then)

    def job(tx: Tx) -> tuple[Due, gate.Turn | None]:
        released = _write(bridge, tx, claim, outcome, state)
        return released, gate.judge(bridge, tx, claim, outcome.told)

    due, turn = bridge.store.write(
        job, [(claim.kommun, claim.arende)], gate.lanes_to_lock(claim, outcome.told)
    )
    log.info(
        "delivery_recorded",
        delivery=claim.id,
        state=state.value,
        kommun=claim.kommun,
        system=claim.system,
        operation=claim.operation,
        attempt=outcome.attempt.number,
        kind=outcome.attempt.error_kind,
        code=outcome.attempt.error_code,
    )
    if turn is not None:
        gate.log_turn(turn, outcome.attempt.error_code)
    bridge.wake(due)


def _state(claim: Claim, then: Next) -> State:
    """The delivery's state: ready again when one effect is done and another remains."""
    if then.done and _effects_left(claim):
        return State.READY
    return then.state


def _effects_left(claim: Claim) -> bool:
    return claim.effect + 1 < len(EFFEKTER.get(claim.operation, (None,)))


def _write(bridge: Bridge, tx: Tx, claim: Claim, outcome: Outcome, state: State) -> Due:
    if claim.unsure and state is State.RETRYING and unmet_needs(tx, claim.id):
        # It was not there, and what it needs is not there either: it has its turn as any other.
        state = State.WAITING
    tx.claims.finish(tx.connection, claim, _values(tx, claim, outcome, state))
    add_attempt(tx, claim.kommun, claim.id, outcome.attempt)
    if _nothing_there(claim, outcome, state):
        apply_edit(tx, claim.kommun, claim.id)
    origin = reference_of(claim)
    add_links(tx, claim.kommun, claim.system, claim.arende, outcome.links, origin)
    if outcome.then.done:
        return _done(bridge, tx, claim, state)
    if state in NEEDS_PERSON and claim.system != WORKFLOW:
        return tell(
            bridge,
            tx,
            "leverans.misslyckad",
            kommun=claim.kommun,
            arende=claim.arende,
            data=_report(claim, outcome.attempt),
            because=(claim.id, outcome.attempt.id),
        )
    return []


def _nothing_there(claim: Claim, outcome: Outcome, state: State) -> bool:
    """Whether the vendor has certainly nothing of what is to be sent next: it has been looked up,
    or an effect begins that was never tried. A correction that was held goes then."""
    settled = claim.was is State.AMBIGUOUS and outcome.then.state is State.RETRYING
    return settled or state is State.READY


def _values(tx: Tx, claim: Claim, outcome: Outcome, state: State) -> dict[str, Any]:
    then, attempt = outcome.then, outcome.attempt
    values: dict[str, Any] = {
        "state": state.value,
        # By the reading of the clock that ``updated_at`` is of, should it be set in between.
        "due_at": tx.now + micros(then.due_at) - micros(outcome.ended_at) if then.due_at else None,
        "error_kind": then.kind,
        "error_code": then.code,
        "updated_at": tx.now,
        "checks": 0 if outcome.sent else claim.checks + 1,
    }
    if outcome.sent:
        values["ended_at"] = micros(outcome.ended_at)
    if then.absent:
        values["absent_at"] = tx.claims.clock.micros()
    if state is State.WAITING:
        values |= {"due_at": None, "error_kind": None, "error_code": None}
    if state is State.RETRYING:
        # Looked for, and certainly not there.
        values["unsure"] = 0
    if then.state is State.AMBIGUOUS and not outcome.sent:
        # What made it ambiguous stays on show, and decides what a settled "absent" means.
        del values["error_kind"], values["error_code"]
    if state is State.READY:
        values |= {"effect": claim.effect + 1, "due_at": tx.now, "first_try_at": None}
        values |= {"absent_at": None, "error_kind": None, "error_code": None, "resend": None}
    if attempt.outcome == State.VERIFIED.value:
        values |= {"error_kind": None, "error_code": None}
    return values


def _done(bridge: Bridge, tx: Tx, claim: Claim, state: State) -> Due:
    given = facts_given(tx, claim.id, claim.effect)
    if state is State.VERIFIED:
        given += facts_given(tx, claim.id, WHOLE)
    add_facts(tx, claim.kommun, given, ("delivery", claim.id))
    due = release(tx, claim.kommun, given)
    if state is State.READY:
        due.append((claim.id, claim.operation))
    elif claim.system != WORKFLOW:
        due += tell(
            bridge,
            tx,
            "leverans.verifierad",
            kommun=claim.kommun,
            arende=claim.arende,
            data=_report(claim, None),
            because=(claim.id,),
        )
    return due


def _report(claim: Claim, attempt: Attempt | None) -> dict[str, Any]:
    """What the workflow is told of a delivery: codes, never a vendor's words."""
    report = {
        "leverans_id": claim.id,
        "operation": claim.operation,
        "system": claim.system,
        "handelsetyp": claim.event_type,
    }
    if attempt is not None:
        report |= {
            "tillstand": attempt.outcome,
            "felslag": attempt.error_kind or "",
            "felkod": attempt.error_code or "",
        }
    return report
