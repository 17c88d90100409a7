"""Ej verkställda beslut of a quarter: what the nämnd reports to IVO, revisorer and fullmäktige.

L: SoL 34 kap.; LSS 28 f-h §§. IVO and the revisorer are told of each gynnande beslut that was not
executed, or not executed again, within three months: its date, kind and reason, each quarter until
it is executed, and then on which day. IVO is also told of what has ended unexecuted. Fullmäktige
is told numbers, kinds and elapsed time. Pure; whom a decision is about is not known here.
"""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal

from bbic_bridge.handbook.frister.verkstallighet import Klocka, klockor
from bbic_bridge.handbook.kalender import add_months
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.uppgifter import Insatstyp

Status = Literal["ej_verkstallt", "verkstallt", "upphort"]
Grund = Literal["beslut", "avbrott"]
STATUS: Mapping[Status, str] = {
    "ej_verkstallt": "ej verkställt",
    "verkstallt": "verkställt för sent",
    "upphort": "upphört utan verkställighet",
}
GRUNDER: Mapping[Grund, str] = {"beslut": "beslutet", "avbrott": "avbrottet"}
"""What the three months are counted from: the law asks for each by itself."""
MINSTA_ANTAL = 5
"""Fewer decisions than these are no group of their own, and their times are told as a span (D)."""

_KVARTAL = re.compile(r"([0-9]{4})Q([1-4])")
_QUARTER = 3
_SKAL = {"beslut.avbrott": "orsak", "beslut.verkstall": "skal"}
# By the first whole month, as IVO's own statistics count.
_SPANN: Mapping[int, str] = {
    18: "18 månader eller mer",
    13: "13-17 månader",
    10: "10-12 månader",
    7: "7-9 månader",
    0: "3-6 månader",
}


