"""An uppföljning tells how far each delmål of the plan has been reached (B:62)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from bbic_bridge.handbook.avvikelser.malkedja import INKOMMEN, PLANER, UPPFOLJNING
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, Plats, avvikelse
from bbic_bridge.handbook.avvikelser.uppdragen import Uppdragen
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, sista_ord

_EN_DAG = timedelta(days=1)


def delmal_utan_resultat(lage: Lage) -> Iterator[Avvikelse]:
    """By the plan that was in force when its day began: it may have been changed the same day."""
    for uppfoljning in sista_ord(lage.av(UPPFOLJNING), "uppfoljning_id"):
        plan = _plan(lage, uppfoljning, uppfoljning.dag - _EN_DAG)
        ny = _plan(lage, uppfoljning, uppfoljning.dag)
        if plan is not None and (ny is plan or (ny and any(_utan_resultat(lage, ny, uppfoljning)))):
            yield from _utan_resultat(lage, plan, uppfoljning)


def _utan_resultat(lage: Lage, plan: Notis, uppfoljning: Notis) -> Iterator[Avvikelse]:
    """A mål that is not followed up at all is missing as such (``mal.saknas``)."""
    foljda = set(_namn(uppfoljning.get("mal") or (), "mal_id"))
    klara = {*_resultat(uppfoljning), *_natt_tidigare(lage, uppfoljning)}
    for nummer, mal in enumerate(plan.get("mal") or ()):
        if foljda.isdisjoint(_namn([mal], "mal_id")):
            continue
        for del_nummer, delmal in enumerate(mal.get("delmal") or ()):
            if klara.isdisjoint(_namn([delmal], "delmal_id")):
                yield avvikelse(
                    "delmal.utan_resultat",
                    delmal["delmal_id"],
                    uppfoljning.rad,
                    (Plats(plan.rad, f"/mal/{nummer}/delmal/{del_nummer}/text"), None),
                    skillnad=uppfoljning.get("uppfoljning_id"),
                )


def _natt_tidigare(lage: Lage, uppfoljning: Notis) -> Iterator[str]:
    """What earlier uppföljningar called reached: as a rule only what is new is told (B:62-63)."""
    for en in lage.om_insats(uppfoljning.get("insats_id"), UPPFOLJNING):
        if en.dag < uppfoljning.dag:
            yield from _resultat(en, "positiv_malet_uppfyllt")


def _resultat(uppfoljning: Notis, forandring: str | None = None) -> Iterator[str]:
    """The delmål that have a result, or this result."""
    for mal in uppfoljning.get("mal") or ():
        for delmal in mal.get("delmal") or ():
            if forandring in (None, delmal.get("forandring")):
                yield from _namn([delmal], "delmal_id")


def _namn(delar: Iterable[Mapping[str, Any]], eget: str) -> Iterator[str]:
    """What each is known by: its id, and its text under another id."""
    for del_ in delar:
        yield from (del_[falt] for falt in (eget, "text") if del_.get(falt) is not None)


def _plan(lage: Lage, uppfoljning: Notis, dag: date) -> Notis | None:
    """The plan in force on a day, of the same uppdrag or insats.

    Of a plan that the workflow and a vendor tell of, the workflow's word holds the delmål.
    """
    versioner = Uppdragen(lage).versioner(uppfoljning.get("uppdrag_id") or "")
    egna = {ett.uppdrag_id for ett in versioner}
    planer = [
        en for en in lage.av(*PLANER) if en.dag <= dag and _om_samma(lage, en, uppfoljning, egna)
    ]
    ersatta = {en.get("ersatter") for en in planer}
    kvar = [en for en in planer if en.get("plan_id") not in ersatta]
    return max(kvar, key=lambda en: (en.dag, en.typ != INKOMMEN, en.tid, en.rad), default=None)


def _om_samma(lage: Lage, plan: Notis, uppfoljning: Notis, egna: Collection[str]) -> bool:
    """Whether a plan is of one of the uppdrag that an uppföljning is of, where both name one."""
    if egna and plan.get("uppdrag_id") is not None:
        return plan.get("uppdrag_id") in egna
    return bool(lage.knuten_insats(plan) == uppfoljning.get("insats_id"))
