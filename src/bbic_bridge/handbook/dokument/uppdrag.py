"""Step 5: the uppdrag to whoever carries the insats out (B: "Uppdraget ska … innehålla")."""

from typing import Annotated

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import (
    Datum,
    Del,
    Dokument,
    Id,
    Kontakt,
    KortText,
    Mal,
    Malen,
    Person,
    Text,
)
from bbic_bridge.handbook.uppgifter import Insatstyp


class Mottagare(Del):
    """The unit that gets the uppdrag and its enhetschef, who distributes it (B)."""

    enhet_id: Id
    enhetschef: KortText


class UppdragUpprattat(Dokument):
    """The dated uppdrag. What B lists must be answered: ``null`` and ``[]`` say "none".

    Bedömning and mål are copied from the utredning. ``mottagare`` is for insatser whose uppdrag
    is sent on (öppenvård, HVB, familjehem).
    """

    uppdrag_id: Id
    beslut_id: Id
    insats_id: Id
    insatstyp: Insatstyp
    datum: Datum
    forfattare: KortText
    mottagare: Mottagare | None = None
    foraldrar: Annotated[tuple[Person, ...], Field(max_length=6)]
    kontaktuppgifter: Annotated[tuple[Kontakt, ...], Field(max_length=10)]
    tolkbehov: KortText | None
    centrala_behov: Annotated[tuple[Text, ...], Field(max_length=30)] = ()
    mottaglighet: Text | None = None
    bedomning: Text
    mal: Malen[Mal]
    former_for_uppfoljning: Text
    aterforing_vid_avslut: Text
    andra_huvudman: Text | None
    behov_av_sip: bool


class UppdragReviderat(UppdragUpprattat):
    """A new version with changed or prioritised mål (A, B); ``ersatter`` is the version before."""

    ersatter: Id
    andringar: Text


class UppdragAterkallat(Dokument):
    """The uppdrag is taken back before or while it is carried out (D)."""

    uppdrag_id: Id
    insatstyp: Insatstyp
    datum: Datum
    forfattare: KortText
    orsak: Text
