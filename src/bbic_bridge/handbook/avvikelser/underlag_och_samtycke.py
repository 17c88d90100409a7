"""Steps 2 to 4: what an avtal and a decision rest on: the beslutsunderlag and the consents."""

from collections.abc import Iterator, Mapping
from datetime import date

from bbic_bridge.handbook.avvikelser.malkedja import UNDERLAG
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse
from bbic_bridge.handbook.avvikelser.uppdragen import UPPRATTAT
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL
from bbic_bridge.handbook.lage import Beslut, Lage
from bbic_bridge.handbook.notiser import Notis, forsta

_MATCHNING = ("matchning.foreslagen", "matchningsmote.genomfort", "matchning.samtyckt")
_FOLJER = (*UPPRATTAT, "beslut.verkstall", "beslut.verkstallt")


def beslut_utan_underlag(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when the decision is acted upon; a note in the journal is a lawful exception (B)."""
    for beslut in _fattade(lage):
        if any(beslut.notis.get(falt) for falt in ("beslutsunderlag_id", "underlagsanteckning_id")):
            continue
        if any(underlag.dag <= beslut.beslutsdatum for underlag in lage.av(UNDERLAG)):
            continue
        foljd = forsta(en for en in lage.av(*_FOLJER) if en.get("beslut_id") == beslut.beslut_id)
        if foljd is not None:
            yield avvikelse("beslut.utan_underlag", beslut.beslut_id, foljd.rad)


def samtycke_saknas(lage: Lage) -> Iterator[Avvikelse]:
    """No match that all who consent to it had consented to on the day of the decision."""
    samtyckt = _sista_samtycke(lage)
    for beslut in _fattade(lage):
        alla = any(dag <= beslut.beslutsdatum for dag in samtyckt.values())
        if beslut.insatstyp in KONTAKTPERSON_MFL and not alla:
            yield avvikelse("samtycke.saknas", beslut.beslut_id, beslut.notis.rad)


def avtal_fore_samtycke(lage: Lage) -> Iterator[Avvikelse]:
    """Before the last consent to its match; where it names none, to every one that it can be of."""
    samtyckt = _sista_samtycke(lage)
    for avtal in lage.av("avtal.upprattat"):
        matchningar = _matchningar_for(lage, avtal)
        if matchningar and all(avtal.dag < samtyckt.get(ett, date.min) for ett in matchningar):
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


def _sista_samtycke(lage: Lage) -> Mapping[str, date]:
    """The day of the last consent to each match."""
    sista: dict[str, date] = {}
    for en in lage.av("matchning.samtyckt"):
        for samtycke in en.get("samtycken") or ():
            dag = date.fromisoformat(samtycke["datum"])
            sista[en.get("matchning_id")] = max(dag, sista.get(en.get("matchning_id"), dag))
    return sista


def _fattade(lage: Lage) -> list[Beslut]:
    """The decisions to grant that the workflow has told of; what a vendor tells has no basis."""
    return [
        ett
        for ett in lage.beslut.values()
        if ett.notis.typ == "beslut.fattat" and ett.beslutstyp == "bifall"
    ]
