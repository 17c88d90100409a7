"""From a document of the handbook to headings and texts in the journal (``registrera_dokument``).

Each goal, delmål and result is a section of its own whose text is the document's, byte for byte.
"""

from collections.abc import Iterable, Iterator

from bbic_bridge.handbook.dokument.bas import Deltagare, Kontakt, Mal
from bbic_bridge.handbook.dokument.genomforandeplan import (
    GenomforandeplanAterlamnad,
    GenomforandeplanFaststalld,
    GenomforandeplanUndertecknad,
    Planinnehall,
    PlanMal,
)
from bbic_bridge.handbook.dokument.uppdrag import (
    UppdragAterkallat,
    UppdragReviderat,
    UppdragUpprattat,
)
from bbic_bridge.handbook.dokument.uppfoljning import (
    MalResultat,
    RapportInkommen,
    SamverkanDokumenterad,
    SlutrapportInkommen,
    UppfoljningDokumenterad,
)
from bbic_bridge.handbook.dokument.utredning import BeslutsunderlagUpprattat, VardplanUpprattad
from bbic_bridge.handbook.kodlistor import (
    AVSLUTSORSAKER,
    FORANDRING,
    INSATSTYPER,
    KONTAKTPERSON_MFL,
    NASTA_STEG,
    OMRADEN,
    PLACERING,
    ROLLER,
    SAMVERKANSFORMER,
)
from bbic_bridge.handbook.till_uppgift import deltagarlista, person
from bbic_bridge.handbook.uppgifter import Avsnitt, Insatstyp, Person, RegistreraDokument

Sektioner = Iterator[Avsnitt]

MED_UPPDRAG = "BBIC Genomförandeplan kontaktperson mfl som omfattar uppdrag"
"""The one document that holds the uppdrag and the plan for kontaktperson m.fl. (A:29, A:31)."""


def beslutsunderlag(dokument: BeslutsunderlagUpprattat) -> RegistreraDokument:
    """BBIC Beslutsunderlag (step 1)."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=dokument.beslutsunderlag_id,
        dokumenttyp="beslutsunderlag",
        titel="BBIC Beslutsunderlag",
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        ersatter=dokument.ersatter,
        avsnitt=tuple(_beslutsunderlag(dokument)),
    )


def vardplan(dokument: VardplanUpprattad) -> RegistreraDokument:
    """The vårdplan behind a placement (L)."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=dokument.vardplan_id,
        dokumenttyp="vardplan",
        titel="BBIC Vårdplan",
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        ersatter=dokument.ersatter,
        avsnitt=tuple(_vardplan(dokument)),
    )


def uppdrag(dokument: UppdragUpprattat) -> RegistreraDokument:
    """The uppdrag that lies inside the plan for kontaktperson m.fl. (step 5)."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=dokument.uppdrag_id,
        dokumenttyp="uppdrag",
        titel=_titel("Uppdrag", dokument.insatstyp, "uppdrag"),
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        insats_id=dokument.insats_id,
        ersatter=dokument.ersatter if isinstance(dokument, UppdragReviderat) else None,
        avsnitt=tuple(_uppdrag(dokument)),
    )


def aterkallat_uppdrag(dokument: UppdragAterkallat) -> RegistreraDokument:
    """An uppdrag that lay in the journal is taken back; the document takes its place."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=f"{dokument.uppdrag_id}.aterkallat",
        dokumenttyp="uppdrag",
        titel=f"Återkallat uppdrag: {INSATSTYPER[dokument.insatstyp]}",
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        ersatter=dokument.uppdrag_id,
        avsnitt=tuple(_text("Orsak", dokument.orsak)),
    )


