"""Steps 5, 6, 10 and 11: the meetings, and the talk with the child before the uppföljningsmöte."""

from typing import Annotated, Literal

from bbic_bridge.handbook.dokument.bas import (
    Anteckning,
    Datum,
    Deltagarna,
    Dokument,
    Id,
    KortText,
    Tid,
    punkt,
)


class Mote(Dokument):
    """A meeting that took place: when, and who took part (A)."""

    mote_id: Id
    insats_id: Id | None = None
    tid: Annotated[Tid, punkt("Mötets tid", "A:55")]
    deltagare: Annotated[Deltagarna, punkt("Vilka som deltog", "A:55")]
    forfattare: Annotated[KortText, punkt("Socialsekreterare som dokumenterar", "A:55")]
    anteckning: Annotated[Anteckning | None, punkt("Anteckning från mötet", "A:77")] = None


class PlaneringsmoteGenomfort(Mote):
    """Öppenvård, optional: makes mål concrete, roles clear, agrees priorities (B)."""

    tid: Annotated[Tid, punkt("Mötets tid", "B:32")]
    deltagare: Annotated[Deltagarna, punkt("Vilka som deltog", "B:40")]
    anteckning: Annotated[
        Anteckning | None, punkt("Mål, ansvar, roller och prioriteringar", "B:35, B:36, B:38")
    ] = None
    uppdrag_id: Id | None = None


class UppstartsmoteKallat(Dokument):
    """The call to the uppstartsmöte; names child and vårdnadshavare/god man (A)."""

    mote_id: Id
    insats_id: Id | None = None
    matchning_id: Id | None = None
    datum: Annotated[Datum, punkt("Kallelsens datum", "A:41")]
    tid: Annotated[Tid, punkt("Mötets tid", "A:41")]
    kallade: Annotated[Deltagarna, punkt("Vilka som är inbjudna", "A:41")]
    kallad_av: Annotated[KortText, punkt("Utredande socialsekreterare", "A:41")]


class UppstartsmoteGenomfort(Mote):
    """The uppstartsmöte. The child takes part unless judged olämpligt, with the reason (A)."""

    deltagare: Annotated[Deltagarna, punkt("Vilka som deltog", "A:43, A:47, A:55")]
    barnet_deltog_inte_for: Annotated[
        KortText | None, punkt("Skäl till att barnets deltagande bedömts olämpligt", "A:43")
    ] = None
    uppfoljningsmote_bokat: Annotated[Tid | None, punkt("Bokat uppföljningsmöte", "A:53")] = None


class BarnsamtalErbjudet(Dokument):
    """The talk that SKA be offered before the uppföljningsmöte (A).

    ``halls_inte_for`` says why it is not held: age and maturity, the child's wish, another reason.
    """

    barnsamtal_id: Id
    insats_id: Id
    datum: Annotated[Datum, punkt("Dag då barnsamtalet erbjöds", "A:91")]
    erbjudet_av: Annotated[KortText, punkt("Socialsekreterare som erbjudit samtalet", "A:91")]
    barnets_svar: Annotated[
        Literal["ja", "nej", "inget_svar"] | None, punkt("Barnets svar", "A:91")
    ] = None
    halls_inte_for: Annotated[
        KortText | None, punkt("Skäl till att samtalet inte hålls", "A:91")
    ] = None


class BarnsamtalGenomfort(Dokument):
    """The talk. Never before vårdnadshavare has been informed; consent is not required (A)."""

    barnsamtal_id: Id
    insats_id: Id
    tid: Annotated[Tid, punkt("Samtalets tid", "A:91")]
    vardnadshavare_informerad: Annotated[Datum, punkt("Dag då vårdnadshavare informerades", "A:91")]
    vardnadshavare_samtycker: Annotated[
        bool | None, punkt("Vårdnadshavares samtycke till samtalet", "A:91")
    ] = None
    deltagare: Annotated[Deltagarna, punkt("Vilka som deltog", "A:91")]
    forfattare: Annotated[KortText, punkt("Socialsekreterare som dokumenterar", "A:77")]
    anteckning: Annotated[Anteckning | None, punkt("Vad barnet tycker om insatsen", "A:91")] = None


class UppfoljningsmoteBokat(Dokument):
    """The uppföljningsmöte is booked, as a rule at the uppstartsmöte (A)."""

    mote_id: Id
    insats_id: Id
    tid: Annotated[Tid, punkt("Uppföljningsmötets tid", "A:53")]
    bokat_av: Annotated[KortText | None, punkt("Socialsekreterare som bokat", "A:53")] = None


class UppfoljningsmoteGenomfort(Mote):
    """The uppföljningsmöte; the child was always given the chance to take part (A)."""

    tid: Annotated[Tid, punkt("Mötets tid", "A:95")]
    deltagare: Annotated[Deltagarna, punkt("Vilka som deltog", "A:95")]
    barnet_deltog_inte_for: Annotated[
        KortText | None, punkt("Skäl till att barnet inte deltog", "A:95")
    ] = None
    anpassning: Annotated[KortText | None, punkt("Hur mötet anpassades för barnet", "A:95")] = None
