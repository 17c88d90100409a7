"""Steps 2 to 4: what an avtal and a decision rest on: the beslutsunderlag and the consents."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from bbic_bridge.handbook.avvikelser.malkedja import UNDERLAG
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse
from bbic_bridge.handbook.avvikelser.uppdragen import UPPRATTAT
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL, VARDNADSHAVARE, Roll
from bbic_bridge.handbook.lage import Beslut, Lage
from bbic_bridge.handbook.notiser import Notis, forsta

_MATCHNING = ("matchning.foreslagen", "matchningsmote.genomfort", "matchning.samtyckt")
# Whose consent is asked for, by the field that says why it is missing.
_SAMTYCKER: Mapping[str, frozenset[Roll]] = {
    "barnets_samtycke_saknas_for": frozenset({"barn"}),
    "vardnadshavares_samtycke_saknas_for": VARDNADSHAVARE,
}
_FOLJER = (*UPPRATTAT, "beslut.verkstall", "beslut.verkstallt")


@dataclass(frozen=True, slots=True)
class _Samtycken:
    """Those to one match: the day of the last, and whether all have consented whose consent is
    asked for (A:23): the child, and vårdnadshavare or god man, but for whom a reason is told."""

    sist: date
    av_alla: bool

    @classmethod
    def av(cls, sagda: Collection[Notis]) -> Self:
        givna = [ett for en in sagda for ett in en.get("samtycken") or ()]
        roller = {ett["roll"] for ett in givna}
        skal = {falt for en in sagda for falt in _SAMTYCKER if en.get(falt) is not None}
        return cls(
            sist=max((date.fromisoformat(ett["datum"]) for ett in givna), default=date.min),
            av_alla=all(falt in skal or roller & vilka for falt, vilka in _SAMTYCKER.items()),
        )


def beslut_utan_underlag(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when the decision is acted upon; a note in the journal is a lawful exception (B:116)."""
    har = _med_underlag(lage)
    for beslut in _fattade(lage):
        foljd = forsta(en for en in lage.av(*_FOLJER) if en.get("beslut_id") == beslut.beslut_id)
        if foljd is not None and beslut.beslut_id not in har:
            yield avvikelse("beslut.utan_underlag", beslut.beslut_id, foljd.rad)


def _med_underlag(lage: Lage) -> set[str]:
    """The decisions that have a beslutsunderlag of their own by their day, or a note instead."""
    fattade = sorted(_fattade(lage), key=lambda ett: (ett.beslutsdatum, ett.beslut_id))
    antecknade = {ett.beslut_id for ett in fattade if ett.notis.get("underlagsanteckning_id")}
    namner = [ett for ett in fattade if _namngivet(ett) is not None]
    ovriga = [ett for ett in fattade if ett not in namner and ett.beslut_id not in antecknade]
    senast_forst = sorted(lage.av(UNDERLAG), key=lambda en: en.dag, reverse=True)
    dagar = {en.get("beslutsunderlag_id"): en.dag for en in senast_forst}
    namnda = {_namngivet(ett) for ett in namner}
    lediga = [dag for underlag, dag in dagar.items() if underlag not in namnda]
    har = _pa_namngivet(namner, dagar) | _pa_ledigt(ovriga, lediga)
    delade = {ett.beslutsdatum for ett in fattade if ett.beslut_id in har}
    samma_dag = {ett.beslut_id for ett in ovriga if ett.beslutsdatum in delade}
    return antecknade | har | samma_dag


def _pa_namngivet(fattade: list[Beslut], dagar: Mapping[str, date]) -> set[str]:
    """Those whose underlag is there and is no earlier decision's.

    "Eget dokument" is said of each decision, and of new needs in particular (B:113-119). Yet one
    utredning may lead to insatser by several utförare (B:109-112): what is decided on one day may
    share an underlag, and a later decision asks for one of its own.
    """
    forst: dict[str | None, date] = {}
    for ett in fattade:
        forst.setdefault(_namngivet(ett), ett.beslutsdatum)
    return {
        ett.beslut_id
        for ett in fattade
        if dagar.get(_namngivet(ett) or "", date.max) <= ett.beslutsdatum == forst[_namngivet(ett)]
    }


