"""Steps 5 and 7: that an insats has its uppdrag, and the home's own plan its signatures."""

from collections.abc import Iterator

from bbic_bridge.handbook.avvikelser.malkedja import ATERLAMNAD, UPPFOLJNING, egna_mal
from bbic_bridge.handbook.avvikelser.moten import SLUT, UPPFOLJNINGSMOTE
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse
from bbic_bridge.handbook.avvikelser.uppdragen import UPPRATTAT
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import efter, forsta


def uppdrag_saknas(lage: Lage) -> Iterator[Avvikelse]:
    """Only where the bridge was told of the decision: else the uppdrag is older than the bridge."""
    for insats_id in lage.insatser:
        fattat = any(ett.notis.typ == "beslut.fattat" for ett in lage.beslut_om(insats_id))
        foljd = forsta(lage.om_insats(insats_id, UPPFOLJNING))
        if foljd is not None and fattat and not lage.om_insats(insats_id, *UPPRATTAT):
            yield avvikelse("uppdrag.saknas", insats_id, foljd.rad)


def plan_ej_undertecknad(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when a HVB's own mål are followed up, or its insats ends, and nobody has signed."""
    undertecknade = {en.get("plan_id") for en in lage.av("genomforandeplan.undertecknad")}
    for plan in lage.av(ATERLAMNAD):
        if plan.get("insatstyp") != "hvb" or plan.get("plan_id") in undertecknade:
            continue
        om_insatsen = lage.om_insats(plan.get("insats_id"), UPPFOLJNINGSMOTE, UPPFOLJNING, *SLUT)
        foljd = efter(om_insatsen, plan.dag)
        if foljd is not None and egna_mal(lage, plan):
            yield avvikelse("plan.ej_undertecknad", plan.get("plan_id"), foljd.rad)
