"""The three-month clock of SoL 34 kap. and LSS 28 f-i §§: when each gynnande beslut was executed.

A clock runs from the decision's date, and a new one from each interruption, until the decision is
executed in full or has ended. What is only partly executed is not executed; an insats that is cut
down to a part is interrupted. All goes by the days that the events speak of, so that late and
reordered telling ends in the same clocks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal

from bbic_bridge.handbook.kalender import add_months
from bbic_bridge.handbook.lage import Beslut, Insats, Lage, Verkstallighet
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.uppgifter import Insatstyp

MANADER = 3
_EGEN = "beslut.verkstall"


@dataclass(frozen=True, slots=True)
class Klocka:
    """One run of the clock of a gynnande beslut.

    Attributes:
        beslut: None for one that the bridge was never told of, but whose interruption it was.
        fran: the day it runs from: the decision's date, or the interruption's.
        avbrott: what told of the interruption, None where it runs from the decision.
        delvis: the partial executions meanwhile, the earliest first.
        verkstalld: the day of full execution, ``verkstalld_av`` what told of it. Fortsatt bistånd
            on a running insats is executed from its own first day (D), by its own notis.
        upphord: the day the decision ended unexecuted, ``upphord_av`` what ended it; None there
            where its period ran out.
    """

    beslut_id: str
    beslut: Beslut | None
    insatstyp: Insatstyp | None
    fran: date
    avbrott: Notis | None = None
    delvis: tuple[Verkstallighet, ...] = ()
    verkstalld: date | None = None
    verkstalld_av: Notis | None = None
    upphord: date | None = None
    upphord_av: Notis | None = None

    @property
    def senast(self) -> date:
        """The last day on which execution is in time."""
        return add_months(self.fran, MANADER)


def klockor(lage: Lage) -> tuple[Klocka, ...]:
    """All clocks of a case, by decision, each decision's in the order they ran."""
    kedja = _Kedja(lage)
    return tuple(klocka for beslut_id in kedja.ids for klocka in kedja.klockor(beslut_id))


@dataclass(frozen=True, slots=True)
class _Steg:
    """What happened to a decision on a day."""

    dag: date
    slag: Literal["verkstalld", "delvis", "avbrott", "slut"]
    notis: Notis | None
    verkstallighet: Verkstallighet | None = None

    @property
    def insats_id(self) -> str | None:
        return None if self.notis is None else self.notis.get("insats_id")

    @property
    def ordning(self) -> tuple[Any, ...]:
        """By the day, then as told; what ends a decision comes last on its day."""
        sagd = () if self.notis is None else _sagd(self.notis)
        return self.dag, self.slag == "slut", self.notis is None, *sagd


