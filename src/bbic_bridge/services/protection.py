"""Protection that a case knows of, though the document at hand does not tell it.

A child's school tells where its parent can be found, and a plan does not name parents: it waits
until an uppdrag has told how they are protected. What is told later is laid on what has not left.
"""

from typing import Any

from bbic_bridge.delivery.errors import NeedsPerson
from bbic_bridge.delivery.states import TERMINAL, State
from bbic_bridge.handbook.handelser import HANDELSER, Handelse
from bbic_bridge.handbook.regler import Plan, Planerad, planera
from bbic_bridge.handbook.skydd import (
    SKYDD,
    SKYDDADE,
    Skyddslage,
    skyddad_narstaende,
    skyddsfakta,
    utsatta_falt,
)
from bbic_bridge.security.envelope import Pruned
from bbic_bridge.services.audit import ITSELF, note
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.facts import scoped
from bbic_bridge.services.identity import read_again
from bbic_bridge.services.orders import delivery_id
from bbic_bridge.services.tell import tell_held
from bbic_bridge.services.watch import Due
from bbic_bridge.store.deliveries import change_state, payload_of, replace_unsent
from bbic_bridge.store.documents import kept_event, latest_document
from bbic_bridge.store.facts import add_facts, origin_of, release
from bbic_bridge.store.inbox import add_warnings
from bbic_bridge.store.overview import open_deliveries
from bbic_bridge.store.retention import memory_of
from bbic_bridge.store.tx import Tx

# The documents that name the child's parents and how to reach the family; each names them all.
_NAMES_PARENTS = ("se.bbic.uppdrag.upprattat", "se.bbic.uppdrag.reviderat")
_TELLS_WHERE = sorted(typ for typ, dok in HANDELSER.items() if issubclass(dok, tuple(SKYDDADE)))
_NOT_LEFT = sorted(state for state in State if state not in TERMINAL and state is not State.SENT)
CHANGED = "skydd_andrat"


def plan_in_case(bridge: Bridge, tx: Tx, handelse: Handelse, plan: Plan) -> Plan:
    """The plan, made anew where the document tells where someone can be found."""
    if not utsatta_falt(handelse.data):
        return plan
    return planera(handelse, bridge.settings.krav.utan, _known(tx, handelse))


def learn_protection(bridge: Bridge, tx: Tx, handelse: Handelse, row: str) -> Due:
    """Remembers what a document tells of protection, and lays it on what has not left yet.

    Args:
        row: what the store knows the event by.

    Returns:
        Deliveries and callbacks to wake after the commit.
    """
    told = [scoped(handelse.subject, fact) for fact in skyddsfakta(handelse.data)]
    if not told:
        return []
    news = [fact for fact in told if origin_of(tx, handelse.kommun, fact) is None]
    add_facts(tx, handelse.kommun, news, ("event", row))
    due: Due = []
    if news or handelse.type in _NAMES_PARENTS:
        for open_ in open_deliveries(tx, handelse.kommun, handelse.subject, _TELLS_WHERE):
            if open_.state in _NOT_LEFT:
                due += _lay_on(bridge, tx, open_)
    return due + release(tx, handelse.kommun, news)


def relative_is_protected(tx: Tx, kommun: str, arende: str) -> bool | None:
    """Whether the case's latest document to name the parents names one who is protected.

    Of one that has been pruned this much is remembered; were it not, it would count as protected.

    Returns:
        None where no document has named them.
    """
    try:
        named = latest_document(tx, kommun, arende, _NAMES_PARENTS)
    except Pruned:
        return memory_of(tx, (kommun, arende)).get("narstaende_skyddad") is not False
    return None if named is None else skyddad_narstaende(named)


def _known(tx: Tx, handelse: Handelse) -> Skyddslage:
    return Skyddslage(
        narstaende=relative_is_protected(tx, handelse.kommun, handelse.subject),
        nagonsin=origin_of(tx, handelse.kommun, scoped(handelse.subject, SKYDD)) is not None,
    )


def _lay_on(bridge: Bridge, tx: Tx, row: Any) -> Due:
    """Plans a delivery's event again: what was never sent goes as it now may, the rest is held."""
    event = kept_event(tx, row.kommun, row.arende, row.event_row)
    handelse = None if event is None else read_again(event)
    if handelse is None:
        return _hold(bridge, tx, row, CHANGED)
    plan = planera(handelse, bridge.settings.krav.utan, _known(tx, handelse))
    planned = next((one for one in _by_id(handelse, plan) if one[0] == row.id), None)
    if planned is None:
        return []
    uppgift, hinder = planned[1].uppgift.model_dump(mode="json"), planned[1].hinder
    as_it_was = payload_of(tx, row.kommun, row.id, row.payload) == uppgift
    if as_it_was and hinder is None:
        return []
    if row.attempts or row.version > 1:
        return _hold(bridge, tx, row, CHANGED)
    if not as_it_was and replace_unsent(tx, row.kommun, row.id, uppgift):
        note(tx, ITSELF, "protect", row.id, row.kommun, {"reason": "skydd"})
        add_warnings(tx, row.event_row, [one.som_sparas() for one in plan.varningar])
    return [] if hinder is None else _hold(bridge, tx, row, hinder)


def _by_id(handelse: Handelse, plan: Plan) -> list[tuple[str, Planerad]]:
    return [
        (delivery_id(handelse, one.operation, number), one)
        for number, one in enumerate(plan.uppgifter)
    ]


def _hold(bridge: Bridge, tx: Tx, row: Any, code: str) -> Due:
    """Makes it a person's matter; what is one already stays what it is."""
    if row.state == State.WITH_PERSON.value:
        return []
    values = {"state": State.WITH_PERSON.value, "due_at": None}
    values |= {"error_kind": NeedsPerson.kind, "error_code": code}
    held = change_state(tx, row.id, [State(one) for one in _NOT_LEFT], values)
    return tell_held(bridge, tx, row, code) if held else []
