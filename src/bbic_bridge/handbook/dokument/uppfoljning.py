"""Steps 9 and 11: reports, coordination with others, and the uppföljning."""

from typing import Annotated, Literal

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import (
    Datum,
    Del,
    Deltagare,
    Dokument,
    Id,
    KortText,
    Mal,
    Malen,
    Text,
    punkt,
)
from bbic_bridge.handbook.dokument.beslut import Riskbedomning
from bbic_bridge.handbook.kodlistor import Forandring, NastaSteg, Roll, Samverkansform
from bbic_bridge.handbook.uppgifter import Avslutsorsak, Insatstyp


class RapportInkommen(Dokument):
    """The uppdragstagare tells how the insats works and whether it needs changing (A)."""

    rapport_id: Id
    insats_id: Id
    datum: Annotated[Datum, punkt("Rapportens datum", "A:73")]
    avsandare: Annotated[KortText, punkt("Uppdragstagare som rapporterar", "A:73")]
    avsandares_roll: Annotated[Roll, punkt("Avsändarens roll", "A:73")]
    innehall: Annotated[Text, punkt("Träffarnas innehåll och hur insatsen fungerar", "A:49, A:73")]
    behov_av_forandring: Annotated[Text | None, punkt("Förändringar som behöver göras", "A:73")] = (
        None
    )


class SlutrapportInkommen(RapportInkommen):
    """What the uppdrag said should be returned at avslut (B)."""

    innehall: Annotated[Text, punkt("Information som återförs vid avslut", "B:25")]


class SamverkanDokumenterad(Dokument):
    """Coordination with school, health care and others: nätverksmöte, SIG, SIP (A)."""

    samverkan_id: Id
    insats_id: Id | None = None
    datum: Annotated[Datum, punkt("Datum för samverkan", "A:75")]
    form: Annotated[Samverkansform, punkt("Form för samverkan", "A:75")]
    deltagare: Annotated[
        tuple[Deltagare, ...], Field(max_length=40), punkt("Vilka som deltog", "A:75")
    ] = ()
    innehall: Annotated[Text, punkt("Samordningens innehåll", "A:75")]
    forfattare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "A:75")]


class DelmalResultat(Del):
    """How far a delmål was reached."""

    delmal_id: Id
    text: Annotated[Text, punkt("Delmålets lydelse", "B:62")]
    forandring: Annotated[Forandring, punkt("Förändring enligt BBIC:s skala", "B:51, B:64, A:99")]
    beskrivning: Annotated[Text | None, punkt("Resultat för delmålet", "B:62")] = None


class MalResultat(Mal):
    """A goal of the uppdrag, carried over, with its result on the four-step scale (B)."""

    forandring: Annotated[Forandring, punkt("Förändring enligt BBIC:s skala", "B:51, B:64, A:99")]
    resultat: Annotated[Text, punkt("Resultat", "B:62, A:99")]
    delmal: Annotated[
        tuple[DelmalResultat, ...], Field(max_length=20), punkt("Delmål", "B:62")
    ] = ()


class KommandeMal(Mal):
    """What remains to be done in the coming period (B)."""

    aterstar: Annotated[Text | None, punkt("Vad som återstår att göra", "B:66")] = None


class Uppfoljningsbeslut(Del):
    """The decision that the uppföljning led to, as it is documented there (A)."""

    beslut_id: Id
    beslutstyp: Annotated[Literal["fortsatt_bistand", "avslut"], punkt("Beslut", "A:85, A:125")]
    beslutsdatum: Annotated[Datum, punkt("Beslutsdatum")]
    beslutsfattare: Annotated[KortText, punkt("Beslutsfattare")]
    orsak: Annotated[Avslutsorsak | None, punkt("Orsak till avslutet", "A:125")] = None
    orsak_fritext: Annotated[KortText | None, punkt("Annan orsak, med ord", "A:125")] = None


class UppfoljningDokumenterad(Dokument):
    """Shows both that the insats is carried out as decided and how it goes (B).

    At avslut it holds the decision, and the risk where the mål are met and the vårdbehov is (A).
    """

    uppfoljning_id: Id
    insats_id: Id
    insatstyp: Annotated[Insatstyp | None, punkt("Insats", "A:85, B:48")] = None
    uppdrag_id: Annotated[Id | None, punkt("Uppdrag vars mål följs upp", "B:57")] = None
    datum: Annotated[Datum, punkt("Uppföljningens datum", "A:103")]
    forfattare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "A:85")]
    utford_enligt_beslut: Annotated[
        Text, punkt("Att insatsen utförs enligt beslut och planering", "B:49")
    ]
    mal: Annotated[
        Malen[MalResultat], punkt("Mål och hur det går i förhållande till dem", "B:50, B:59")
    ]
    mal_kommande_period: Annotated[
        tuple[KommandeMal, ...], Field(max_length=50), punkt("Mål för kommande period", "B:66")
    ] = ()
    barnets_synpunkter: Annotated[Text | None, punkt("Barnets syn på insatsen", "A:91, A:95")] = (
        None
    )
    bedomning: Annotated[Text | None, punkt("Bedömning", "A:99")] = None
    vardbehov_tillgodosett: Annotated[bool | None, punkt("Vårdbehovet tillgodosett", "A:127")] = (
        None
    )
    riskbedomning: Annotated[
        Riskbedomning | None, punkt("Bedömning av nuvarande och framtida risk", "A:127")
    ] = None
    beslut: Annotated[
        Uppfoljningsbeslut | None, punkt("Beslut efter uppföljningen", "A:85, A:125")
    ] = None
    nasta_steg: Annotated[
        tuple[NastaSteg, ...], Field(max_length=5), punkt("Nästa steg", "A:103, B:67, B:69")
    ] = ()
    ersatter: Annotated[Id | None, punkt("Ersätter uppföljning", "D")] = None
