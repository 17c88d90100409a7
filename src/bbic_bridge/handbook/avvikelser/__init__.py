"""What in a case deviates from the handbook, across and within its documents, for a person.

Pure: made anew from the case's notiser, so that what a late event explains is no deviation. What
should have come before is missed when the next event of its chain has come, never by a clock.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date

from bbic_bridge.handbook.avvikelser.avslutet import avslut_utan_uppfoljning
from bbic_bridge.handbook.avvikelser.beslutsandring import andrade_beslut
from bbic_bridge.handbook.avvikelser.malkedja import (
    ATERLAMNAD,
    FASTSTALLD,
    UNDERLAG,
    UPPFOLJNING,
    egna_mal,
    mal_och_bedomning,
)
from bbic_bridge.handbook.avvikelser.ouppfyllt import KRAVSLAG, ouppfyllda_krav
from bbic_bridge.handbook.avvikelser.slag import SLAG, Avvikelse, Plats, Slag, avvikelse
from bbic_bridge.handbook.avvikelser.uppdragen import UPPRATTAT
from bbic_bridge.handbook.avvikelser.vardplanens_mal import mal_utan_insats
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL, VARDNADSHAVARE, Roll
from bbic_bridge.handbook.lage import Beslut, Lage
from bbic_bridge.handbook.notiser import Notis, efter
from bbic_bridge.handbook.uppgifter import Insatstyp

__all__ = ["REGLER", "SLAGEN", "Avvikelse", "Plats", "avvikelser"]

SLAGEN: Mapping[str, Slag] = {**SLAG, **KRAVSLAG}
"""Every kind of deviation by its ``kod``."""

UPPFOLJNINGSMOTE = "uppfoljningsmote.genomfort"
_MATCHNING = ("matchning.foreslagen", "matchningsmote.genomfort", "matchning.samtyckt")
_VERKSTALLT = ("beslut.verkstall", "beslut.verkstallt")
_SLUT = ("insats.avsluta", "insats.avslutad")
_FAR_KOPIA: Mapping[str, frozenset[Roll]] = {
    "familjehemssekreteraren": frozenset({"familjehemssekreterare"}),
    "vårdnadshavare eller god man": VARDNADSHAVARE,
}
# Kinds whose uppföljning the sources speak of (A:85, B:48).
_FOLJS_UPP: frozenset[Insatstyp] = KONTAKTPERSON_MFL | {"oppenvard"}


def _beslut_utan_underlag(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when the decision is acted upon; a note in the journal is a lawful exception (B)."""
    for beslut in _fattade(lage):
        if any(beslut.notis.get(falt) for falt in ("beslutsunderlag_id", "underlagsanteckning_id")):
            continue
        if any(underlag.dag <= beslut.beslutsdatum for underlag in lage.av(UNDERLAG)):
            continue
        om_beslutet = lage.av(*UPPRATTAT, *_VERKSTALLT)
        foljd = _forsta(en for en in om_beslutet if en.get("beslut_id") == beslut.beslut_id)
        if foljd is not None:
            yield avvikelse("beslut.utan_underlag", beslut.beslut_id, foljd.rad)


def _samtycke_saknas(lage: Lage) -> Iterator[Avvikelse]:
    """No match that all who consent to it had consented to on the day of the decision."""
    samtyckt = _sista_samtycke(lage)
    for beslut in _fattade(lage):
        alla = any(dag <= beslut.beslutsdatum for dag in samtyckt.values())
        if beslut.insatstyp in KONTAKTPERSON_MFL and not alla:
            yield avvikelse("samtycke.saknas", beslut.beslut_id, beslut.notis.rad)


def _avtal_fore_samtycke(lage: Lage) -> Iterator[Avvikelse]:
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


def _uppdrag_saknas(lage: Lage) -> Iterator[Avvikelse]:
    """Only where the bridge was told of the decision: else the uppdrag is older than the bridge."""
    for insats_id in lage.insatser:
        fattat = any(ett.notis.typ == "beslut.fattat" for ett in lage.beslut_om(insats_id))
        foljd = _forsta(lage.om_insats(insats_id, UPPFOLJNING))
        if foljd is not None and fattat and not lage.om_insats(insats_id, *UPPRATTAT):
            yield avvikelse("uppdrag.saknas", insats_id, foljd.rad)


