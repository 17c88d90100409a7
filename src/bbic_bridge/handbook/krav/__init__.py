"""What the handbook asks of a document's content, beyond its shape, with the weight of each rule.

Law and SKA content → the document is refused. SKA with an exception, and BÖR → a warning, which
travels with the plan and shows in the case; an unmet SKA with an exception is a deviation too. KAN
is a hint, shown to nobody. Rules are rows, per step of the handbook and insatstyp, so that one can
be added or reweighed without touching a document's shape.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from bbic_bridge.handbook.dokument.bas import Dokument
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER, Vikt
from bbic_bridge.handbook.krav import (
    beslut,
    matchning,
    moten,
    ordning,
    plan,
    uppdrag,
    uppfoljning,
    utredning,
)
from bbic_bridge.handbook.krav.bas import Krav
from bbic_bridge.handbook.utdrag import Okant, Utdrag, typ_av

__all__ = ["KRAV", "VAGRAR", "VALBARA", "VARNAR", "Brist", "Krav", "brister", "krav_for"]

KRAV: tuple[Krav, ...] = (
    *ordning.KRAV,
    *utredning.KRAV,
    *matchning.KRAV,
    *beslut.KRAV,
    *uppdrag.KRAV,
    *moten.KRAV,
    *plan.KRAV,
    *uppfoljning.KRAV,
)
VAGRAR: frozenset[Vikt] = frozenset({"lag", "ska"})
"""Weights for which a document is refused."""
VARNAR: frozenset[Vikt] = frozenset({"ska_om_inte", "bor"})
"""Weights that are told of a document that was accepted."""
VALBARA: frozenset[str] = frozenset(krav.kod for krav in KRAV if krav.valbart)
"""Rules that a kommun may take away."""


@dataclass(frozen=True, slots=True)
class Brist:
    """A rule that a document does not meet; ``pointer`` counts from the document."""

    kod: str
    pointer: str
    text: str
    namn: str | None
    kalla: str
    vikt: Vikt


def brister(dokument: Dokument | Utdrag, utan: Collection[str] = ()) -> Iterator[Brist]:
    """Every rule that the document does not meet, in the table's order.

    Args:
        dokument: whole, or what could be read of one; what cannot be known is not judged.
        utan: codes of rules that are not asked for here.
    """
    typ = typ_av(dokument)
    for krav in krav_for(typ):
        if krav.kod not in utan and _bryts(krav, dokument):
            yield Brist(krav.kod, f"/{krav.falt}", krav.text, krav.namn(typ), krav.kalla, krav.vikt)


@cache
def krav_for(typ: type[Dokument]) -> tuple[Krav, ...]:
    """The rules about one kind of document."""
    return tuple(krav for krav in KRAV if issubclass(typ, krav.galler))


def _bryts(krav: Krav, dokument: Dokument | Utdrag) -> bool:
    try:
        return _galler(krav, dokument) and not krav.uppfyllt(dokument)
    except Okant:
        return False


def _galler(krav: Krav, dokument: Dokument | Utdrag) -> bool:
    if krav.insatstyper == ALLA_INSATSTYPER:
        return True
    insatstyp = getattr(dokument, "insatstyp", None)
    return insatstyp is None or insatstyp in krav.insatstyper
