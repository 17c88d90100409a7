"""Step 7: how the uppdrag is carried out. One plan per utförare (B)."""

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
    Namn,
    Text,
)
from bbic_bridge.handbook.kodlistor import Roll
from bbic_bridge.handbook.uppgifter import Insatstyp


class Delmal(Del):
    """A part of a goal, added at need when the plan is made (A)."""

    delmal_id: Id
    text: Text


class PlanMal(Mal):
    """A goal of the uppdrag, with delmål at need and its priority among the others (A)."""

    delmal: Annotated[tuple[Delmal, ...], Field(max_length=20)] = ()
    prioritet: Annotated[int, Field(ge=1, le=50)] | None = None


class Rapportering(Del):
    """How often and how kontaktperson/-familj reports to socialsekreteraren (A)."""

    hur_ofta: KortText
    pa_vilket_satt: KortText


class Planinnehall(Dokument):
    """What a plan holds. Which parts an insatstyp must have stands in ``krav``."""

    plan_id: Id
    insats_id: Id
    uppdrag_id: Id | None = None
    insatstyp: Insatstyp
    datum: Datum
    forfattare: KortText
    deltagare: Annotated[tuple[Deltagare, ...], Field(max_length=40)] = ()
    mal: Malen[PlanMal]
    frekvens: Text
    innehall: Text
    rapportering: Rapportering | None = None
    former_for_uppfoljning: Text | None = None
    kontakt_med_socialsekreterare: Text | None = None
    skolgang: Text | None = None
    halso_och_sjukvard: Text | None = None
    andra_huvudman: Text | None = None
    umgange: Text | None = None
    barnets_synpunkter: Text | None = None
    vardnadshavares_synpunkter: Text | None = None


class GenomforandeplanFaststalld(Planinnehall):
    """The plan is settled, at best at the uppstartsmöte; ``ersatter`` is the plan before (A)."""

    ersatter: Id | None = None


class GenomforandeplanAterlamnad(Planinnehall):
    """The plan in which the HVB formulated the mål comes back for signature (B)."""

    aterlamnad_av: KortText


class Underskrift(Del):
    """One of those concerned signs."""

    namn: Namn
    roll: Roll
    datum: Datum


class GenomforandeplanUndertecknad(Dokument):
    """Those concerned have signed the plan (B)."""

    plan_id: Id
    insats_id: Id
    insatstyp: Insatstyp
    datum: Datum
    forfattare: KortText
    underskrifter: Annotated[tuple[Underskrift, ...], Field(min_length=1, max_length=20)]
