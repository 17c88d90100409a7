"""What deviates from the handbook in a case, with the texts that differ side by side."""

from collections.abc import Mapping
from itertools import count, zip_longest
from typing import Any

from bbic_bridge.delivery.reference import reference
from bbic_bridge.handbook.avvikelser import SLAGEN, avvikelser
from bbic_bridge.handbook.avvikelser.beslutsandring import REGISTRERAT
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, Plats
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.masking import masked
from bbic_bridge.services.views.cases import ComparedText, DeviationView, Standing
from bbic_bridge.services.watch import lage_of
from bbic_bridge.store.documents import document_of
from bbic_bridge.store.feed import told_event
from bbic_bridge.store.times import moment
from bbic_bridge.store.tx import Tx

_NOTHING = object()


def deviations_of_case(
    bridge: Bridge, kommun: str, arende: str, *, reveal: bool = False
) -> tuple[DeviationView, ...]:
    """The case's deviations as they are now. The caller audits a reveal."""
    with bridge.store.read() as tx:
        return deviations(tx, kommun, arende, reveal=reveal)


def deviations(
    tx: Tx, kommun: str, arende: str, *, reveal: bool = False
) -> tuple[DeviationView, ...]:
    """The same within a transaction."""
    lage = lage_of(tx, kommun, arende)
    told = {en.rad: en for en in lage.notiser}
    case = _Case(tx, kommun, arende, told, reveal=reveal)
    return tuple(case.view(one) for one in avvikelser(lage))


class _Case:
    """Opens the documents of one case, each once."""

    def __init__(
        self, tx: Tx, kommun: str, arende: str, told: Mapping[str, Notis], *, reveal: bool
    ) -> None:
        self._tx, self._kommun, self._arende = tx, kommun, arende
        self._told = told
        self._reveal = reveal
        self._documents: dict[str, Mapping[str, Any] | None] = {}

    def view(self, one: Avvikelse) -> DeviationView:
        shows, slag = self._told[one.rad], SLAGEN[one.kod]
        before, after = map(self._compared, one.jamfor or (None, None))
        return DeviationView(
            code=one.kod,
            text=one.text,
            source=one.kalla,
            weight=one.vikt,
            step=slag.steg,
            object_id=one.objekt,
            pointer=slag.pointer or None,
            event=shows.typ,
            event_row=one.rad,
            at=shows.tid,
            before=before,
            after=after,
            differs_at=_differs_at(before, after) if self._reveal else None,
        )

    def _compared(self, plats: Plats | None) -> ComparedText | None:
        if plats is None:
            return None
        told, value = self._told[plats.rad], self._value(plats)
        name = plats.pointer.rpartition("/")[2]
        shown = value if self._reveal else masked(value, name)
        standing: Standing = "shown" if shown == value else "masked"
        return ComparedText(
            event=told.typ,
            event_row=plats.rad,
            at=told.tid,
            pointer=plats.pointer,
            text=None if value in (None, _NOTHING) else str(shown),
            standing="not_kept" if value is _NOTHING else standing,
        )

    def _value(self, plats: Plats) -> Any:
        if plats.rad not in self._documents:
            self._documents[plats.rad] = self._document(self._told[plats.rad])
        document = self._documents[plats.rad]
        return _NOTHING if document is None else _at(document, plats.pointer)

    def _document(self, told: Notis) -> Mapping[str, Any] | None:
        """What the event said: of a vendor's, what the workflow was told of it."""
        system, _, key = told.rad.partition(":")
        if not key:
            return document_of(self._tx, self._kommun, self._arende, told.rad)
        event_id = reference(moment(0), told.typ, self._kommun, system, key)
        event = told_event(self._tx, self._kommun, event_id)
        if event is not None:
            data: Mapping[str, Any] = event["data"]
            return data
        # Of a decision only dates and codes are compared, which the case itself remembers.
        return told.data if told.typ == REGISTRERAT else None


def _at(document: Any, pointer: str) -> Any:
    """What stands at a place; None where the document says nothing there."""
    for part in pointer.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(part)] if int(part) < len(document) else None
        elif isinstance(document, Mapping):
            document = document.get(part)
    return document


def _differs_at(before: ComparedText | None, after: ComparedText | None) -> int | None:
    """How many characters two texts begin alike with, where both are shown."""
    if before is None or after is None or before.text is None or after.text is None:
        return None
    pairs = zip(count(), zip_longest(before.text, after.text), strict=False)
    return next((place for place, (one, other) in pairs if one != other), None)