def _pa_ledigt(fattade: list[Beslut], lediga: Iterable[date]) -> set[str]:
    """Those that name none: each, the earliest first, lies on one that no other lies on.

    A decision that only a vendor has told of takes none: it says nothing of its underlag.
    """
    kvar = sorted(lediga)
    har: set[str] = set()
    for ett in fattade:
        if kvar and kvar[0] <= ett.beslutsdatum:
            kvar.pop(0)
            har.add(ett.beslut_id)
    return har


def _namngivet(beslut: Beslut) -> str | None:
    namngivet: str | None = beslut.notis.get("beslutsunderlag_id")
    return namngivet


def samtycke_saknas(lage: Lage) -> Iterator[Avvikelse]:
    """No match that the child and a vårdnadshavare/god man had consented to by the decision.

    A match that was begun since the decision before is this one's, and no earlier one stands in for
    it; where none was, the earlier match may still hold (D).
    """
    samtycken, begyntes = _samtycken(lage), _begyntes(lage)
    fore: Beslut | None = None
    fattade = (ett for ett in _fattade(lage) if ett.insatstyp in KONTAKTPERSON_MFL)
    for beslut in sorted(fattade, key=lambda ett: (ett.beslutsdatum, ett.beslut_id)):
        sedan = date.min if fore is None else fore.beslutsdatum
        egna = {ett for ett, dag in begyntes.items() if sedan < dag <= beslut.beslutsdatum}
        alla = any(
            samtycken[ett].av_alla and samtycken[ett].sist <= beslut.beslutsdatum
            for ett in samtycken.keys() & (egna or begyntes.keys())
        )
        if not alla:
            yield avvikelse("samtycke.saknas", beslut.beslut_id, beslut.notis.rad)
        fore = beslut


def _begyntes(lage: Lage) -> Mapping[str, date]:
    """The first day of each match."""
    dagar: dict[str, date] = {}
    for en in lage.av(*_MATCHNING):
        dagar[en.get("matchning_id")] = min(dagar.get(en.get("matchning_id"), en.dag), en.dag)
    return dagar


def avtal_fore_samtycke(lage: Lage) -> Iterator[Avvikelse]:
    """Before the last consent to its match; where it names none, to every one that it can be of."""
    samtycken = _samtycken(lage)
    for avtal in lage.av("avtal.upprattat"):
        matchningar = _matchningar_for(lage, avtal)
        if matchningar and all(
            ett in samtycken and avtal.dag < samtycken[ett].sist for ett in matchningar
        ):
            yield avvikelse("avtal.fore_samtycke", avtal.get("avtal_id"), avtal.rad)


def _matchningar_for(lage: Lage, avtal: Notis) -> set[str]:
    """The match that an avtal names, else all in the case but those of another resurs (D)."""
    if avtal.get("matchning_id") is not None:
        return {avtal.get("matchning_id")}
    resurs = avtal.get("resurs_id")
    andras = {
        en.get("matchning_id")
        for en in lage.av("matchning.foreslagen")
        if resurs is not None and en.get("resurs_id") not in (None, resurs)
    }
    return {en.get("matchning_id") for en in lage.av(*_MATCHNING)} - andras


def _samtycken(lage: Lage) -> Mapping[str, _Samtycken]:
    """What is told of the consents to each match, in one event or several."""
    om: defaultdict[str, list[Notis]] = defaultdict(list)
    for en in lage.av("matchning.samtyckt"):
        om[en.get("matchning_id")].append(en)
    return {ett: _Samtycken.av(sagda) for ett, sagda in om.items()}


def _fattade(lage: Lage) -> list[Beslut]:
    """The decisions to grant that the workflow has told of; what a vendor tells has no basis."""
    return [
        ett
        for ett in lage.beslut.values()
        if ett.notis.typ == "beslut.fattat" and ett.beslutstyp == "bifall"
    ]
