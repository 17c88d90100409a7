"""A decision that is told otherwise than before: what of it is sent, and what is remembered."""

from collections.abc import Mapping
from typing import Any

from bbic_bridge.delivery.ports import VendorChange
from bbic_bridge.delivery.states import State
from bbic_bridge.handbook.avvikelser.beslutsandring import andra_ord, ar_andrat, skiljande
from bbic_bridge.handbook.handelser import PREFIX, Handelse
from bbic_bridge.handbook.notiser import digest, notis_av_andring
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.identity import Held
from bbic_bridge.services.watch import Due, lage_of, remember
from bbic_bridge.store import canonical
from bbic_bridge.store.cases import ensure_case
from bbic_bridge.store.overview import deliveries_of_events
from bbic_bridge.store.tx import Tx

CHANGED: Held = ("with_person", "beslut_andrat")
DECISIONS = frozenset(
    PREFIX + typ for typ in ("beslut.fattat", "beslut.fortsatt_bistand", "beslut.avslut")
)


def guard_decision(bridge: Bridge, tx: Tx, handelse: Handelse, row: str) -> Held | None:
    """Another word of a decision is registered by no one but a person.

    One that is called off leaves nothing at the vendor: the next may go, until the execution.
    """
    if handelse.type not in DECISIONS:
        return None
    lage = lage_of(tx, handelse.kommun, handelse.subject)
    if ar_andrat(lage, row, stockholm_date(bridge.clock())):
        return CHANGED
    others = {en.rad for en in andra_ord(lage, row)}
    sent = deliveries_of_events(tx, handelse.kommun, handelse.subject, sorted(others))
    called_off = {one.event_row for one in sent if one.state == State.CANCELLED.value}
    return CHANGED if others - called_off else None


def note_vendors_word(
    bridge: Bridge,
    tx: Tx,
    kommun: str,
    system: str,
    arende: str,
    change: VendorChange,
    data: Mapping[str, Any],
) -> Due:
    """Remembers how a vendor shows a decision that is known, where it shows another than ours.

    It is no news, so the workflow is told of no registered decision: only of the deviation.

    Args:
        data: the change's fields with our ids.
    """
    if change.kind != "beslut_registrerat":
        return []
    ensure_case(tx, (kommun, arende))
    row = f"{system}:{change.key}:{digest(canonical.dumps(dict(data)).decode())[:16]}"
    word = notis_av_andring(row, change.kind, change.at, data)
    beslut = lage_of(tx, kommun, arende).beslut.get(data.get("beslut_id", ""))
    if word is None or beslut is None or not skiljande(beslut.notis, word):
        return []
    return remember(bridge, tx, kommun, arende, word)
