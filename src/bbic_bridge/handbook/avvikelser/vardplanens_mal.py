"""A vårdplan's mål are met with insatser (B:94): each stands in an uppdrag or plan of the case."""

from collections.abc import Iterator

from bbic_bridge.handbook.avvikelser.malkedja import PLANER, UPPFOLJNING, VARDPLAN, malen
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse
from bbic_bridge.handbook.avvikelser.uppdragen import UPPRATTAT, Uppdragen
from bbic_bridge.handbook.kodlistor import PLACERING
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, efter

_VISAR = (UPPFOLJNING, "uppfoljningsmote.genomfort", "insats.avsluta", "insats.avslutad")


def mal_utan_insats(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when an insats of the placement is followed up or ends while the vårdplan is in force.

    A mål that is held in other words is no mål without insats: that is ``mal.andrat``.
    """
    hallna = _hallna(lage)
    for plan in lage.av(VARDPLAN):
        insatser = _insatser(lage, plan)
        om_dem = (en for en in lage.av(*_VISAR) if lage.knuten_insats(en) in insatser)
        foljd = efter(om_dem, plan.dag)
        if foljd is None or _ersatt(lage, plan, foljd):
            continue
        for mal in malen(plan):
            if hallna.isdisjoint((mal.mal_id, mal.text)):
                jamfor = (mal.plats, None)
                yield avvikelse(
                    "vardplan.mal_utan_insats", mal.mal_id, foljd.rad, jamfor, skillnad=mal.text
                )


def _hallna(lage: Lage) -> set[str]:
    """Ids and digests of the mål of every plan, and every uppdrag that was not declined."""
    antagna = (ett for ett in Uppdragen(lage).alla.values() if ett.genom != "avbojt")
    haller = (*lage.av(*PLANER), *(en for ett in antagna for en in ett.notiser))
    return {varde for en in haller for mal in malen(en) for varde in (mal.mal_id, mal.text)}


def _insatser(lage: Lage, plan: Notis) -> set[str]:
    """Those that rest on the vårdplan: they name it, or are placements that name no other (D)."""
    egna = _kedja(lage, plan)
    namner = [en for en in lage.av(*UPPRATTAT, *PLANER) if en.get("vardplan_id") is not None]
    pa_den = {en.get("insats_id") for en in namner if en.get("vardplan_id") in egna}
    andras = {en.get("insats_id") for en in namner} - pa_den
    placeringar = {ett.insats_id for ett in lage.insatser.values() if ett.insatstyp in PLACERING}
    return (placeringar | pa_den) - andras - {None}


def _kedja(lage: Lage, plan: Notis) -> set[str]:
    """The vårdplan and all that it replaces."""
    ersatter = {en.get("vardplan_id"): en.get("ersatter") for en in lage.av(VARDPLAN)}
    kedja: set[str] = set()
    nasta = plan.get("vardplan_id")
    while nasta is not None and nasta not in kedja:
        kedja.add(nasta)
        nasta = ersatter.get(nasta)
    return kedja


def _ersatt(lage: Lage, plan: Notis, foljd: Notis) -> bool:
    return any(
        en.get("ersatter") == plan.get("vardplan_id") and en.dag <= foljd.dag
        for en in lage.av(VARDPLAN)
    )