@dataclass(frozen=True, slots=True, order=True)
class Kvartal:
    """A calendar quarter."""

    ar: int
    nummer: int

    @classmethod
    def las(cls, text: str) -> "Kvartal":
        """Reads ``2026Q3``.

        Raises:
            ValueError: it is written in another way.
        """
        delar = _KVARTAL.fullmatch(text)
        if delar is None or int(delar[1]) == 0:
            raise ValueError("a quarter is written like 2026Q3")
        return cls(int(delar[1]), int(delar[2]))

    @classmethod
    def senast_avslutat(cls, idag: date) -> "Kvartal":
        """The last quarter that has ended."""
        fore = add_months(idag, -_QUARTER)
        return cls(fore.year, (fore.month - 1) // _QUARTER + 1)

    @property
    def forsta(self) -> date:
        return date(self.ar, (self.nummer - 1) * _QUARTER + 1, 1)

    @property
    def sista(self) -> date:
        manad = self.nummer * _QUARTER
        return date(self.ar, manad, monthrange(self.ar, manad)[1])

    def per(self, idag: date) -> date:
        """The day that the quarter is judged by: its last, or today while it runs."""
        return min(self.sista, idag)

    def __str__(self) -> str:
        return f"{self.ar:04}Q{self.nummer}"


@dataclass(frozen=True, slots=True)
class Skal:
    """Where a reason stands: the event's row, and the field of its document."""

    rad: str
    falt: str
    dag: date


@dataclass(frozen=True, slots=True)
class Rad:
    """One decision to report.

    Attributes:
        status: as it was on the day that the quarter is judged by.
        klockan_fran: the decision's date, or that of the interruption.
        beslutsdatum: None where the bridge was never told of the decision itself.
        delvis: since when a part of it is given.
        verkstalld: the day of execution, also where that came after the quarter.
        upphord: the day it ended unexecuted, likewise.
        till: the day that elapsed time is counted to.
        skal: every reason that somebody has given; none is made up.
    """

    beslut_id: str
    insatstyp: Insatstyp | None
    status: Status
    klockan_fran: date
    beslutsdatum: date | None
    avbrott: date | None
    delvis: date | None
    verkstalld: date | None
    verkstalld_av: Notis | None
    upphord: date | None
    till: date
    skal: tuple[Skal, ...] = ()

    @property
    def dagar(self) -> int:
        """Days since the decision or the interruption."""
        return (self.till - self.klockan_fran).days

    @property
    def raknat_fran(self) -> date:
        """What fullmäktige is told the time from: the decision, also after an interruption."""
        return self.beslutsdatum or self.klockan_fran

    @property
    def aterstar(self) -> bool:
        """Whether it waits for execution still."""
        return self.verkstalld is None and self.upphord is None


@dataclass(frozen=True, slots=True)
class Tid:
    """Elapsed time of a group. Only the span is told of a small one."""

    median_dagar: float | None
    langst_dagar: int | None
    spann: str


@dataclass(frozen=True, slots=True)
class Slag:
    """The decisions of some kinds of insats; kinds with few are told together."""

    insatstyper: tuple[Insatstyp | None, ...]
    antal: int
    tid: Tid


@dataclass(frozen=True, slots=True)
class Statistik:
    """What fullmäktige is told of one kommun: no decision, no ärende, no person."""

    grund: Grund
    antal: int
    ej_verkstallda: int
    delvis: int
    verkstallda: int
    upphorda: int
    tid: Tid | None
    slag: tuple[Slag, ...]


def rader(lage: Lage, kvartal: Kvartal, idag: date) -> tuple[Rad, ...]:
    """The decisions of a case that are to be reported for a quarter.

    Those that on its last day (today, where it has not ended) had waited for more than three
    months, and those that after more than three months were executed, or ended, during it.
    """
    alla = (_rad(klocka, kvartal, idag) for klocka in klockor(lage))
    return tuple(rad for rad in alla if rad is not None)


def statistik(rader: Iterable[Rad]) -> tuple[Statistik, ...]:
    """Of the decisions of one kommun; one for each ground that the law names."""
    per_grund: defaultdict[Grund, list[Rad]] = defaultdict(list)
    for rad in rader:
        per_grund["beslut" if rad.avbrott is None else "avbrott"].append(rad)
    return tuple(_statistik(grund, per_grund[grund]) for grund in GRUNDER)


def _rad(klocka: Klocka, kvartal: Kvartal, idag: date) -> Rad | None:
    per = kvartal.per(idag)
    klar = klocka.verkstalld or klocka.upphord
    status: Status = "ej_verkstallt"
    if klar is not None and klar <= per:
        if klar < kvartal.forsta or klar <= klocka.senast:
            return None
        status = "verkstallt" if klocka.verkstalld is not None else "upphort"
    elif per <= klocka.senast:
        return None
    delvis = [ett for ett in klocka.delvis if ett.fran <= per]
    verkstalld = klocka.verkstalld is not None and klocka.verkstalld <= idag
    upphord = klocka.upphord is not None and klocka.upphord <= idag
    return Rad(
        beslut_id=klocka.beslut_id,
        insatstyp=klocka.insatstyp,
        status=status,
        klockan_fran=klocka.fran,
        beslutsdatum=klocka.beslut.beslutsdatum if klocka.beslut is not None else None,
        avbrott=klocka.fran if klocka.avbrott is not None else None,
        delvis=delvis[0].fran if delvis else None,
        verkstalld=klocka.verkstalld if verkstalld else None,
        verkstalld_av=klocka.verkstalld_av if verkstalld else None,
        upphord=klocka.upphord if upphord else None,
        till=per if klar is None else min(klar, per),
        skal=tuple(_skal([klocka.avbrott, *(ett.notis for ett in delvis)])),
    )


def _skal(notiser: Iterable[Notis | None]) -> Iterator[Skal]:
    sagda = {en.rad: en for en in notiser if en is not None}
    for en in sagda.values():
        falt = _SKAL.get(en.typ)
        if falt is not None and en.get(falt):
            yield Skal(en.rad, falt, en.dag)


def _statistik(grund: Grund, rader: list[Rad]) -> Statistik:
    slag: defaultdict[Insatstyp | None, list[Rad]] = defaultdict(list)
    for rad in rader:
        slag[rad.insatstyp].append(rad)
    ej_verkstallda = [rad for rad in rader if rad.status == "ej_verkstallt"]
    return Statistik(
        grund=grund,
        antal=len(rader),
        ej_verkstallda=len(ej_verkstallda),
        delvis=sum(rad.delvis is not None for rad in ej_verkstallda),
        verkstallda=sum(rad.status == "verkstallt" for rad in rader),
        upphorda=sum(rad.status == "upphort" for rad in rader),
        tid=_tid(rader) if rader else None,
        slag=tuple(
            Slag(typer, len(gruppens), _tid(gruppens)) for typer, gruppens in _grupper(slag)
        ),
    )


def _grupper(
    slag: Mapping[Insatstyp | None, list[Rad]],
) -> Iterator[tuple[tuple[Insatstyp | None, ...], list[Rad]]]:
    """The kinds, the most frequent first; the last ones together until none is a small group.

    So no small number can be told by subtracting the shown ones from the whole.
    """
    vanligast = sorted(slag, key=lambda typ: (-len(slag[typ]), typ or ""))
    samman: list[Insatstyp | None] = []
    while vanligast:
        antal = sum(len(slag[typ]) for typ in samman)
        if not (0 < antal < MINSTA_ANTAL or len(slag[vanligast[-1]]) < MINSTA_ANTAL):
            break
        samman.append(vanligast.pop())
    for typ in vanligast:
        yield (typ,), slag[typ]
    if samman:
        ordnade = tuple(sorted(samman, key=lambda typ: typ or ""))
        yield ordnade, [rad for typ in ordnade for rad in slag[typ]]


def _tid(rader: list[Rad]) -> Tid:
    dagar = [(rad.till - rad.raknat_fran).days for rad in rader]
    manader = max(_hela_manader(rad.raknat_fran, rad.till) for rad in rader)
    spann = next(text for fran, text in _SPANN.items() if manader >= fran)
    if len(rader) < MINSTA_ANTAL:
        return Tid(None, None, spann)
    return Tid(float(median(dagar)), max(dagar), spann)


def _hela_manader(fran: date, till: date) -> int:
    manader = (till.year - fran.year) * 12 + till.month - fran.month
    return manader if add_months(fran, manader) <= till else manader - 1
