"""Steps 5 and 7: that an insats rests on an uppdrag, and that the home's own plan is signed."""

from collections.abc import Iterator, Mapping
from datetime import date

from bbic_bridge.handbook.avvikelser.malkedja import (
    ATERLAMNAD,
    FASTSTALLD,
    PLANER,
    UPPFOLJNING,
    egna_mal,
)
from bbic_bridge.handbook.avvikelser.moten import SLUT, UPPFOLJNINGSMOTE
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse, saknade
from bbic_bridge.handbook.avvikelser.uppdragen import UPPRATTAT, Uppdragen
from bbic_bridge.handbook.kodlistor import VARDNADSHAVARE, Roll
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, efter, forsta

# Those concerned whose signatures are asked for (B:86); the child and the home may sign too.
_UNDERTECKNAR: Mapping[str, frozenset[Roll]] = {
    "vårdnadshavare eller god man": VARDNADSHAVARE,
    "socialsekreteraren": frozenset({"socialsekreterare"}),
}
# What each is called in running text, and the id that tells it from others.
_VILAR_PA_UPPDRAG: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(PLANER, ("genomförandeplanen", "plan_id")),
    UPPFOLJNING: ("uppföljningen", "uppfoljning_id"),
    "beslut.verkstall": ("verkställigheten", "insats_id"),
}


def uppdrag_saknas(lage: Lage) -> Iterator[Avvikelse]:
    """Only where the bridge was told of the decision: else the uppdrag is older than the bridge."""
    for insats_id in lage.insatser:
        fattat = any(ett.notis.typ == "beslut.fattat" for ett in lage.beslut_om(insats_id))
        foljd = forsta(lage.om_insats(insats_id, UPPFOLJNING))
        if foljd is not None and fattat and not lage.om_insats(insats_id, *UPPRATTAT):
            yield avvikelse("uppdrag.saknas", insats_id, foljd.rad)


def uppdrag_upphort(lage: Lage) -> Iterator[Avvikelse]:
    """What rests on an uppdrag and came after it was taken back or declined (D).

    What was done before it was taken back is still followed up where the insats ends.
    """
    uppdragen = Uppdragen(lage)
    sista: dict[tuple[str, str], Notis] = {}
    for en in lage.av(*_VILAR_PA_UPPDRAG):
        vad, eget = _VILAR_PA_UPPDRAG[en.typ]
        sista[vad, en.get(eget) or ""] = en
    for (vad, objekt), en in sista.items():
        if _upphort(uppdragen, en) and not _sista_uppfoljningen(lage, uppdragen, en):
            yield avvikelse("uppdrag.upphort", objekt, en.rad, dokument=vad, skillnad=vad)


def _upphort(uppdragen: Uppdragen, en: Notis) -> bool:
    """Whether the uppdrag that it names, else every one of its insats, had ended before its day."""
    if en.get("uppdrag_id") is not None:
        slut = uppdragen.slut.get(en.get("uppdrag_id"))
        return slut is not None and slut[1] < en.dag
    dagar = [ett.slut or date.max for ett in uppdragen.av_insats(en.get("insats_id") or "")]
    return bool(dagar) and max(dagar) < en.dag


def _sista_uppfoljningen(lage: Lage, uppdragen: Uppdragen, en: Notis) -> bool:
    """Whether it follows up, at the end of its insats, an uppdrag that was carried out until it
    was taken back."""
    genom, _ = uppdragen.slut.get(en.get("uppdrag_id") or "", ("aterkallat", None))
    if en.typ != UPPFOLJNING or genom == "avbojt":
        return False
    insats = lage.insatser.get(en.get("insats_id") or "")
    slut = insats is not None and insats.slut is not None and insats.slut <= en.dag
    return slut or "avslut" in (en.get("nasta_steg") or ())


def plan_ej_undertecknad(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when a HVB's own mål are followed up, or its insats ends, and someone has not signed.

    Signatures may be told one by one; of a plan that another has replaced none is missed.
    """
    ersatta = {en.get("ersatter") for en in lage.av(ATERLAMNAD, FASTSTALLD)}
    for plan in lage.av(ATERLAMNAD):
        saknas = saknade(_UNDERTECKNAR, _underskrifter(lage, plan))
        if plan.get("insatstyp") != "hvb" or plan.get("plan_id") in ersatta or not saknas:
            continue
        om_insatsen = lage.om_insats(plan.get("insats_id"), UPPFOLJNINGSMOTE, UPPFOLJNING, *SLUT)
        foljd = efter(om_insatsen, plan.dag)
        if foljd is not None and egna_mal(lage, plan):
            yield avvikelse("plan.ej_undertecknad", plan.get("plan_id"), foljd.rad, saknas=saknas)


def _underskrifter(lage: Lage, plan: Notis) -> set[str]:
    """The roles of all who have signed a plan."""
    sagda = lage.av("genomforandeplan.undertecknad")
    om_planen = (en for en in sagda if en.get("plan_id") == plan.get("plan_id"))
    return {ett["roll"] for en in om_planen for ett in en.get("underskrifter") or ()}