def faststalld_plan(dokument: GenomforandeplanFaststalld) -> RegistreraDokument:
    """The settled plan (step 7)."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=dokument.plan_id,
        dokumenttyp="genomforandeplan",
        titel=_titel("BBIC Genomförandeplan", dokument.insatstyp, "plan"),
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        insats_id=dokument.insats_id,
        ersatter=dokument.ersatter,
        avsnitt=tuple(_plan(dokument)),
    )


def aterlamnad_plan(dokument: GenomforandeplanAterlamnad) -> RegistreraDokument:
    """The plan as the HVB sent it back for signature (step 7)."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=f"{dokument.plan_id}.aterlamnad",
        dokumenttyp="genomforandeplan",
        titel=f"BBIC Genomförandeplan för underskrift: {INSATSTYPER[dokument.insatstyp]}",
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        insats_id=dokument.insats_id,
        avsnitt=(*_text("Återlämnad av", dokument.aterlamnad_av), *_plan(dokument)),
    )


def undertecknad_plan(dokument: GenomforandeplanUndertecknad) -> RegistreraDokument:
    """That those concerned have signed the plan (step 7)."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=f"{dokument.plan_id}.undertecknad",
        dokumenttyp="genomforandeplan",
        titel=f"BBIC Genomförandeplan undertecknad: {INSATSTYPER[dokument.insatstyp]}",
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        insats_id=dokument.insats_id,
        avsnitt=tuple(
            Avsnitt(rubrik="Underskrift", text=f"{en.namn} ({ROLLER[en.roll]}), {en.datum}")
            for en in dokument.underskrifter
        ),
    )


def rapport(dokument: RapportInkommen) -> RegistreraDokument:
    """A report from the uppdragstagare (step 9)."""
    slut = isinstance(dokument, SlutrapportInkommen)
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=dokument.rapport_id,
        dokumenttyp="slutrapport" if slut else "rapport",
        titel="Slutrapport" if slut else "Rapport",
        datum=dokument.datum,
        forfattare=dokument.avsandare,
        insats_id=dokument.insats_id,
        avsnitt=(
            *_text("Avsändare", f"{dokument.avsandare} ({ROLLER[dokument.avsandares_roll]})"),
            *_text("Innehåll", dokument.innehall),
            *_text("Behov av förändring", dokument.behov_av_forandring),
        ),
    )


def samverkan(dokument: SamverkanDokumenterad) -> RegistreraDokument:
    """BBIC Samverkansdokument (step 9)."""
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=dokument.samverkan_id,
        dokumenttyp="samverkan",
        titel=f"BBIC Samverkansdokument: {SAMVERKANSFORMER[dokument.form]}",
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        insats_id=dokument.insats_id,
        avsnitt=(*_deltagare(dokument.deltagare), *_text("Innehåll", dokument.innehall)),
    )


def uppfoljning(dokument: UppfoljningDokumenterad) -> RegistreraDokument:
    """BBIC Uppföljning: mål carried over, result, mål for the coming period (step 11).

    The sources know it for öppenvårdsinsatser: a placement's bears the name of its kind (D).
    """
    placering = dokument.insatstyp if dokument.insatstyp in PLACERING else None
    return RegistreraDokument(
        barn=person(dokument.barn),
        dokument_id=dokument.uppfoljning_id,
        dokumenttyp="uppfoljning",
        titel=(
            f"BBIC Uppföljning: {INSATSTYPER[placering]}"
            if placering
            else "BBIC Uppföljning av öppenvårdsinsats"
        ),
        datum=dokument.datum,
        forfattare=dokument.forfattare,
        insats_id=dokument.insats_id,
        ersatter=dokument.ersatter,
        avsnitt=tuple(_uppfoljning(dokument)),
    )


def _titel(namn: str, insatstyp: Insatstyp, del_: str) -> str:
    if insatstyp in KONTAKTPERSON_MFL:
        return f"{MED_UPPDRAG}: {del_}, {INSATSTYPER[insatstyp].lower()}"
    return f"{namn}: {INSATSTYPER[insatstyp]}"


def _beslutsunderlag(dokument: BeslutsunderlagUpprattat) -> Sektioner:
    yield from _text("Bedömning", dokument.bedomning)
    yield from _texter("Centrala behov", dokument.centrala_behov)
    for mal in dokument.mal:
        yield from _mal(mal)
    yield from _text("Mottaglighet", dokument.mottaglighet)
    for alternativ in dokument.alternativ:
        yield from _text(
            f"Övervägt alternativ: {INSATSTYPER[alternativ.insatstyp]}", alternativ.overvagande
        )
    yield from _text("Föreslagen insats", INSATSTYPER[dokument.foreslagen_insats])
    yield from _text("Motivering", dokument.motivering)
    yield from _text("Barnets delaktighet", dokument.barnets_delaktighet)
    yield from _text("Föräldrarnas delaktighet", dokument.foraldrarnas_delaktighet)


def _vardplan(dokument: VardplanUpprattad) -> Sektioner:
    yield from _text("Särskilda insatser", dokument.sarskilda_insatser)
    for mal in dokument.mal:
        yield from _mal(mal)
    yield from _text("Umgänge", dokument.umgange)
    yield from _text("Barnets synpunkter", dokument.barnets_synpunkter)
    yield from _text("Vårdnadshavares synpunkter", dokument.vardnadshavares_synpunkter)


def _uppdrag(dokument: UppdragUpprattat) -> Sektioner:
    if isinstance(dokument, UppdragReviderat):
        yield from _text("Ändringar", dokument.andringar)
    yield from _foraldrar(dokument.foraldrar)
    yield from _text("Föräldrar saknas", dokument.foraldrar_saknas_for)
    yield from _kontaktuppgifter(dokument.kontaktuppgifter)
    yield from _text("Kontaktuppgifter saknas", dokument.kontaktuppgifter_saknas_for)
    yield from _text("Tolk och kommunikationsstöd", dokument.tolkbehov or "Inget behov")
    yield from _texter("Centrala behov", dokument.centrala_behov)
    yield from _text("Mottaglighet", dokument.mottaglighet)
    yield from _text("Nämndens bedömning", dokument.bedomning)
    for mal in dokument.mal:
        yield from _mal(mal)
    yield from _text("Hur insatsen ska genomföras", dokument.genomforande)
    yield from _text("Former för uppföljning", dokument.former_for_uppfoljning)
    yield from _text("Återföring vid avslut", dokument.aterforing_vid_avslut)
    yield from _text("Andra huvudmän", dokument.andra_huvudman or "Inga insatser")
    yield from _text("Behov av SIP", "Ja" if dokument.behov_av_sip else "Nej")


def _plan(dokument: Planinnehall) -> Sektioner:
    yield from _text("Utförare", dokument.utforare)
    yield from _deltagare(dokument.deltagare)
    for mal in dokument.mal:
        yield from _planmal(mal)
    yield from _text("Frekvens", dokument.frekvens)
    yield from _text("Innehåll", dokument.innehall)
    if dokument.rapportering is not None:
        yield from _text("Rapportering, hur ofta", dokument.rapportering.hur_ofta)
        yield from _text("Rapportering, på vilket sätt", dokument.rapportering.pa_vilket_satt)
    for falt, rubrik in _PLANENS_DELAR.items():
        yield from _text(rubrik, getattr(dokument, falt))


def _uppfoljning(dokument: UppfoljningDokumenterad) -> Sektioner:
    yield from _text("Utförd enligt beslut och planering", dokument.utford_enligt_beslut)
    for mal in dokument.mal:
        yield from _resultat(mal)
    for kommande in dokument.mal_kommande_period:
        yield from _text(f"Mål för kommande period {kommande.mal_id}", kommande.text)
        yield from _text(f"Återstår för mål {kommande.mal_id}", kommande.aterstar)
    yield from _text("Barnets synpunkter", dokument.barnets_synpunkter)
    yield from _text("Bedömning", dokument.bedomning)
    yield from _avslutet(dokument)
    for steg in dokument.nasta_steg:
        yield from _text("Nästa steg", NASTA_STEG[steg])


def _avslutet(dokument: UppfoljningDokumenterad) -> Sektioner:
    """The risk, and the decision that was taken (A:85, A:125, A:127)."""
    vardbehov, risk = dokument.vardbehov_tillgodosett, dokument.riskbedomning
    beslut = dokument.beslut
    if vardbehov is not None:
        yield from _text("Vårdbehovet tillgodosett", "Ja" if vardbehov else "Nej")
    if risk is not None:
        yield from _text("Risk nu", risk.nuvarande)
        yield from _text("Risk framåt", risk.framtida)
        yield from _text("Risken bedömd av", risk.bedomd_av)
    if beslut is not None:
        vad = f"{NASTA_STEG[beslut.beslutstyp]}, {beslut.beslutsdatum}, {beslut.beslutsfattare}"
        yield from _text("Beslut", vad)
        if beslut.orsak is not None:
            yield from _text("Orsak till avslutet", AVSLUTSORSAKER[beslut.orsak])
        yield from _text("Annan orsak", beslut.orsak_fritext)


_PLANENS_DELAR = {
    "former_for_uppfoljning": "Former för uppföljning",
    "kontakt_med_socialsekreterare": "Kontakt med socialsekreteraren",
    "skolgang": "Skolgång",
    "halso_och_sjukvard": "Hälso- och sjukvård",
    "andra_huvudman": "Andra huvudmän",
    "umgange": "Umgänge",
    "barnets_synpunkter": "Barnets synpunkter",
    "vardnadshavares_synpunkter": "Vårdnadshavares synpunkter",
}


def _mal(mal: Mal) -> Sektioner:
    yield Avsnitt(rubrik=f"Mål {mal.mal_id}", text=mal.text)
    omraden = ", ".join(OMRADEN[omrade] for omrade in mal.omraden)
    yield from _text(f"Områden för mål {mal.mal_id}", omraden)


def _planmal(mal: PlanMal) -> Sektioner:
    yield from _mal(mal)
    prioritet = None if mal.prioritet is None else str(mal.prioritet)
    yield from _text(f"Prioritet för mål {mal.mal_id}", prioritet)
    for delmal in mal.delmal:
        yield from _text(f"Delmål {delmal.delmal_id} till mål {mal.mal_id}", delmal.text)


def _resultat(mal: MalResultat) -> Sektioner:
    yield from _mal(mal)
    yield from _text(f"Förändring för mål {mal.mal_id}", FORANDRING[mal.forandring])
    yield from _text(f"Resultat för mål {mal.mal_id}", mal.resultat)
    for delmal in mal.delmal:
        del_av = f"delmål {delmal.delmal_id}"
        yield from _text(f"Delmål {delmal.delmal_id} till mål {mal.mal_id}", delmal.text)
        yield from _text(f"Förändring för {del_av}", FORANDRING[delmal.forandring])
        yield from _text(f"Resultat för {del_av}", delmal.beskrivning)


def _foraldrar(foraldrar: Iterable[Person]) -> Sektioner:
    for foralder in foraldrar:
        yield Avsnitt(rubrik="Förälder", text=f"{foralder.namn}, {foralder.personnummer}")


def _kontaktuppgifter(kontakter: Iterable[Kontakt]) -> Sektioner:
    for kontakt in kontakter:
        delar = (kontakt.namn, kontakt.adress, kontakt.telefon)
        yield Avsnitt(rubrik="Kontaktuppgifter", text=", ".join(ett for ett in delar if ett))


def _deltagare(deltagare: Iterable[Deltagare]) -> Sektioner:
    yield from _text("Deltagare", "\n".join(deltagarlista(deltagare)))


def _texter(rubrik: str, texter: Iterable[str]) -> Sektioner:
    for text in texter:
        yield Avsnitt(rubrik=rubrik, text=text)


def _text(rubrik: str, text: str | None) -> Sektioner:
    if text:
        yield Avsnitt(rubrik=rubrik, text=text)