class _Kedja:
    """The gynnande beslut of a case, each tied to the one that it prolongs."""

    def __init__(self, lage: Lage) -> None:
        self._lage = lage
        gynnande = [ett for ett in lage.beslut.values() if ett.gynnande]
        self._fore = {ett.beslut_id: self._foregangare(ett) for ett in gynnande}
        self._efter: defaultdict[str, list[Beslut]] = defaultdict(list)
        for ett in gynnande:
            if (fore := self._fore[ett.beslut_id]) is not None:
                self._efter[fore].append(ett)
        namngivna = {en.get("beslut_id") for en in lage.av(_EGEN, "beslut.avbrott")} - {None}
        self.ids = (*self._fore, *sorted(namngivna - lage.beslut.keys()))
        self._klara: dict[str, tuple[Klocka, ...]] = {}

    def klockor(self, beslut_id: str) -> tuple[Klocka, ...]:
        """The clocks of a decision."""
        if beslut_id not in self._klara:
            self._klara[beslut_id] = tuple(self._gangna(beslut_id))
        return self._klara[beslut_id]

    def _gangna(self, beslut_id: str) -> Iterator[Klocka]:
        beslut = self._lage.beslut.get(beslut_id)
        verkstallda = _i_ordning([*self._lopande(beslut), *self._verkstallda(beslut_id)])
        slut = self._slut(beslut_id, verkstallda)
        steg = _i_ordning([*verkstallda, *self._avbrutna(beslut_id), *slut])
        typ = self._insatstyp(beslut_id)
        if beslut is not None:
            yield from _kor(Klocka(beslut_id, beslut, typ, beslut.beslutsdatum), steg, gar=True)
        elif steg:
            yield from _kor(Klocka(beslut_id, None, typ, steg[0].dag), steg, gar=False)

    def _foregangare(self, beslut: Beslut) -> str | None:
        """The decision that this one prolongs: an earlier one.

        A vendor's decision names neither it nor always the insats: then it is the latest earlier
        one of that insats, or of the case's only insats of the kind (D).
        """
        if beslut.ersatter is not None:
            fore = self._lage.beslut.get(beslut.ersatter)
            return beslut.ersatter if fore is None or _nar(fore) < _nar(beslut) else None
        insats = self._insats(beslut)
        if beslut.beslutstyp != "fortsatt_bistand" or insats is None:
            return None
        om_insatsen = (ett for ett in self._lage.beslut_om(insats.insats_id) if ett.gynnande)
        tidigare = [ett for ett in om_insatsen if _nar(ett) < _nar(beslut)]
        return max(tidigare, key=_nar).beslut_id if tidigare else None

    def _insats(self, beslut: Beslut) -> Insats | None:
        if beslut.insats_id is not None:
            return self._lage.insatser.get(beslut.insats_id)
        insatser = self._lage.insatser.values()
        av_slaget = [ett for ett in insatser if ett.insatstyp == beslut.insatstyp]
        return av_slaget[0] if len(av_slaget) == 1 else None

    def _insatstyp(self, beslut_id: str) -> Insatstyp | None:
        beslut = self._lage.beslut.get(beslut_id)
        verkstallda = self._lage.verkstalligheter.get(beslut_id, ())
        typer = (ett.insatstyp for ett in (beslut, *verkstallda) if ett is not None)
        return next((typ for typ in typer if typ is not None), None)

    def _i_kraft(self, beslut_id: str, dag: date) -> str:
        """The decision in force on a day: the one that is named, or one that prolongs it."""
        while borjade := [ett for ett in self._efter[beslut_id] if _start(ett) <= dag]:
            beslut_id = max(borjade, key=_nar).beslut_id
        return beslut_id

    def _verkstallda(self, beslut_id: str) -> Iterator[_Steg]:
        for namngivet, alla in self._lage.verkstalligheter.items():
            for steg in _dagliga(alla):
                if self._i_kraft(namngivet, steg.dag) == beslut_id:
                    yield steg

    def _avbrutna(self, beslut_id: str) -> Iterator[_Steg]:
        for en in self._lage.av("beslut.avbrott"):
            namngivet = en.get("beslut_id")
            if namngivet is not None and self._i_kraft(namngivet, en.dag) == beslut_id:
                yield _Steg(en.dag, "avbrott", en)

    def _lopande(self, beslut: Beslut | None) -> Iterator[_Steg]:
        """Fortsatt bistånd on an insats that runs needs no execution of its own (D)."""
        if beslut is not None and beslut.beslutstyp == "fortsatt_bistand" and self._loper(beslut):
            # Decided long ahead it is no less in time: the child has the insats all the while.
            dag = min(_start(beslut), add_months(beslut.beslutsdatum, MANADER))
            yield _Steg(dag, "verkstalld", beslut.notis)

    def _loper(self, beslut: Beslut) -> bool:
        dag = _start(beslut)
        insats = self._insats(beslut)
        if insats is not None and insats.slut is not None and insats.slut < dag:
            return False
        fore = self._fore[beslut.beslut_id]
        tidigare = [ett for ett in self.klockor(fore) if ett.fran <= dag] if fore else []
        if tidigare:
            verkstalld = tidigare[-1].verkstalld
            return verkstalld is not None and verkstalld <= dag
        # Decided before the bridge was told of the case: that it runs shows by its start alone.
        return insats is not None and insats.start is not None and insats.start < dag

    def _slut(self, beslut_id: str, verkstallda: Sequence[_Steg]) -> Iterator[_Steg]:
        """What ends a decision: one that prolongs it, avslut, its insats, or its own period."""
        for ett in self._efter[beslut_id]:
            yield _Steg(_start(ett), "slut", ett.notis)
        for ett in self._lage.beslut.values():
            dag = ett.notis.datum("slutdatum") or ett.beslutsdatum
            ersatter = ett.ersatter if ett.beslutstyp == "avslut" else None
            if ersatter is not None and self._i_kraft(ersatter, dag) == beslut_id:
                yield _Steg(dag, "slut", ett.notis)
        yield from self._insatser_slut(beslut_id, verkstallda)
        beslut = self._lage.beslut.get(beslut_id)
        if beslut is not None and beslut.till is not None and not self._efter[beslut_id]:
            yield _Steg(beslut.till, "slut", None)

    def _insatser_slut(self, beslut_id: str, verkstallda: Sequence[_Steg]) -> Iterator[_Steg]:
        """An insats that ends, ends its decision; it interrupts one that another then executes."""
        beslut = self._lage.beslut.get(beslut_id)
        forst = min(beslut.beslutsdatum, _start(beslut)) if beslut is not None else date.min
        for insats in self._lage.insatser.values():
            if insats.slut is None or insats.slut < forst or not self._hor_till(insats, beslut_id):
                continue
            fore = [ett for ett in verkstallda if ett.dag <= insats.slut]
            if not fore or fore[-1].insats_id in (None, insats.insats_id):
                sedan = any(ett.dag > insats.slut for ett in verkstallda)
                yield _Steg(insats.slut, "avbrott" if sedan else "slut", insats.slut_notis)

    def _hor_till(self, insats: Insats, beslut_id: str) -> bool:
        beslut = {ett.beslut_id for ett in self._lage.beslut_om(insats.insats_id)}
        verkstallda = self._lage.verkstalligheter.get(beslut_id, ())
        return beslut_id in beslut or insats.insats_id in {ett.insats_id for ett in verkstallda}


