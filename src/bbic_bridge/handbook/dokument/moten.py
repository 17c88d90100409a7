"""Steps 5, 6, 10 and 11: the meetings, and the talk with the child before the uppföljningsmöte."""

from typing import Literal

from bbic_bridge.handbook.dokument.bas import (
    Anteckning,
    Datum,
    Deltagarna,
    Dokument,
    Id,
    KortText,
    Tid,
)


class Mote(Dokument):
    """A meeting that took place: when, and who took part (A)."""

    mote_id: Id
    insats_id: Id | None = None
    tid: Tid
    deltagare: Deltagarna
    forfattare: KortText
    anteckning: Anteckning | None = None


class PlaneringsmoteGenomfort(Mote):
    """Öppenvård, optional: makes mål concrete, roles clear, agrees priorities (B)."""

    uppdrag_id: Id | None = None


class UppstartsmoteKallat(Dokument):
    """The call to the uppstartsmöte; names child and vårdnadshavare/god man (A)."""

    mote_id: Id
    insats_id: Id | None = None
    matchning_id: Id | None = None
    datum: Datum
    tid: Tid
    kallade: Deltagarna
    kallad_av: KortText


class UppstartsmoteGenomfort(Mote):
    """The uppstartsmöte. The child takes part unless judged olämpligt, with the reason (A)."""

    barnet_deltog_inte_for: KortText | None = None
    uppfoljningsmote_bokat: Tid | None = None


class BarnsamtalErbjudet(Dokument):
    """The talk that SKA be offered before the uppföljningsmöte (A)."""

    barnsamtal_id: Id
    insats_id: Id
    datum: Datum
    erbjudet_av: KortText
    barnets_svar: Literal["ja", "nej", "inget_svar"] | None = None
    halls_inte_for: KortText | None = None


class BarnsamtalGenomfort(Dokument):
    """The talk. Never before vårdnadshavare has been informed; consent is not required (A)."""

    barnsamtal_id: Id
    insats_id: Id
    tid: Tid
    vardnadshavare_informerad: Datum
    vardnadshavare_samtycker: bool | None = None
    deltagare: Deltagarna
    forfattare: KortText
    anteckning: Anteckning | None = None


class UppfoljningsmoteBokat(Dokument):
    """The uppföljningsmöte is booked, as a rule at the uppstartsmöte (A)."""

    mote_id: Id
    insats_id: Id
    tid: Tid
    bokat_av: KortText | None = None


class UppfoljningsmoteGenomfort(Mote):
    """The uppföljningsmöte; the child was always given the chance to take part (A)."""

    barnet_deltog_inte_for: KortText | None = None
