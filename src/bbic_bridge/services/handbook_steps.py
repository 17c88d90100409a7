"""A case laid over the handbook: which points are done, on their way, missing or overdue."""

from collections.abc import Iterable

from bbic_bridge.handbook.frister import frister
from bbic_bridge.handbook.steg import PROCESSEN, Laget, Stegvy, steg
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.views.cases import HandbookState, HandbookView
from bbic_bridge.services.watch import lage_of
from bbic_bridge.store.tx import Tx

_STATES: dict[Laget, HandbookState] = {
    "klart": "done",
    "pagar": "on_its_way",
    "saknas": "missing",
    "for_sent": "overdue",
    "kommande": "to_come",
}


def handbook_steps(
    bridge: Bridge, tx: Tx, kommun: str, arende: str, unfinished: Iterable[str]
) -> tuple[HandbookView, ...]:
    """The handbook's points for a case, insats by insats.

    Args:
        unfinished: rows of the events whose deliveries are not all done.
    """
    lage = lage_of(tx, kommun, arende)
    today = stockholm_date(bridge.clock())
    limits = frister(lage, bridge.settings.frist)
    return tuple(map(_view, steg(lage, limits, today, frozenset(unfinished))))


def _view(vy: Stegvy) -> HandbookView:
    return HandbookView(
        insats_id=vy.insats_id,
        insatstyp=vy.insatstyp,
        step=vy.nr,
        process=PROCESSEN[vy.nr],
        name=vy.namn,
        weight=vy.vikt,
        state=_STATES[vy.laget],
        day=vy.dag,
        event_row=vy.rad,
    )
