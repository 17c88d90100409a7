"""From a document of the handbook to what is to be done at the vendor, one function per operation.

Pure. Texts are carried as they stand; what may not be sent on was taken away before (``skydd``).
"""

from collections.abc import Iterable

from bbic_bridge.handbook import uppgifter as u
from bbic_bridge.handbook.dokument.aktanteckning import AktanteckningRattad, AktanteckningSkriven
from bbic_bridge.handbook.dokument.bas import Deltagare, Kontakt, Mal
from bbic_bridge.handbook.dokument.beslut import (
    BeslutAvslut,
    BeslutFattat,
    BeslutFortsattBistand,
    BeslutVerkstall,
)
from bbic_bridge.handbook.dokument.insats import InsatsAvsluta, ResursTilldela
from bbic_bridge.handbook.dokument.moten import BarnsamtalGenomfort, Mote
from bbic_bridge.handbook.dokument.uppdrag import (
    UppdragAterkallat,
    UppdragReviderat,
    UppdragUpprattat,
)
from bbic_bridge.handbook.kodlistor import ROLLER
from bbic_bridge.handbook.stockholm import in_words


def person(en: u.Person) -> u.Person:
    """The person as every vendor needs to know them."""
    return u.Person(personnummer=en.personnummer, namn=en.namn, skydd=en.skydd)


def deltagarlista(deltagare: Iterable[Deltagare]) -> tuple[str, ...]:
    """Who took part and as what: ``Namn (roll)``."""
    return tuple(f"{en.namn} ({ROLLER[en.roll]})" for en in deltagare)


def mal_som_uppgift(mal: Iterable[Mal]) -> tuple[u.Mal, ...]:
    """The goals, byte for byte."""
    return tuple(u.Mal(mal_id=ett.mal_id, text=ett.text, omraden=ett.omraden) for ett in mal)


def kontaktuppgifter(kontakter: Iterable[Kontakt]) -> tuple[u.Kontaktuppgifter, ...]:
    """How to reach people. What is protected was left out before (``skydd``)."""
    return tuple(
        u.Kontaktuppgifter(namn=kontakt.namn, adress=kontakt.adress, telefon=kontakt.telefon)
        for kontakt in kontakter
    )


def beslut_fattat(beslut: BeslutFattat) -> u.RegistreraBeslut:
    """The decision; a refusal has no period and counts from its own date."""
    return u.RegistreraBeslut(
        barn=person(beslut.barn),
        beslut_id=beslut.beslut_id,
        beslutstyp=beslut.beslutstyp,
        insatstyp=beslut.insatstyp,
        beslutsdatum=beslut.beslutsdatum,
        fran=beslut.fran or beslut.beslutsdatum,
        till=beslut.till,
        beslutsfattare=beslut.beslutsfattare,
        motivering=beslut.motivering,
    )


def fortsatt_bistand(beslut: BeslutFortsattBistand) -> u.RegistreraBeslut:
    """The decision that prolongs another."""
    return u.RegistreraBeslut(
        barn=person(beslut.barn),
        beslut_id=beslut.beslut_id,
        beslutstyp="fortsatt_bistand",
        insatstyp=beslut.insatstyp,
        beslutsdatum=beslut.beslutsdatum,
        fran=beslut.fran,
        till=beslut.till,
        beslutsfattare=beslut.beslutsfattare,
        motivering=beslut.motivering,
        ersatter=beslut.ersatter,
    )


def avslutsbeslut(beslut: BeslutAvslut) -> u.RegistreraBeslut:
    """The decision that ends another, in force on the last day, with its reason and risk."""
    return u.RegistreraBeslut(
        barn=person(beslut.barn),
        beslut_id=beslut.beslut_id,
        beslutstyp="avslut",
        insatstyp=beslut.insatstyp,
        beslutsdatum=beslut.beslutsdatum,
        fran=beslut.slutdatum,
        beslutsfattare=beslut.beslutsfattare,
        motivering=_avslutets_motivering(beslut),
        ersatter=beslut.ersatter,
        orsak=beslut.orsak,
    )


