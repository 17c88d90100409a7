"""Step 12: what an uppföljning and fortsatt bistånd call for, and nobody has done."""

from collections.abc import Iterator, Mapping
from datetime import date

from bbic_bridge.handbook.avvikelser.malkedja import FASTSTALLD, UPPFOLJNING
from bbic_bridge.handbook.avvikelser.moten import SLUT, UPPFOLJNINGSMOTE
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse, saknade
from bbic_bridge.handbook.avvikelser.uppdragen import UPPRATTAT
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL, VARDNADSHAVARE, NastaSteg, Roll
from bbic_bridge.handbook.lage import Beslut, Lage
from bbic_bridge.handbook.notiser import Notis, efter, forsta, sista_ord


def fortsatt_bistand(lage: Lage) -> Iterator[Avvikelse]:
    """Copies and a new avtal, seen when the prolonged period is followed up or ends."""
    for beslut in lage.beslut.values():
        if beslut.notis.typ != "beslut.fortsatt_bistand":
            continue
        fran = beslut.fran or beslut.beslutsdatum
        om_insatsen = lage.om_insats(
            beslut.insats_id or "", UPPFOLJNINGSMOTE, UPPFOLJNING, "beslut.fortsatt_bistand", *SLUT
        )
        foljd = efter(om_insatsen, max(fran, beslut.beslutsdatum), utom=beslut.notis)
        if foljd is None or beslut.insatstyp not in KONTAKTPERSON_MFL:
            continue
        if saknas := saknade(_far_kopia(lage), _har_kopia(lage, beslut)):
            yield avvikelse("kopia.ej_lamnad", beslut.beslut_id, foljd.rad, saknas=saknas)
        if not any(_nytt(avtal, beslut, fran) for avtal in lage.av("avtal.upprattat")):
            yield avvikelse("avtal.ej_fornyat", beslut.beslut_id, foljd.rad)


def _far_kopia(lage: Lage) -> Mapping[str, frozenset[Roll]]:
    """The child is a party by its age, which is not read here: it is asked for where vårdnadshavare
    and god man were no parties to the match."""
    utan = any(
        en.get("vardnadshavares_samtycke_saknas_for") for en in lage.av("matchning.samtyckt")
    )
    return {
        "familjehemssekreteraren": frozenset({"familjehemssekreterare"}),
        **(
            {"barnet": VARDNADSHAVARE | {"barn"}}
            if utan
            else {"vårdnadshavare eller god man": VARDNADSHAVARE}
        ),
    }


def _har_kopia(lage: Lage, beslut: Beslut) -> set[str]:
    """The roles of all who were handed a copy of a decision: one may hold only some."""
    kopior = (en for en in lage.av("kopia.lamnad") if en.get("beslut_id") == beslut.beslut_id)
    return {mottagare["roll"] for en in kopior for mottagare in en.get("mottagare") or ()}


def _nytt(avtal: Notis, beslut: Beslut, fran: date) -> bool:
    """Whether an avtal is of the prolonged period: it begins with it, or was drawn up since (D)."""
    borjar = avtal.datum("fran")
    return avtal.dag >= beslut.beslutsdatum or (borjar is not None and borjar >= fran)


def uppdrag_ej_reviderat(lage: Lage) -> Iterator[Avvikelse]:
    """A new uppdrag since the uppföljning; for kontaktperson and the like the plan holds it (A)."""
    for en, foljd in _foljda(lage, "reviderat_uppdrag"):
        insats_id, sedan = en.get("insats_id"), _sedan(lage, en)
        i_planen = lage.insatser[insats_id].insatstyp in KONTAKTPERSON_MFL
        nya = lage.om_insats(insats_id, *UPPRATTAT, *((FASTSTALLD,) if i_planen else ()))
        if not any(ett.dag >= sedan for ett in nya):
            yield avvikelse("uppdrag.ej_reviderat", en.get("uppfoljning_id"), foljd.rad)


