"""Where a case stands: its beslut and insatser, as its notiser tell them.

Pure and whole: made anew from all notiser, so that their order of arrival changes nothing. What
a vendor told of counts like what the workflow told; of two that speak of the same, the first by
its own time stands. Of a decision it is the workflow's latest word before the execution, and the
others are kept beside it (``andra``) for whoever compares.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import cast

from bbic_bridge.handbook.notiser import Notis, i_ordning
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.handbook.uppgifter import Insatstyp

_BESLUT = {
    "beslut.fattat": None,
    "beslut.fortsatt_bistand": "fortsatt_bistand",
    "beslut.avslut": "avslut",
    "beslut.registrerat": None,
}
_VERKSTALLIGHET = ("beslut.verkstall", "beslut.verkstallt")
_SLUT = ("insats.avsluta", "insats.avslutad")
_GAR_VIDARE = ("fortsatt_bistand", "avslut")
_KNYTER = ("insats_id", "mote_id", "plan_id", "uppdrag_id")
GYNNANDE = frozenset({"bifall", "fortsatt_bistand"})


@dataclass(frozen=True, slots=True)
class Beslut:
    """A decision. ``till`` is the last day of the period, None where it has no end."""

    beslut_id: str
    beslutstyp: str
    insatstyp: Insatstyp | None
    beslutsdatum: date
    fran: date | None
    till: date | None
    ersatter: str | None
    insats_id: str | None
    notis: Notis
    andra: tuple[Notis, ...] = ()

    @property
    def gynnande(self) -> bool:
        """Whether it grants anything: what SoL 34 kap. asks to be executed."""
        return self.beslutstyp in GYNNANDE


@dataclass(frozen=True, slots=True)
class Verkstallighet:
    """An execution; ``delvis`` where only a part of what was granted is given."""

    beslut_id: str
    insats_id: str | None
    insatstyp: Insatstyp | None
    fran: date
    delvis: bool
    notis: Notis


@dataclass(frozen=True, slots=True)
class Insats:
    """An insats. ``start`` is its first day; ``antagen`` where the execution alone tells it."""

    insats_id: str
    insatstyp: Insatstyp | None
    start: date | None
    antagen: bool
    slut: date | None
    start_notis: Notis | None = None
    slut_notis: Notis | None = None


class Lage:
    """A case as its notiser tell it.

    Args:
        notiser: of one case, in any order.
    """

    def __init__(self, notiser: Iterable[Notis]) -> None:
        self.notiser = i_ordning(notiser)
        self._av_typ: defaultdict[str, list[Notis]] = defaultdict(list)
        for en in self.notiser:
            self._av_typ[en.typ].append(en)

    def av(self, *typer: str) -> tuple[Notis, ...]:
        """The events of these types, by their own times."""
        return i_ordning(en for typ in typer for en in self._av_typ[typ])

    @cached_property
    def beslut(self) -> Mapping[str, Beslut]:
        """Decisions by id, the earliest first."""
        om: defaultdict[str, list[Notis]] = defaultdict(list)
        for en in self.av(*_BESLUT):
            if en.get("beslut_id") is not None and en.datum("beslutsdatum") is not None:
                om[en.get("beslut_id")].append(en)
        alla = (self._beslut(beslut_id, sagda) for beslut_id, sagda in om.items())
        return {ett.beslut_id: ett for ett in sorted(alla, key=lambda b: b.beslutsdatum)}

    @cached_property
    def verkstalligheter(self) -> Mapping[str, tuple[Verkstallighet, ...]]:
        """Executions by the decision they execute, the earliest first."""
        om: defaultdict[str, list[Verkstallighet]] = defaultdict(list)
        for en in self.av(*_VERKSTALLIGHET):
            fran = en.datum("fran")
            if en.get("beslut_id") is not None and fran is not None:
                om[en.get("beslut_id")].append(
                    Verkstallighet(
                        beslut_id=en.get("beslut_id"),
                        insats_id=en.get("insats_id"),
                        insatstyp=en.get("insatstyp"),
                        fran=fran,
                        delvis=bool(en.get("delvis")),
                        notis=en,
                    )
                )
        return {ett: tuple(sorted(alla, key=lambda v: v.fran)) for ett, alla in om.items()}

    def verkstalld_av(self, en: Notis) -> Notis | None:
        """What told first that a decision is executed, be it in part: for avslut, that its insats
        is closed.

        Args:
            en: a word of the decision.
        """
        if beslutstyp_av(en) == "avslut":
            return next(iter(self.om_insats(en.get("insats_id") or "", *_SLUT)), None)
        alla = (ett.notis for ett in self.verkstalligheter.get(en.get("beslut_id"), ()))
        return min(alla, key=_sagd, default=None)

    @cached_property
    def insatser(self) -> Mapping[str, Insats]:
        """Insatser by id, of everything that names one."""
        ids = dict.fromkeys(en.get("insats_id") for en in self.notiser if en.get("insats_id"))
        return {insats_id: self._insats(insats_id) for insats_id in ids}

    def om_insats(self, insats_id: str, *typer: str) -> tuple[Notis, ...]:
        """The events of these types that name the insats."""
        return tuple(en for en in self.av(*typer) if en.get("insats_id") == insats_id)

    def beslut_om(self, insats_id: str) -> tuple[Beslut, ...]:
        """The decisions that an insats rests on and has rested on, the earliest first."""
        ids = {ett.beslut_id for ett in self.beslut.values() if ett.insats_id == insats_id}
        for en in self.notiser:
            if en.get("insats_id") == insats_id and en.get("beslut_id") is not None:
                ids.add(en.get("beslut_id"))
        ids |= {self.beslut[ett].ersatter or ett for ett in ids if ett in self.beslut}
        return tuple(ett for ett in self.beslut.values() if ett.beslut_id in ids)

    def insatser_om(self, beslut_id: str) -> tuple[Insats, ...]:
        """The insatser that rest or have rested on a decision."""
        return tuple(self.insatser[ett] for ett in self._insatser_av_beslut.get(beslut_id, ()))

    def insatstyp_av(self, beslut: Beslut) -> Insatstyp | None:
        """The kind that a decision is about, told by it or by its insats."""
        typer = (ett.insatstyp for ett in self.insatser_om(beslut.beslut_id))
        return beslut.insatstyp or next((typ for typ in typer if typ is not None), None)

    def ersatt_av(self, beslut_id: str) -> tuple[Beslut, ...]:
        """The decisions that go on from this one: fortsatt bistånd and avslut, the earliest first.

        A vendor's decision does not name the one before it: that is the latest earlier one of the
        same insats, or of the same kind (D).
        """
        return tuple(self._efterfoljare.get(beslut_id, ()))

    def insats_av(self, en: Notis, typer: Collection[Insatstyp] | None = None) -> str | None:
        """The insats that an event is about, None where that is not clear.

        It names it, or names something that another event ties to it; else the case has only one
        that it can be about (D).

        Args:
            typer: the kinds that such an event can be about; None for all.
        """
        if (knuten := self.knuten_insats(en)) is not None:
            return knuten
        mojliga = [
            ett.insats_id
            for ett in self.insatser.values()
            if (typer is None or ett.insatstyp is None or ett.insatstyp in typer)
            and (ett.slut is None or ett.slut >= en.dag)
        ]
        return mojliga[0] if len(mojliga) == 1 else None

    def knuten_insats(self, en: Notis) -> str | None:
        """The insats that an event names, or that another ties to what it names."""
        ids = ((falt, en.get(falt) or "") for falt in _KNYTER)
        return next((self._knutna[ett] for ett in ids if ett in self._knutna), None)

    @cached_property
    def _knutna(self) -> Mapping[tuple[str, str], str]:
        """The insats that each id which can stand for one is tied to, by the first to say so."""
        knutna: dict[tuple[str, str], str] = {}
        for en in self.notiser:
            for falt in _KNYTER:
                if en.get("insats_id") is not None and en.get(falt) is not None:
                    knutna.setdefault((falt, en.get(falt)), en.get("insats_id"))
        return knutna

    @cached_property
    def _insatser_av_beslut(self) -> Mapping[str, list[str]]:
        om: defaultdict[str, list[str]] = defaultdict(list)
        for insats_id in self.insatser:
            for beslut in self.beslut_om(insats_id):
                om[beslut.beslut_id].append(insats_id)
        return om

    @cached_property
    def _efterfoljare(self) -> Mapping[str, list[Beslut]]:
        efter: defaultdict[str, list[Beslut]] = defaultdict(list)
        for ett in self.beslut.values():
            efter[ett.ersatter or self._foregangare(ett)].append(ett)
        return efter

    def _foregangare(self, beslut: Beslut) -> str:
        if beslut.beslutstyp not in _GAR_VIDARE:
            return ""
        fore = [
            ett.beslut_id
            for ett in self.beslut.values()
            if ett.gynnande
            and ett.beslutsdatum < beslut.beslutsdatum
            and self._ror_samma(ett, beslut)
        ]
        return fore[-1] if fore else ""

    def _ror_samma(self, ett: Beslut, annat: Beslut) -> bool:
        insatser = [set(self._insatser_av_beslut.get(b.beslut_id, ())) for b in (ett, annat)]
        if all(insatser):
            return bool(insatser[0] & insatser[1])
        return self.insatstyp_av(ett) == self.insatstyp_av(annat)

    def _beslut(self, beslut_id: str, sagda: list[Notis]) -> Beslut:
        # What the workflow says of a decision of its own goes before what a vendor shows of it.
        egna = [en for en in sagda if en.typ != "beslut.registrerat"]
        galler = (egna or sagda)[0]
        for en in egna[1:]:
            if not self._sagd_efter_verkstallighet(galler, en):
                galler = en
        return Beslut(
            beslut_id=beslut_id,
            beslutstyp=beslutstyp_av(galler),
            insatstyp=galler.get("insatstyp"),
            beslutsdatum=cast(date, galler.datum("beslutsdatum")),
            fran=galler.datum("fran"),
            till=galler.datum("till"),
            ersatter=galler.get("ersatter"),
            insats_id=galler.get("insats_id"),
            notis=galler,
            andra=tuple(en for en in sagda if en is not galler),
        )

    def _sagd_efter_verkstallighet(self, galler: Notis, en: Notis) -> bool:
        """Whether a decision was executed, as it stood, when another word of it was told."""
        av = self.verkstalld_av(galler)
        if av is not None:
            return _sagd(en) > _sagd(av)
        return self._loper_vidare(galler) and stockholm_date(en.tid) >= _start(galler)

    def _loper_vidare(self, en: Notis) -> bool:
        """Whether it is fortsatt bistånd on an insats that runs: executed by its own first day."""
        if beslutstyp_av(en) != "fortsatt_bistand":
            return False
        insats_id = en.get("insats_id") or ""
        slut = next(iter(self.om_insats(insats_id, *_SLUT)), None)
        if slut is not None and (slut.datum("slutdatum") or slut.dag) < _start(en):
            return False
        return bool(self.om_insats(insats_id, "insats.startad", *_VERKSTALLIGHET))

    def _insats(self, insats_id: str) -> Insats:
        start = next(iter(self.om_insats(insats_id, "insats.startad")), None)
        verkstalld = [
            en for en in self.om_insats(insats_id, *_VERKSTALLIGHET) if en.datum("fran") is not None
        ]
        antagen = start is None and bool(verkstalld)
        if antagen:
            start = min(verkstalld, key=lambda en: cast(date, en.datum("fran")))
        slut = next(iter(self.om_insats(insats_id, *_SLUT)), None)
        typer = (en.get("insatstyp") for en in self.notiser if en.get("insats_id") == insats_id)
        typ = next((ett for ett in typer if ett is not None), None)
        if typ is None:
            typ = next((b.insatstyp for b in self.beslut_om(insats_id) if b.insatstyp), None)
        return Insats(
            insats_id=insats_id,
            insatstyp=typ,
            start=None if start is None else start.datum("fran" if antagen else "datum"),
            antagen=antagen,
            slut=None if slut is None else slut.datum("slutdatum") or slut.dag,
            start_notis=start,
            slut_notis=slut,
        )


def beslutstyp_av(en: Notis) -> str:
    """The kind of decision that a word of it tells of; what grants, where it tells none."""
    return _BESLUT.get(en.typ) or en.get("beslutstyp") or "bifall"


def _sagd(en: Notis) -> tuple[datetime, str]:
    return en.tid, en.rad


def _start(en: Notis) -> date:
    return en.datum("fran") or cast(date, en.datum("beslutsdatum"))
