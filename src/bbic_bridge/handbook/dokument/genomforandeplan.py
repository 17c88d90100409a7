"""Step 7: how the uppdrag is carried out. One plan per utförare (B)."""

from typing import Annotated

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import (
    GENOMFORANDEPLAN,
    Datum,
    Del,
    Deltagare,
    Dokument,
    Id,
    KortText,
    Mal,
    Malen,
    Namn,
    Text,
    punkt,
)
from bbic_bridge.handbook.kodlistor import Roll
from bbic_bridge.handbook.uppgifter import Insatstyp


class Delmal(Del):
    """A part of a goal, added at need when the plan is made (A)."""

    delmal_id: Id
    text: Annotated[Text, punkt("Delmålets lydelse")]


class PlanMal(Mal):
    """A goal of the uppdrag, with delmål at need and its priority among the others (A)."""

    delmal: Annotated[tuple[Delmal, ...], Field(max_length=20), punkt("Delmål", "A:49")] = ()
    prioritet: Annotated[
        Annotated[int, Field(ge=1, le=50)] | None, punkt("Prioritet bland målen", "A:49, B:38")
    ] = None


class Rapportering(Del):
    """How often and how kontaktperson/-familj reports to socialsekreteraren (A)."""

    hur_ofta: Annotated[KortText, punkt("Hur ofta uppdragstagaren rapporterar", "A:49")]
    pa_vilket_satt: Annotated[KortText, punkt("På vilket sätt uppdragstagaren rapporterar", "A:49")]


class Planinnehall(Dokument):
    """What a plan holds. Which parts an insatstyp must have stands in ``krav``.

    Several plans may come out of one vårdplan, each for its ``utforare`` (B).
    """

    plan_id: Id
    insats_id: Id
    uppdrag_id: Annotated[Id | None, punkt("Uppdrag", "B:16, B:28")] = None
    vardplan_id: Annotated[Id | None, punkt("Vårdplan", "B:76, B:109")] = None
    insatstyp: Annotated[Insatstyp, punkt("Insats", "B:111")]
    utforare: Annotated[KortText | None, punkt("Utförare", "B:111")] = None
    datum: Annotated[Datum, punkt("Planens datum", "A:51")]
    forfattare: Annotated[KortText, punkt("Upprättad av", "B:16, B:47, B:75, B:102")]
    deltagare: Annotated[
        tuple[Deltagare, ...],
        Field(max_length=40),
        punkt("Berörda som planen är gjord med", "A:47, B:28, B:47, B:75, B:102"),
    ] = ()
    mal: Annotated[Malen[PlanMal], punkt("Mål", f"A:31, B:80, {GENOMFORANDEPLAN}")]
    frekvens: Annotated[
        Text, punkt("Frekvens: när insatsen genomförs", f"A:49, B:80, {GENOMFORANDEPLAN}")
    ]
    innehall: Annotated[
        Text, punkt("Innehåll: hur insatsen genomförs", f"A:49, B:80, B:88, {GENOMFORANDEPLAN}")
    ]
    rapportering: Annotated[Rapportering | None, punkt("Uppdragstagarens rapportering", "A:49")] = (
        None
    )
    former_for_uppfoljning: Annotated[
        Text | None, punkt("När och hur insatsen följs upp", f"B:81, {GENOMFORANDEPLAN}")
    ] = None
    kontakt_med_socialsekreterare: Annotated[
        Text | None, punkt("Kontakt med socialsekreteraren", f"B:81, {GENOMFORANDEPLAN}")
    ] = None
    skolgang: Annotated[Text | None, punkt("Åtgärder gällande skolgång", "B:81, B:105")] = None
    halso_och_sjukvard: Annotated[
        Text | None, punkt("Åtgärder gällande hälso- och sjukvård", "B:82, B:105")
    ] = None
    andra_huvudman: Annotated[
        Text | None, punkt("Insatser av andra huvudmän", f"B:82, {GENOMFORANDEPLAN}")
    ] = None
    umgange: Annotated[
        Text | None,
        punkt("Umgänge med föräldrar och andra närstående", f"B:82, {GENOMFORANDEPLAN}"),
    ] = None
    barnets_synpunkter: Annotated[
        Text | None, punkt("Barnets syn på genomförandet", GENOMFORANDEPLAN)
    ] = None
    vardnadshavares_synpunkter: Annotated[
        Text | None, punkt("Vårdnadshavares syn på genomförandet", GENOMFORANDEPLAN)
    ] = None


class GenomforandeplanFaststalld(Planinnehall):
    """The plan is settled, at best at the uppstartsmöte; ``ersatter`` is the plan before (A)."""

    ersatter: Annotated[Id | None, punkt("Ersätter plan", "A:121")] = None


class GenomforandeplanAterlamnad(Planinnehall):
    """The plan in which the HVB formulated the mål comes back for signature (B)."""

    aterlamnad_av: Annotated[KortText, punkt("Hem som lämnar tillbaka planen", "B:86")]


class Underskrift(Del):
    """One of those concerned signs."""

    namn: Annotated[Namn, punkt("Namn")]
    roll: Annotated[Roll, punkt("Roll")]
    datum: Annotated[Datum, punkt("Dag för underskriften")]


class GenomforandeplanUndertecknad(Dokument):
    """Those concerned have signed the plan (B)."""

    plan_id: Id
    insats_id: Id
    insatstyp: Annotated[Insatstyp, punkt("Insats", "B:86")]
    datum: Annotated[Datum, punkt("Dag då planen är undertecknad", "B:86")]
    forfattare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "B:86")]
    underskrifter: Annotated[
        tuple[Underskrift, ...],
        Field(min_length=1, max_length=20),
        punkt("Underskrifter av berörda", "B:86"),
    ]
