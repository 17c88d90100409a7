"""The handbook's time limits, as pure functions of where a case stands.

A limit runs from a day, warns ahead, is overdue the day after ``senast``, and is met by an event
or falls away with what it was for. Today is the caller's: nothing here reads a clock.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

from bbic_bridge.handbook.frister.lopp.bas import Lopp, Typer, Vikt
from bbic_bridge.handbook.frister.lopp.start import (
    genomforandeplan,
    genomforandeplan_bor,
    uppstartsmote,
)
from bbic_bridge.handbook.frister.lopp.uppfoljning import (
    fortsatt_bistand,
    uppfoljning,
    uppfoljningsmote,
)
from bbic_bridge.handbook.frister.lopp.verkstallighet import ej_verkstallt
from bbic_bridge.handbook.kalender import add_days
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.uppgifter import Insatstyp

Skede = Literal["loper", "narmar_sig", "overskriden", "uppfylld", "uppfylld_sent", "upphord"]
SKEDEN: Mapping[Skede, str] = {
    "overskriden": "överskriden",
    "narmar_sig": "närmar sig",
    "loper": "löper",
    "uppfylld": "uppfylld",
    "uppfylld_sent": "uppfylld för sent",
    "upphord": "upphörd",
}
VIKTER: Mapping[Vikt, str] = {"lag": "lag", "ska": "ska", "bor": "bör"}


@dataclass(frozen=True, slots=True)
class Frist:
    """One limit of one case.

    Attributes:
        kod: which limit, one of ``REGLER``.
        objekt: our id of what it is for (insats, beslut or matchning).
        fran: the day it runs from.
        varna: the first day of warning.
        senast: the last day on which it can be met in time.
        uppfylld: the day it was met, ``uppfylld_av`` the row of the event that met it.
        upphord: the day it falls away, when what it was for ends.
    """

    kod: str
    objekt: str
    insatstyp: Insatstyp | None
    vikt: Vikt
    fran: date
    varna: date
    senast: date
    uppfylld: date | None = None
    uppfylld_av: str | None = None
    upphord: date | None = None


class Fristval(Protocol):
    """What a kommun may choose of a limit: for which kinds of insats, and days of warning."""

    @property
    def insatstyper(self) -> frozenset[Insatstyp] | None: ...
    @property
    def varna_dagar(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Fristregel:
    """One row of the handbook's table of limits.

    Attributes:
        steg: the step of the handbook.
        kalla: where it is said: source and line; how long it warns ahead is ours (D).
        vikt: its weight, unless the run bears another.
        insatstyper: the kinds that it is for; where the kind is not known it applies.
        loper: its runs in a case, for these kinds.
    """

    kod: str
    steg: int
    namn: str
    kalla: str
    vikt: Vikt
    insatstyper: frozenset[Insatstyp]
    varna_dagar: int
    loper: Callable[[Lage, Typer], Iterator[Lopp]]


_AV_A: frozenset[Insatstyp] = frozenset({"kontaktperson", "kontaktfamilj"})
"""What A speaks of; other kinds may get these limits by configuration (D)."""

REGLER: tuple[Fristregel, ...] = (
    Fristregel("uppstartsmote", 6, "Uppstartsmöte", "A:41", "ska", _AV_A, 5, uppstartsmote),
    Fristregel(
        "genomforandeplan_bor",
        7,
        "Genomförandeplan vid uppstartsmötet",
        "A:51",
        "bor",
        _AV_A,
        0,
        genomforandeplan_bor,
    ),
    Fristregel(
        "genomforandeplan", 7, "Genomförandeplan", "A:51", "ska", _AV_A, 7, genomforandeplan
    ),
    Fristregel(
        "ej_verkstallt",
        8,
        "Verkställighet av beslut",
        "L: SoL 34 kap., LSS 28 f-i §§",
        "lag",
        ALLA_INSATSTYPER,
        30,
        ej_verkstallt,
    ),
    Fristregel("uppfoljning", 11, "Uppföljning", "A:103", "ska", _AV_A, 30, uppfoljning),
    # Thereafter, A:117, BÖR: the run bears that weight.
    Fristregel(
        "uppfoljningsmote", 11, "Uppföljningsmöte", "A:53, A:95", "ska", _AV_A, 30, uppfoljningsmote
    ),
    Fristregel(
        "fortsatt_bistand",
        12,
        "Beslut om fortsatt bistånd eller avslut",
        "A:103",
        "ska",
        _AV_A,
        30,
        fortsatt_bistand,
    ),
)
VERSION = 1
"""To be raised whenever the same events and choices come to make other limits."""
REGEL: Mapping[str, Fristregel] = {regel.kod: regel for regel in REGLER}


def frister(lage: Lage, val: Mapping[str, Fristval]) -> tuple[Frist, ...]:
    """Every limit of a case, met or not; one for each ``kod``, ``objekt`` and ``fran``.

    Args:
        val: a kommun's choices, by ``kod``.
    """
    alla: dict[tuple[str, str, date], Frist] = {}
    for regel in REGLER:
        vald = _vald(regel, val.get(regel.kod))
        for lopp in vald.loper(lage, vald.insatstyper):
            if _galler(vald, lopp):
                # Of two runs from the same day the later is how it stands.
                alla[regel.kod, lopp.objekt, lopp.fran] = _frist(vald, lopp)
    return tuple(alla[nyckel] for nyckel in sorted(alla))


def regelverk(val: Mapping[str, Fristval]) -> str:
    """A word for the rules and a kommun's choices: another one when any case may be judged
    otherwise."""
    regler = (_vald(regel, val.get(regel.kod)) for regel in REGLER)
    satta = [(r.kod, r.vikt, r.varna_dagar, *sorted(r.insatstyper)) for r in regler]
    return hashlib.sha256(repr((VERSION, satta)).encode()).hexdigest()


def skede(frist: Frist, idag: date) -> Skede:
    """How a limit stands on a day. One that falls away before it is due has fallen away."""
    if frist.uppfylld is not None:
        return "uppfylld" if frist.uppfylld <= frist.senast else "uppfylld_sent"
    if frist.upphord is not None and frist.upphord <= max(idag, frist.senast):
        return "upphord"
    if idag > frist.senast:
        return "overskriden"
    return "narmar_sig" if idag >= frist.varna else "loper"


def besked(frist: Frist) -> dict[Skede, date]:
    """What there is to tell of a limit as it stands, and from which day, the first first."""
    dagar: dict[Skede, date] = {
        "narmar_sig": frist.varna,
        "overskriden": add_days(frist.senast, 1),
    }
    return {vad: dag for vad, dag in dagar.items() if skede(frist, dag) == vad}


def _vald(regel: Fristregel, val: Fristval | None) -> Fristregel:
    if val is None:
        return regel
    return replace(
        regel,
        insatstyper=regel.insatstyper if val.insatstyper is None else val.insatstyper,
        varna_dagar=regel.varna_dagar if val.varna_dagar is None else val.varna_dagar,
    )


def _galler(regel: Fristregel, lopp: Lopp) -> bool:
    if lopp.insatstyp is None:
        return bool(regel.insatstyper)
    return lopp.insatstyp in regel.insatstyper


def _frist(regel: Fristregel, lopp: Lopp) -> Frist:
    return Frist(
        kod=regel.kod,
        objekt=lopp.objekt,
        insatstyp=lopp.insatstyp,
        vikt=lopp.vikt or regel.vikt,
        fran=lopp.fran,
        varna=max(lopp.fran, add_days(lopp.senast, -regel.varna_dagar)),
        senast=lopp.senast,
        uppfylld=lopp.uppfylld,
        uppfylld_av=lopp.uppfylld_av,
        upphord=None if lopp.uppfylld is not None else lopp.upphord,
    )