def verkstallighet(beslut: BeslutVerkstall) -> u.VerkstallBeslut:
    """The execution, which opens the insats."""
    return u.VerkstallBeslut(
        barn=person(beslut.barn),
        beslut_id=beslut.beslut_id,
        insats_id=beslut.insats_id,
        insatstyp=beslut.insatstyp,
        fran=beslut.fran,
        till=beslut.till,
        handlaggare=beslut.handlaggare,
    )


def resurstilldelning(resurs: ResursTilldela) -> u.TilldelaResurs:
    """The registered resource for the insats."""
    return u.TilldelaResurs(
        barn=person(resurs.barn),
        beslut_id=resurs.beslut_id,
        insats_id=resurs.insats_id,
        resurs_id=resurs.resurs_id,
        fran=resurs.fran,
        till=resurs.till,
        omfattning=resurs.omfattning,
    )


def uppdrag_till_utforare(uppdrag: UppdragUpprattat) -> u.VidarebefordraUppdrag:
    """The uppdrag to the unit it names."""
    if uppdrag.mottagare is None or uppdrag.mottaglighet is None or uppdrag.genomforande is None:
        raise ValueError("an uppdrag without mottagare, mottaglighet or genomforande cannot go on")
    return u.VidarebefordraUppdrag(
        barn=person(uppdrag.barn),
        uppdrag_id=uppdrag.uppdrag_id,
        beslut_id=uppdrag.beslut_id,
        insats_id=uppdrag.insats_id,
        insatstyp=uppdrag.insatstyp,
        datum=uppdrag.datum,
        mottagare=u.Vidarebefordran(**uppdrag.mottagare.model_dump()),
        foraldrar=tuple(person(foralder) for foralder in uppdrag.foraldrar),
        foraldrar_saknas_for=uppdrag.foraldrar_saknas_for,
        kontaktuppgifter=kontaktuppgifter(uppdrag.kontaktuppgifter),
        kontaktuppgifter_saknas_for=uppdrag.kontaktuppgifter_saknas_for,
        tolkbehov=uppdrag.tolkbehov,
        centrala_behov=uppdrag.centrala_behov,
        mottaglighet=uppdrag.mottaglighet,
        bedomning=uppdrag.bedomning,
        mal=mal_som_uppgift(uppdrag.mal),
        genomforande=uppdrag.genomforande,
        former_for_uppfoljning=uppdrag.former_for_uppfoljning,
        aterforing_vid_avslut=uppdrag.aterforing_vid_avslut,
        andra_huvudman=uppdrag.andra_huvudman,
        behov_av_sip=uppdrag.behov_av_sip,
        ersatter=uppdrag.ersatter if isinstance(uppdrag, UppdragReviderat) else None,
    )


def aterkallelse(uppdrag: UppdragAterkallat) -> u.AterkallaUppdrag:
    """The uppdrag taken back."""
    return u.AterkallaUppdrag(
        barn=person(uppdrag.barn),
        uppdrag_id=uppdrag.uppdrag_id,
        datum=uppdrag.datum,
        orsak=uppdrag.orsak,
    )


def anteckning(skriven: AktanteckningSkriven) -> u.SkapaAktanteckning:
    """The note as it was written."""
    return u.SkapaAktanteckning(
        barn=person(skriven.barn),
        anteckning_id=skriven.anteckning_id,
        handelsetid=skriven.handelsetid,
        rubrik=skriven.rubrik,
        text=skriven.text,
        forfattare=skriven.forfattare,
        deltagare=deltagarlista(skriven.deltagare),
    )


