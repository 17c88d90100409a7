"""Taking events in: checked, planned and stored in one transaction before they are accepted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from bbic_bridge.delivery.reference import reference
from bbic_bridge.delivery.states import State
from bbic_bridge.handbook.handelser import Handelse, Ogiltig, parse_event
from bbic_bridge.handbook.kuvert import Overtradelse
from bbic_bridge.handbook.notiser import notis
from bbic_bridge.handbook.personnummer import contains_personnummer
from bbic_bridge.handbook.regler import Plan, Planerad, planera
from bbic_bridge.handbook.uppgifter import VidarebefordraUppdrag
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.decisions import guard_decision
from bbic_bridge.services.facts import scoped
from bbic_bridge.services.identity import WRONG_CHILD, guard_identity
from bbic_bridge.services.orders import delivery_id
from bbic_bridge.services.protection import learn_protection, plan_in_case
from bbic_bridge.services.sending import forgotten_until
from bbic_bridge.services.totals import count
from bbic_bridge.services.vendor_news import place_changes
from bbic_bridge.services.views.accepting import Grant, Problem, Result, Violation
from bbic_bridge.services.watch import judge, keep
from bbic_bridge.services.withdrawn import ABOUT_UPPDRAG, stop_withdrawn
from bbic_bridge.store import canonical
from bbic_bridge.store.cases import ensure_case
from bbic_bridge.store.deliveries import WHOLE, NewDelivery, add_delivery
from bbic_bridge.store.inbox import StoredEvent, add_event, check_in
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.times import micros
from bbic_bridge.store.tx import Tx

_MAX_ID = 256
UNKNOWN_RECIPIENT = ("with_person", "okand_mottagare")


@dataclass(frozen=True, slots=True)
class _Checked:
    handelse: Handelse
    plan: Plan
    content_hash: bytes
    document: Mapping[str, Any]


def accept(bridge: Bridge, events: Sequence[object], grant: Grant) -> list[Result]:
    """Accepts events.

    Args:
        events: parsed JSON, one value per CloudEvent.
        grant: the sources and kommuner that the sender may speak for.

    Returns:
        One result per event, in order. Accepted ones are durably stored.

    Raises:
        StoreUnavailable: nothing was accepted; ``StorageLow`` where it would soon have no room.
    """
    bridge.store.space.require(bridge.settings.limits.min_free_bytes)
    checked = [_check(bridge, raw, grant) for raw in events]
    good = [one for one in checked if isinstance(one, _Checked)]
    due: list[tuple[str, str]] = []

    def job(tx: Tx) -> list[Result]:
        due.clear()
        news: set[CaseKey] = set()
        forgotten = forgotten_until(bridge, tx)
        results = [_store(bridge, tx, one, due, news, forgotten) for one in good]
        for case in sorted(news):
            due.extend(judge(bridge, tx, *case))
        count(tx, zip((one.handelse for one in good), results, strict=True))
        return results

    stored: Iterator[Result] = iter(())
    if good:
        locks = {(one.handelse.kommun, one.handelse.subject) for one in good}
        stored = iter(bridge.store.write(job, locks))
        bridge.wake(due)
    return [next(stored) if isinstance(one, _Checked) else one for one in checked]


def _check(bridge: Bridge, raw: object, grant: Grant) -> _Checked | Result:
    event_id = _id_of(raw)
    utan = bridge.settings.krav.utan
    try:
        handelse = parse_event(raw, utan)
    except Ogiltig as error:
        errors = tuple(_violation(one) for one in error.violations)
        status = 400 if error.code == "invalid_event" else 422
        return _rejected(event_id, Problem(status, error.code, "The event is not valid", errors))
    if not grant.allows(handelse.source, handelse.kommun):
        problem = Problem(403, "not_granted", "The secret is not for this source and kommun")
        return _rejected(event_id, problem)
    if handelse.kommun not in bridge.settings.kommun:
        where = (Violation("/kommun", "this kommun is not configured"),)
        return _rejected(event_id, Problem(422, "unknown_kommun", "Unknown kommun", where))
    content = bridge.store.keyring.roots.keyed_hash("content", canonical.dumps(raw))
    document = cast(Mapping[str, Any], raw)["data"]
    return _Checked(handelse, planera(handelse, utan), content, document)


def _store(
    bridge: Bridge,
    tx: Tx,
    one: _Checked,
    due: list[tuple[str, str]],
    news: set[CaseKey],
    forgotten: int,
) -> Result:
    """Stores one event with its deliveries; adds what to wake, and the case where it is news."""
    handelse = one.handelse
    match check_in(tx, handelse.source, handelse.id, one.content_hash):
        case "same":
            return Result(handelse.id, "duplicate")
        case "other":
            where = (Violation("/id", "this id has been used for another event"),)
            return _rejected(
                handelse.id, Problem(409, "id_reused", "Same id, other content", where)
            )
        case _:
            pass
    case = (handelse.kommun, handelse.subject)
    ensure_case(tx, case)
    row = reference(handelse.time, handelse.source, handelse.id)
    plan = plan_in_case(bridge, tx, handelse, one.plan)
    child = guard_identity(bridge, tx, handelse, row)
    held_by = child.held
    due += child.due
    if child.news:
        due += place_changes(bridge, tx, *case)
    event = StoredEvent(
        id=row,
        kommun=handelse.kommun,
        arende=handelse.subject,
        source=handelse.source,
        event_id=handelse.id,
        type=handelse.type,
        time=micros(handelse.time),
        received_at=tx.now,
        warnings=tuple(varning.som_sparas() for varning in plan.varningar),
    )
    add_event(tx, event, one.document)
    if held_by is None:
        # What is about another child tells nothing of this case.
        if keep(tx, *case, notis(row, handelse)):
            news.add(case)
        due += learn_protection(bridge, tx, handelse, row)
        held_by = guard_decision(bridge, tx, handelse, row)
    for number, planned in enumerate(plan.uppgifter):
        new = _delivery(bridge, handelse, planned, row, number, held_by)
        new = replace(new, unsure=event.time <= forgotten)
        if add_delivery(tx, new) is State.READY:
            due.append((new.id, new.operation))
    if held_by is not WRONG_CHILD and isinstance(handelse.data, ABOUT_UPPDRAG):
        due += stop_withdrawn(bridge, tx, *case, handelse.data.uppdrag_id)
    return Result(handelse.id, "accepted")


def _guard_recipient(bridge: Bridge, kommun: str, planned: Planerad) -> tuple[str, str] | None:
    """An uppdrag in öppenvård goes to no unit that the kommun has not named (handbook step 5)."""
    known = {unit.enhet_id for unit in bridge.settings.kommun[kommun].enheter.values()}
    uppgift = planned.uppgift
    if not known or not isinstance(uppgift, VidarebefordraUppdrag):
        return None
    stranger = uppgift.insatstyp == "oppenvard" and uppgift.mottagare.enhet_id not in known
    return UNKNOWN_RECIPIENT if stranger else None


def _guard_protected(planned: Planerad) -> tuple[str, str] | None:
    """A document that needs what protection took out of it is a person's matter."""
    return None if planned.hinder is None else ("with_person", planned.hinder)