def beslut_ej_fattat(lage: Lage) -> Iterator[Avvikelse]:
    """A decision since the uppföljning, beside those that it names as steps of their own."""
    for en, foljd in _foljda(lage, "nytt_beslut"):
        sedan, annat = _sedan(lage, en), en.get("nasta_steg")
        fattat = any(
            ett.beslutsdatum >= sedan
            and ett.beslutstyp not in annat
            and ett.insats_id in (None, en.get("insats_id"))
            for ett in lage.beslut.values()
        )
        if not fattat:
            yield avvikelse("beslut.ej_fattat", en.get("uppfoljning_id"), foljd.rad)


def _foljda(lage: Lage, steg: NastaSteg) -> Iterator[tuple[Notis, Notis]]:
    """The uppföljningar that call for a step, by their last words, each with the next one."""
    for en in sista_ord(lage.av(UPPFOLJNING), "uppfoljning_id"):
        if steg not in (en.get("nasta_steg") or ()):
            continue
        om_insatsen = lage.om_insats(en.get("insats_id"), UPPFOLJNING)
        foljd = efter((ett for ett in om_insatsen if ett.dag > en.dag), en.dag)
        if foljd is not None:
            yield en, foljd


def _sedan(lage: Lage, en: Notis) -> date:
    """The day of the meeting that an uppföljning is of, its own where there is none."""
    insats_id = en.get("insats_id")
    tidigare = (ett.dag for ett in lage.om_insats(insats_id, UPPFOLJNING) if ett.dag < en.dag)
    fore = max(tidigare, default=date.min)
    moten = (ett.dag for ett in lage.om_insats(insats_id, UPPFOLJNINGSMOTE))
    return max((dag for dag in moten if fore < dag <= en.dag), default=en.dag)


def utredning_ej_inledd(lage: Lage) -> Iterator[Avvikelse]:
    """New needs at an uppföljning, or worry when the family declines, and the case goes on."""
    for en in lage.av(UPPFOLJNING):
        if "ny_utredning" in (en.get("nasta_steg") or ()):
            om_insatsen = lage.om_insats(
                en.get("insats_id"), UPPFOLJNINGSMOTE, UPPFOLJNING, "beslut.avslut", *SLUT
            )
            foljd = efter([ett for ett in om_insatsen if ett.dag > en.dag], en.dag)
            yield from _utan_utredning(lage, en, en.get("uppfoljning_id"), foljd)
    for en in lage.av("beslut.avslut"):
        if en.get("orsak") == "familjen_tackar_nej" and en.get("oro_for_barnet") is True:
            foljd = forsta(lage.om_insats(en.get("insats_id"), *SLUT))
            yield from _utan_utredning(lage, en, en.get("beslut_id"), foljd)


def behov_ej_aktualiserat(lage: Lage) -> Iterator[Avvikelse]:
    """New needs are taken up, at any time since the insats was decided; seen when the utredning
    about them is opened (B)."""
    for en in lage.av(UPPFOLJNING):
        if "ny_utredning" not in (en.get("nasta_steg") or ()):
            continue
        inledd = efter(lage.av("utredning.inledd"), _i_samband(lage, en))
        besluten = lage.beslut_om(en.get("insats_id"))
        sedan = min((ett.beslutsdatum for ett in besluten), default=en.dag)
        if inledd is not None and efter(lage.av("arende.aktualiserat"), sedan) is None:
            yield avvikelse("behov.ej_aktualiserat", en.get("uppfoljning_id"), inledd.rad)


def _i_samband(lage: Lage, en: Notis) -> date:
    """Since the meeting that an uppföljning followed, or the one before (A:111)."""
    moten = lage.om_insats(en.get("insats_id"), UPPFOLJNINGSMOTE, UPPFOLJNING)
    return max((ett.dag for ett in moten if ett.dag <= en.dag and ett is not en), default=en.dag)


def _utan_utredning(lage: Lage, en: Notis, objekt: str, foljd: Notis | None) -> Iterator[Avvikelse]:
    insats_id, sedan = en.get("insats_id"), _i_samband(lage, en)
    inledd = any(
        ett.dag >= sedan or ett.get("insats_id") == insats_id for ett in lage.av("utredning.inledd")
    )
    if foljd is not None and not inledd:
        yield avvikelse("utredning.ej_inledd", objekt, foljd.rad)
