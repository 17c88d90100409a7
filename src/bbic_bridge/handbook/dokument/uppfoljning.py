"""Steps 9 and 11: reports, coordination with others, and the uppföljning."""

from typing import Annotated

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
)
from bbic_bridge.handbook.kodlistor import Forandring, NastaSteg, Roll, Samverkansform


class RapportInkommen(Dokument):
    """The uppdragstagare tells how the insats works and whether it needs changing (A)."""

    rapport_id: Id
    insats_id: Id
    datum: Datum
    avsandare: KortText
    avsandares_roll: Roll
    innehall: Text
    behov_av_forandring: Text | None = None


class SlutrapportInkommen(RapportInkommen):
    """What the uppdrag said should be returned at avslut (B)."""


class SamverkanDokumenterad(Dokument):
    """Coordination with school, health care and others: nätverksmöte, SIG, SIP (A)."""

    samverkan_id: Id
    insats_id: Id | None = None
    datum: Datum
    form: Samverkansform
    deltagare: Annotated[tuple[Deltagare, ...], Field(max_length=40)] = ()
    innehall: Text
    forfattare: KortText


class DelmalResultat(Del):
    """How far a delmål was reached."""

    delmal_id: Id
    text: Text
    forandring: Forandring
    beskrivning: Text | None = None


class MalResultat(Mal):
    """A goal of the uppdrag, carried over, with its result on the four-step scale (B)."""

    forandring: Forandring
    resultat: Text
    delmal: Annotated[tuple[DelmalResultat, ...], Field(max_length=20)] = ()


class KommandeMal(Mal):
    """What remains to be done in the coming period (B)."""

    aterstar: Text | None = None


class UppfoljningDokumenterad(Dokument):
    """Shows both that the insats is carried out as decided and how it goes (B)."""

    uppfoljning_id: Id
    insats_id: Id
    uppdrag_id: Id | None = None
    datum: Datum
    forfattare: KortText
    utford_enligt_beslut: Text
    mal: Malen[MalResultat]
    mal_kommande_period: Annotated[tuple[KommandeMal, ...], Field(max_length=50)] = ()
    barnets_synpunkter: Text | None = None
    bedomning: Text | None = None
    nasta_steg: Annotated[tuple[NastaSteg, ...], Field(max_length=5)] = ()
    ersatter: Id | None = None
