"""An uppdrag that was taken back or declined stops what waits for it.

Worked out from all that the case knows of the uppdrag, so that late, doubled and reordered telling
ends in the same state. What is under way is not stopped: its återkallelse follows it.
"""

from collections.abc import Iterable
from typing import Any

from bbic_bridge.delivery.errors import NeedsPerson
from bbic_bridge.delivery.states import State
from bbic_bridge.handbook.avvikelser.uppdragen import ATERKALLAT, AVBOJT, Slut, Uppdragen
from bbic_bridge.handbook.dokument.uppdrag import UppdragAterkallat, UppdragUpprattat
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.services.audit import ITSELF, note
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.tell import tell_held
from bbic_bridge.services.watch import Due, lage_of
from bbic_bridge.store.deliveries import change_state
from bbic_bridge.store.overview import deliveries_of_events
from bbic_bridge.store.tx import Tx

ABOUT_UPPDRAG = (UppdragUpprattat, UppdragAterkallat)
"""The documents after which an uppdrag is to be looked at."""
_CODES = {"aterkallat": "uppdrag_aterkallat", "avbojt": "uppdrag_avbojt"}
_WAITS = (State.WAITING, State.READY)
_STOPPABLE = (*_WAITS, State.WITH_PERSON)


def stop_withdrawn(bridge: Bridge, tx: Tx, kommun: str, arende: str, uppdrag_id: str) -> Due:
    """Stops what waits for an uppdrag, any version of it, that has been ended.

    Args:
        uppdrag_id: that something was told of.

    Returns:
        Callbacks to wake after the commit.
    """
    lage = lage_of(tx, kommun, arende)
    uppdragen = Uppdragen(lage)
    kedja = {uppdrag_id, *(ett.uppdrag_id for ett in uppdragen.versioner(uppdrag_id))}
    slut = {ett: genom for ett, (genom, _) in uppdragen.slut.items() if ett in kedja}
    if not slut:
        return []
    withdrawal = _Withdrawal(bridge, tx, (kommun, arende), lage, uppdragen)
    for ended in slut:
        withdrawal.call_off(ended)
    for later in sorted(uppdragen.senare(slut)):
        withdrawal.hold(later, _why(uppdragen, slut, later))
    return withdrawal.due


def _why(uppdragen: Uppdragen, slut: dict[str, Slut], uppdrag_id: str) -> Slut:
    """How it, or the nearest it builds on, was ended; taken back goes first."""
    genom = {slut[ended] for ended in slut if uppdrag_id in uppdragen.senare([ended])}
    return "aterkallat" if "aterkallat" in genom else "avbojt"


class _Withdrawal:
    """One look at one chain of versions."""

    def __init__(
        self, bridge: Bridge, tx: Tx, case: tuple[str, str], lage: Lage, uppdragen: Uppdragen
    ) -> None:
        self._bridge, self._tx, self._case = bridge, tx, case
        self._lage, self._uppdragen = lage, uppdragen
        self.due: Due = []

    def call_off(self, uppdrag_id: str) -> None:
        """What was never sent is never sent, nor what was to take it back."""
        takings_back = self._deliveries(self._told(uppdrag_id, ours=True))
        uppdrag = self._uppdrag(uppdrag_id)
        if uppdrag and takings_back and all(map(_is_unsent, (*uppdrag, *takings_back))):
            if all(self._end(row, State.CANCELLED, _STOPPABLE) for row in uppdrag):
                for row in takings_back:
                    self._end(row, State.CANCELLED, _STOPPABLE)
        elif self._told(uppdrag_id, ours=False):
            # At the vendor it is ended already: there is nothing to take back.
            for row in takings_back:
                if row.operation == "aterkalla_uppdrag" and row.attempts == 0:
                    self._end(row, State.SKIPPED, _WAITS)

    def hold(self, uppdrag_id: str, genom: Slut) -> None:
        """What still waits to be sent of it is a person's matter."""
        code = _CODES[genom]
        values = {"state": State.WITH_PERSON.value, "due_at": None}
        values |= {"error_kind": NeedsPerson.kind, "error_code": code}
        for row in self._uppdrag(uppdrag_id):
            stopped = row.error_code in _CODES.values() and row.error_code != code
            among = (State.WITH_PERSON,) if stopped else _WAITS
            if row.attempts == 0 and change_state(self._tx, row.id, among, values):
                self.due += tell_held(self._bridge, self._tx, row, code)

    def _told(self, uppdrag_id: str, *, ours: bool) -> list[str]:
        """Rows of what ended it: our own events, or what a vendor told."""
        return [
            en.rad
            for en in self._lage.av(ATERKALLAT, AVBOJT)
            if en.get("uppdrag_id") == uppdrag_id and (":" not in en.rad) == ours
        ]

    def _uppdrag(self, uppdrag_id: str) -> list[Any]:
        """The deliveries that send it on, or put it in the journal."""
        uppdraget = self._uppdragen.alla.get(uppdrag_id)
        return self._deliveries(en.rad for en in uppdraget.notiser) if uppdraget else []

    def _deliveries(self, rows: Iterable[str]) -> list[Any]:
        return list(deliveries_of_events(self._tx, *self._case, tuple(rows)))

    def _end(self, row: Any, state: State, among: tuple[State, ...]) -> bool:
        """Ends it, audited; False when a worker has it at this moment."""
        if row.state == state.value:
            return True
        values = {"state": state.value, "due_at": None}
        values |= {"error_kind": state.value, "error_code": "uppdrag_slut"}
        if not change_state(self._tx, row.id, among, values):
            return False
        action = "cancel" if state is State.CANCELLED else "skip"
        note(self._tx, ITSELF, action, row.id, self._case[0], {"reason": "uppdrag_slut"})
        return True


def _is_unsent(row: Any) -> bool:
    return row.attempts == 0 and State(row.state) in {*_STOPPABLE, State.CANCELLED}