def _uppstartsmote_ej_kallat(lage: Lage) -> Iterator[Avvikelse]:
    """The call names the meeting, or its insats, or nothing that is told of another."""
    for insats_id, mote in _moten(lage, "uppstartsmote.genomfort", KONTAKTPERSON_MFL):
        kallat = any(
            kallelse.get("mote_id") == mote.get("mote_id")
            or lage.insats_av(kallelse, KONTAKTPERSON_MFL) in (None, insats_id)
            for kallelse in lage.av("uppstartsmote.kallat")
        )
        if not kallat:
            yield avvikelse("uppstartsmote.ej_kallat", mote.get("mote_id"), mote.rad)


def _uppfoljningsmote_ej_bokat(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when the plan is settled or the insats followed up, with no meeting booked or held."""
    for insats_id, mote in _moten(lage, "uppstartsmote.genomfort", KONTAKTPERSON_MFL):
        bokade = lage.om_insats(insats_id, "uppfoljningsmote.bokat", UPPFOLJNINGSMOTE)
        if bokade or mote.get("uppfoljningsmote_bokat") is not None:
            continue
        foljd = efter(lage.om_insats(insats_id, FASTSTALLD, UPPFOLJNING), mote.dag)
        if foljd is not None:
            yield avvikelse("uppfoljningsmote.ej_bokat", mote.get("mote_id"), foljd.rad)


def _plan_ej_undertecknad(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when a HVB's own mål are followed up, or its insats ends, and nobody has signed."""
    undertecknade = {en.get("plan_id") for en in lage.av("genomforandeplan.undertecknad")}
    for plan in lage.av(ATERLAMNAD):
        if plan.get("insatstyp") != "hvb" or plan.get("plan_id") in undertecknade:
            continue
        om_insatsen = lage.om_insats(plan.get("insats_id"), UPPFOLJNINGSMOTE, UPPFOLJNING, *_SLUT)
        foljd = efter(om_insatsen, plan.dag)
        if foljd is not None and egna_mal(lage, plan):
            yield avvikelse("plan.ej_undertecknad", plan.get("plan_id"), foljd.rad)


def _barnsamtal_ej_erbjudet(lage: Lage) -> Iterator[Avvikelse]:
    """Each uppföljningsmöte asks for an offer of its own, since the one before."""
    senast: dict[str, date] = {}
    for insats_id, mote in _moten(lage, UPPFOLJNINGSMOTE, KONTAKTPERSON_MFL):
        fore, senast[insats_id] = senast.get(insats_id, date.min), mote.dag
        erbjudna = lage.om_insats(insats_id, "barnsamtal.erbjudet", "barnsamtal.genomfort")
        if not any(fore < en.dag <= mote.dag for en in erbjudna):
            yield avvikelse("barnsamtal.ej_erbjudet", mote.get("mote_id"), mote.rad)


def _uppfoljning_ej_dokumenterad(lage: Lage) -> Iterator[Avvikelse]:
    """Seen at the next uppföljningsmöte, or when the insats ends: one uppföljning for each.

    What is documented before the meeting, as its basis, counts too (A:97).
    """
    moten: defaultdict[str, list[Notis]] = defaultdict(list)
    for insats_id, mote in _moten(lage, UPPFOLJNINGSMOTE, _FOLJS_UPP):
        moten[insats_id].append(mote)
    for insats_id, hallna in moten.items():
        dokumenterade = lage.om_insats(insats_id, UPPFOLJNING)
        for nummer, mote in enumerate(hallna, start=1):
            foljd = efter([*hallna[nummer:], *lage.om_insats(insats_id, *_SLUT)], mote.dag)
            if foljd is None:
                continue
            if len([en for en in dokumenterade if en.dag <= foljd.dag]) < nummer:
                yield avvikelse("uppfoljning.ej_dokumenterad", mote.get("mote_id"), foljd.rad)


def _fortsatt_bistand(lage: Lage) -> Iterator[Avvikelse]:
    """Copies and a new avtal, seen when the prolonged period is followed up or ends."""
    for beslut in lage.beslut.values():
        if beslut.notis.typ != "beslut.fortsatt_bistand":
            continue
        fran = beslut.fran or beslut.beslutsdatum
        om_insatsen = lage.om_insats(
            beslut.insats_id or "", UPPFOLJNINGSMOTE, UPPFOLJNING, "beslut.fortsatt_bistand", *_SLUT
        )
        foljd = efter(om_insatsen, max(fran, beslut.beslutsdatum), utom=beslut.notis)
        if foljd is None or beslut.insatstyp not in KONTAKTPERSON_MFL:
            continue
        if utan_kopia := _utan_kopia(lage, beslut):
            saknas = " och ".join(utan_kopia)
            yield avvikelse("kopia.ej_lamnad", beslut.beslut_id, foljd.rad, saknas=saknas)
        if not any(_nytt(avtal, beslut, fran) for avtal in lage.av("avtal.upprattat")):
            yield avvikelse("avtal.ej_fornyat", beslut.beslut_id, foljd.rad)


def _utan_kopia(lage: Lage, beslut: Beslut) -> list[str]:
    """Who has no copy of a decision, by all that were handed out: one may hold only some."""
    kopior = (en for en in lage.av("kopia.lamnad") if en.get("beslut_id") == beslut.beslut_id)
    fatt = {mottagare.get("roll") for en in kopior for mottagare in en.get("mottagare") or ()}
    return [vem for vem, roller in _FAR_KOPIA.items() if fatt.isdisjoint(roller)]


def _nytt(avtal: Notis, beslut: Beslut, fran: date) -> bool:
    """Whether an avtal is of the prolonged period: it begins with it, or was drawn up since (D)."""
    borjar = avtal.datum("fran")
    return avtal.dag >= beslut.beslutsdatum or (borjar is not None and borjar >= fran)


def _utredning_ej_inledd(lage: Lage) -> Iterator[Avvikelse]:
    """New needs at an uppföljning, or worry when the family declines, and the case goes on."""
    for en in lage.av(UPPFOLJNING):
        if "ny_utredning" in (en.get("nasta_steg") or ()):
            om_insatsen = lage.om_insats(
                en.get("insats_id"), UPPFOLJNINGSMOTE, UPPFOLJNING, "beslut.avslut", *_SLUT
            )
            foljd = efter([ett for ett in om_insatsen if ett.dag > en.dag], en.dag)
            yield from _utan_utredning(lage, en, en.get("uppfoljning_id"), foljd)
    for en in lage.av("beslut.avslut"):
        if en.get("orsak") == "familjen_tackar_nej" and en.get("oro_for_barnet") is True:
            foljd = _forsta(lage.om_insats(en.get("insats_id"), *_SLUT))
            yield from _utan_utredning(lage, en, en.get("beslut_id"), foljd)


def _utan_utredning(lage: Lage, en: Notis, objekt: str, foljd: Notis | None) -> Iterator[Avvikelse]:
    """Opened in connection with the uppföljning (A:111): since the meeting that it followed."""
    insats_id = en.get("insats_id")
    moten = lage.om_insats(insats_id, UPPFOLJNINGSMOTE, UPPFOLJNING)
    sedan = max((ett.dag for ett in moten if ett.dag <= en.dag and ett is not en), default=en.dag)
    inledd = any(
        ett.dag >= sedan or ett.get("insats_id") == insats_id for ett in lage.av("utredning.inledd")
    )
    if foljd is not None and not inledd:
        yield avvikelse("utredning.ej_inledd", objekt, foljd.rad)


def _fattade(lage: Lage) -> list[Beslut]:
    """The decisions to grant that the workflow has told of; what a vendor tells has no basis."""
    return [
        ett
        for ett in lage.beslut.values()
        if ett.notis.typ == "beslut.fattat" and ett.beslutstyp == "bifall"
    ]


def _moten(lage: Lage, typ: str, typer: Collection[Insatstyp]) -> Iterator[tuple[str, Notis]]:
    """The meetings of these kinds of insats, each with its insats; by day."""
    for mote in sorted(lage.av(typ), key=lambda en: (en.dag, en.tid, en.rad)):
        insats_id = lage.insats_av(mote, typer)
        if insats_id is not None and lage.insatser[insats_id].insatstyp in typer:
            yield insats_id, mote


def _forsta(notiser: Iterable[Notis]) -> Notis | None:
    return next(iter(notiser), None)


REGLER: tuple[Callable[[Lage], Iterator[Avvikelse]], ...] = (
    mal_och_bedomning,
    mal_utan_insats,
    _avtal_fore_samtycke,
    _beslut_utan_underlag,
    _samtycke_saknas,
    _uppdrag_saknas,
    _uppstartsmote_ej_kallat,
    _uppfoljningsmote_ej_bokat,
    _plan_ej_undertecknad,
    andrade_beslut,
    ouppfyllda_krav,
    _barnsamtal_ej_erbjudet,
    _uppfoljning_ej_dokumenterad,
    _fortsatt_bistand,
    _utredning_ej_inledd,
    avslut_utan_uppfoljning,
)


def avvikelser(lage: Lage) -> tuple[Avvikelse, ...]:
    """All that deviates, rule by rule."""
    return tuple(en for regel in REGLER for en in regel(lage))
