"""Steps 6, 10 and 11: the meetings, the talk with the child before them, and what follows them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

from bbic_bridge.handbook.avvikelser.malkedja import FASTSTALLD, UPPFOLJNING
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, efter
from bbic_bridge.handbook.uppgifter import Insatstyp

UPPFOLJNINGSMOTE = "uppfoljningsmote.genomfort"
SLUT = ("insats.avsluta", "insats.avslutad")
# Kinds whose uppföljning the sources speak of (A:85, B:48).
_FOLJS_UPP: frozenset[Insatstyp] = KONTAKTPERSON_MFL | {"oppenvard"}


def uppstartsmote_ej_kallat(lage: Lage) -> Iterator[Avvikelse]:
    """The call names the meeting, or its insats, or nothing that is told of another."""
    for insats_id, mote in _moten(lage, "uppstartsmote.genomfort", KONTAKTPERSON_MFL):
        kallat = any(
            kallelse.get("mote_id") == mote.get("mote_id")
            or lage.insats_av(kallelse, KONTAKTPERSON_MFL) in (None, insats_id)
            for kallelse in lage.av("uppstartsmote.kallat")
        )
        if not kallat:
            yield avvikelse("uppstartsmote.ej_kallat", mote.get("mote_id"), mote.rad)


def uppfoljningsmote_ej_bokat(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when the plan is settled or the insats followed up, with no meeting booked or held."""
    for insats_id, mote in _moten(lage, "uppstartsmote.genomfort", KONTAKTPERSON_MFL):
        bokade = lage.om_insats(insats_id, "uppfoljningsmote.bokat", UPPFOLJNINGSMOTE)
        if bokade or mote.get("uppfoljningsmote_bokat") is not None:
            continue
        foljd = efter(lage.om_insats(insats_id, FASTSTALLD, UPPFOLJNING), mote.dag)
        if foljd is not None:
            yield avvikelse("uppfoljningsmote.ej_bokat", mote.get("mote_id"), foljd.rad)


def barnsamtal_ej_erbjudet(lage: Lage) -> Iterator[Avvikelse]:
    """Each uppföljningsmöte asks for an offer of its own, since the one before."""
    senast: dict[str, date] = {}
    for insats_id, mote in _moten(lage, UPPFOLJNINGSMOTE, KONTAKTPERSON_MFL):
        fore, senast[insats_id] = senast.get(insats_id, date.min), mote.dag
        erbjudna = lage.om_insats(insats_id, "barnsamtal.erbjudet", "barnsamtal.genomfort")
        if not any(fore < en.dag <= mote.dag for en in erbjudna):
            yield avvikelse("barnsamtal.ej_erbjudet", mote.get("mote_id"), mote.rad)


def barnsamtal_halls_anda(lage: Lage) -> Iterator[Avvikelse]:
    """A talk that by the last word before it was not to be held, by the child's wish or another
    reason (A:91). An offer of the talk itself goes before others of the insats."""
    erbjudna = sorted(lage.av("barnsamtal.erbjudet"), key=lambda en: (en.dag, en.tid, en.rad))
    for samtal in lage.av("barnsamtal.genomfort"):
        fore = [en for en in erbjudna if en.dag <= samtal.dag]
        egna = [en for en in fore if en.get("barnsamtal_id") == samtal.get("barnsamtal_id")]
        insatsens = [en for en in fore if en.get("insats_id") == samtal.get("insats_id")]
        svar = (egna or insatsens)[-1:]
        if any(en.get("barnets_svar") == "nej" or en.get("halls_inte_for") for en in svar):
            yield avvikelse("barnsamtal.halls_anda", samtal.get("barnsamtal_id"), samtal.rad)


def uppfoljning_ej_dokumenterad(lage: Lage) -> Iterator[Avvikelse]:
    """Seen at the next uppföljningsmöte, or when the insats ends: one uppföljning for each.

    What is documented before the meeting, as its basis, counts too (A:97).
    """
    moten: defaultdict[str, list[Notis]] = defaultdict(list)
    for insats_id, mote in _moten(lage, UPPFOLJNINGSMOTE, _FOLJS_UPP):
        moten[insats_id].append(mote)
    for insats_id, hallna in moten.items():
        dokumenterade = lage.om_insats(insats_id, UPPFOLJNING)
        for nummer, mote in enumerate(hallna, start=1):
            foljd = efter([*hallna[nummer:], *lage.om_insats(insats_id, *SLUT)], mote.dag)
            if foljd is None:
                continue
            if len([en for en in dokumenterade if en.dag <= foljd.dag]) < nummer:
                yield avvikelse("uppfoljning.ej_dokumenterad", mote.get("mote_id"), foljd.rad)


def _moten(lage: Lage, typ: str, typer: Collection[Insatstyp]) -> Iterator[tuple[str, Notis]]:
    """The meetings of these kinds of insats, each with its insats; by day."""
    for mote in sorted(lage.av(typ), key=lambda en: (en.dag, en.tid, en.rad)):
        insats_id = lage.insats_av(mote, typer)
        if insats_id is not None and lage.insatser[insats_id].insatstyp in typer:
            yield insats_id, mote
