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
    punkt,
)
from bbic_bridge.handbook.uppgifter import Insatstyp


class Mottagare(Del):
    """The unit that gets the uppdrag and its enhetschef, who distributes it (B)."""

    enhet_id: Annotated[Id, punkt("Enhet")]
    enhetschef: Annotated[KortText, punkt("Enhetschef")]


class UppdragUpprattat(Dokument):
    """The dated uppdrag. What B lists must be answered: ``null`` and ``[]`` say "none".

    Where there are no parents or contacts, ``…_saknas_for`` says why.

    Bedömning and mål are copied from the utredning. ``mottagare`` is for insatser whose uppdrag
    is sent on (öppenvård, HVB, familjehem); ``vardplan_id`` where a vårdplan stands behind it.
    """

    barn: Annotated[Person, punkt("Barnets namn och personnummer", "B:18")]
    uppdrag_id: Id
    beslut_id: Id
    insats_id: Id
    insatstyp: Annotated[Insatstyp, punkt("Insats", "B:4")]
    datum: Annotated[Datum, punkt("Uppdragets datum", "B:17")]
    forfattare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "B:15, A:29")]
    mottagare: Annotated[
        Mottagare | None, punkt("Mottagande enhet och dess enhetschef", "B:22, B:72, B:92")
    ] = None
    vardplan_id: Annotated[Id | None, punkt("Vårdplan", "B:92, B:109")] = None
    foraldrar: Annotated[
        tuple[Person, ...],
        Field(max_length=6),
        punkt("Föräldrarnas namn och personnummer", "B:18"),
    ]
    foraldrar_saknas_for: Annotated[
        KortText | None, punkt("Skäl till att föräldrar saknas", "B:18")
    ] = None
    kontaktuppgifter: Annotated[
        tuple[Kontakt, ...],
        Field(max_length=10),
        punkt("Kontaktuppgifter, med eventuellt sekretesskydd", "B:18"),
    ]
    kontaktuppgifter_saknas_for: Annotated[
        KortText | None, punkt("Skäl till att kontaktuppgifter saknas", "B:18")
    ] = None
    tolkbehov: Annotated[KortText | None, punkt("Behov av tolk eller kommunikationsstöd", "B:19")]
    centrala_behov: Annotated[
        tuple[Text, ...], Field(max_length=30), punkt("Centrala behov", "B:6, B:45")
    ] = ()
    mottaglighet: Annotated[Text | None, punkt("Mottaglighet", "B:9")] = None
    bedomning: Annotated[Text, punkt("Nämndens bedömning av barnets behov", "B:20, B:22")]
    mal: Annotated[Malen[Mal], punkt("Mål", "B:21, B:22, A:31")]
    genomforande: Annotated[Text | None, punkt("Hur insatsen ska genomföras", "B:4, B:100")] = None
    former_for_uppfoljning: Annotated[Text, punkt("Former för uppföljning", "B:24")]
    aterforing_vid_avslut: Annotated[
        Text, punkt("Information som ska återföras vid avslut", "B:25")
    ]
    andra_huvudman: Annotated[Text | None, punkt("Insatser av andra huvudmän", "B:26")]
    behov_av_sip: Annotated[bool, punkt("Behov av samordnad individuell plan (SIP)", "B:26")]


class UppdragReviderat(UppdragUpprattat):
    """A new version with changed or prioritised mål (A, B); ``ersatter`` is the version before."""

    ersatter: Annotated[Id, punkt("Uppdrag som revideras", "A:121")]
    andringar: Annotated[Text, punkt("Ändringar och prioriteringar av mål", "A:121, B:67")]


class UppdragAterkallat(Dokument):
    """The uppdrag is taken back before or while it is carried out (D)."""

    uppdrag_id: Id
    insatstyp: Annotated[Insatstyp, punkt("Insats", "D")]
    datum: Annotated[Datum, punkt("Dag för återkallandet", "D")]
    forfattare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "D")]
    orsak: Annotated[Text, punkt("Skäl för återkallandet", "D")]