def _delivery(
    bridge: Bridge,
    handelse: Handelse,
    planned: Planerad,
    row: str,
    number: int,
    held_by: tuple[str, str] | None,
) -> NewDelivery:
    kommun, arende = handelse.kommun, handelse.subject
    held_by = held_by or _guard_recipient(bridge, kommun, planned) or _guard_protected(planned)
    gives = [(effect, scoped(arende, fact)) for effect, fact in enumerate(planned.ger)]
    gives += [(WHOLE, scoped(arende, fact)) for fact in planned.ger_ocksa]
    return NewDelivery(
        id=delivery_id(handelse, planned.operation, number),
        kommun=kommun,
        arende=arende,
        system=bridge.settings.kommun[kommun].system,
        operation=planned.operation,
        event_row=row,
        event_type=handelse.type,
        payload=planned.uppgift.model_dump(mode="json"),
        needs=tuple(scoped(arende, fact) for fact in planned.kraver),
        gives=tuple(gives),
        held_by=held_by,
    )


def _violation(one: Overtradelse) -> Violation:
    return Violation(one.pointer, one.message, one.namn, one.kalla, one.vikt, one.kod)


def _id_of(raw: object) -> str | None:
    found = raw.get("id") if isinstance(raw, dict) else None
    if not isinstance(found, str) or len(found) > _MAX_ID or contains_personnummer(found):
        return None
    return found


def _rejected(event_id: str | None, problem: Problem) -> Result:
    return Result(event_id, "rejected", problem)
