"""What the rules of time limits are built of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from bbic_bridge.handbook.frister.lopp.matchning import enda_typ
from bbic_bridge.handbook.lage import Beslut, Insats, Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.uppgifter import Insatstyp

Vikt = Literal["lag", "ska", "bor"]
Typer = Collection[Insatstyp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lopp:
    """One run of a limit. ``vikt`` where it is another than the rule's."""

    objekt: str
    insatstyp: Insatstyp | None
    fran: date
    senast: date
    uppfylld: date | None = None
    uppfylld_av: str | None = None
    upphord: date | None = None
    vikt: Vikt | None = None


class Mott(TypedDict):
    """The part of a ``Lopp`` that says when it was met, and by which event."""

    uppfylld: date | None
    uppfylld_av: str | None


def mott(en: Notis | None, dag: date | None = None) -> Mott:
    """Met by an event, on the day it speaks of where no other is given; or not met."""
    if en is None:
        return Mott(uppfylld=None, uppfylld_av=None)
    return Mott(uppfylld=dag or en.dag, uppfylld_av=en.rad)


def forst(notiser: Iterable[Notis]) -> Notis | None:
    """The event whose day is first."""
    return min(notiser, key=lambda en: (en.dag, en.tid, en.rad), default=None)


def startade(lage: Lage, typer: Typer) -> Iterable[tuple[Insats, date]]:
    """The insatser that have begun, each with the day its clocks run from.

    That is the told start; where none is told the uppstartsmöte, or else the first day of the
    execution (D).
    """
    for insats in lage.insatser.values():
        start = insats.start
        if start is None or insats.antagen:
            mote = forst(moten(lage, "uppstartsmote.genomfort", insats, typer))
            start = mote.dag if mote is not None else start
        if start is not None:
            yield insats, start


def moten(lage: Lage, typ: str, insats: Insats, typer: Typer) -> list[Notis]:
    """The meetings of a kind that were about the insats."""
    return [en for en in lage.av(typ) if lage.insats_av(en, typer) == insats.insats_id]


def typ_av(lage: Lage, insats: Insats) -> Insatstyp | None:
    """The kind of an insats, told of it or of all that the case was matched for and decided."""
    return insats.insatstyp or enda_typ(lage)


def slut(lage: Lage, insats: Insats) -> date | None:
    """The last day of an insats: as it was closed, else as its avslut decides."""
    if insats.slut is not None:
        return insats.slut
    om = lage.beslut_om(insats.insats_id)
    return min((sista_dag(ett) for ett in om if ett.beslutstyp == "avslut"), default=None)


def sista_dag(avslut: Beslut) -> date:
    """The day from which a decision to end means that nothing is granted."""
    return avslut.notis.datum("slutdatum") or avslut.till or avslut.beslutsdatum