def _kor(forsta: Klocka, steg: Iterable[_Steg], *, gar: bool) -> Iterator[Klocka]:
    """Lets the clock run through what happened; ``gar`` when it goes from the beginning."""
    klocka = forsta if gar else None
    for ett in steg:
        if ett.slag == "slut":
            if klocka is not None and (klocka.avbrott is None or klocka.fran < ett.dag):
                yield replace(klocka, upphord=max(ett.dag, klocka.fran), upphord_av=ett.notis)
            return
        if ett.slag == "verkstalld" and klocka is not None:
            dag = max(ett.dag, klocka.fran)
            yield replace(klocka, verkstalld=dag, verkstalld_av=ett.notis)
        if ett.slag == "verkstalld":
            klocka = None
        elif klocka is None:
            klocka = replace(forsta, fran=ett.dag, avbrott=ett.notis)
        if klocka is not None and ett.verkstallighet is not None:
            klocka = replace(klocka, delvis=(*klocka.delvis, ett.verkstallighet))
    if klocka is not None:
        yield klocka


def _dagliga(alla: Sequence[Verkstallighet]) -> Iterator[_Steg]:
    """The executions of a decision, one a day.

    The workflow's latest word of a day stands. A vendor cannot tell a part from the whole: what
    it tells means what the workflow last said (D).
    """
    egna = [ett for ett in alla if ett.notis.typ == _EGEN]
    for dag, samma_dag in groupby(alla, key=lambda ett: ett.fran):
        en = max(samma_dag, key=lambda ett: (ett.notis.typ == _EGEN, *_sagd(ett.notis)))
        delvis = en.delvis
        if en.notis.typ != _EGEN and egna:
            delvis = ([ett for ett in egna if ett.fran <= dag] or egna[:1])[-1].delvis
        yield _Steg(dag, "delvis" if delvis else "verkstalld", en.notis, en)


def _i_ordning(steg: Iterable[_Steg]) -> list[_Steg]:
    return sorted(steg, key=lambda ett: ett.ordning)


def _sagd(en: Notis) -> tuple[datetime, str]:
    return en.tid, en.rad


def _start(beslut: Beslut) -> date:
    return beslut.fran or beslut.beslutsdatum


def _nar(beslut: Beslut) -> tuple[date, date, str]:
    return _start(beslut), beslut.beslutsdatum, beslut.beslut_id