def rattelse(rattad: AktanteckningRattad) -> u.RattaAktanteckning:
    """The new note that names the one it corrects."""
    return u.RattaAktanteckning(
        barn=person(rattad.barn),
        anteckning_id=rattad.anteckning_id,
        ersatter=rattad.ersatter,
        handelsetid=rattad.handelsetid,
        rubrik=rattad.rubrik,
        text=rattad.text,
        forfattare=rattad.forfattare,
        orsak=rattad.orsak,
    )


def planeringsmote(mote: Mote) -> u.SkapaAktanteckning:
    """The note that a planeringsmöte took place and who took part."""
    return _motesanteckning("Planeringsmöte", mote)


def uppstartsmote(mote: Mote) -> u.SkapaAktanteckning:
    """The note that the uppstartsmöte took place and who took part (A)."""
    return _motesanteckning("Uppstartsmöte", mote)


def uppfoljningsmote(mote: Mote) -> u.SkapaAktanteckning:
    """The note that the uppföljningsmöte took place and who took part."""
    return _motesanteckning("Uppföljningsmöte", mote)


def barnsamtal(samtal: BarnsamtalGenomfort) -> u.SkapaAktanteckning:
    """The note that the talk with the child took place."""
    informerad = f"Vårdnadshavare informerad {samtal.vardnadshavare_informerad.isoformat()}."
    return u.SkapaAktanteckning(
        barn=person(samtal.barn),
        anteckning_id=samtal.barnsamtal_id,
        handelsetid=samtal.tid,
        rubrik="Barnsamtal",
        text=_stycken(
            f"Barnsamtal ägde rum {in_words(samtal.tid)}.",
            _deltog(samtal.deltagare),
            informerad,
            samtal.anteckning,
        ),
        forfattare=samtal.forfattare,
        deltagare=deltagarlista(samtal.deltagare),
    )


def avslutad_insats(insats: InsatsAvsluta) -> u.AvslutaInsatsOchResurs:
    """The resource and the insats that are to be closed."""
    return u.AvslutaInsatsOchResurs(
        barn=person(insats.barn),
        insats_id=insats.insats_id,
        beslut_id=insats.beslut_id,
        resurs_id=insats.resurs_id,
        slutdatum=insats.slutdatum,
        orsak=insats.orsak,
    )


def _avslutets_motivering(beslut: BeslutAvslut) -> str | None:
    risk, oro = beslut.riskbedomning, beslut.oro_for_barnet
    return (
        _stycken(
            beslut.orsak_fritext,
            beslut.motivering,
            _svar("Vårdbehovet tillgodosett", svar=beslut.vardbehov_tillgodosett),
            f"Risk nu: {risk.nuvarande}" if risk else None,
            f"Risk framåt: {risk.framtida}" if risk else None,
            f"Risken bedömd av {risk.bedomd_av}." if risk else None,
            _svar("Oro för barnet", svar=oro),
        )
        or None
    )


def _svar(vad: str, *, svar: bool | None) -> str | None:
    return None if svar is None else f"{vad}: {'ja' if svar else 'nej'}."


def _motesanteckning(slag: str, mote: Mote) -> u.SkapaAktanteckning:
    skal = getattr(mote, "barnet_deltog_inte_for", None)
    anpassning = getattr(mote, "anpassning", None)
    return u.SkapaAktanteckning(
        barn=person(mote.barn),
        anteckning_id=mote.mote_id,
        handelsetid=mote.tid,
        rubrik=slag,
        text=_stycken(
            f"{slag} ägde rum {in_words(mote.tid)}.",
            _deltog(mote.deltagare),
            f"Barnet deltog inte: {skal}" if skal else None,
            f"Mötet anpassades: {anpassning}" if anpassning else None,
            mote.anteckning,
        ),
        forfattare=mote.forfattare,
        deltagare=deltagarlista(mote.deltagare),
    )


def _deltog(deltagare: Iterable[Deltagare]) -> str:
    return "Deltog: " + ", ".join(deltagarlista(deltagare)) + "."


def _stycken(*stycken: str | None) -> str:
    return "\n".join(stycke for stycke in stycken if stycke)
