"""Steps 2 and 3: matchning for kontaktperson/-familj, consent, avtal. None waits for a beslut."""

from typing import Annotated, Literal

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import (
    Datum,
    Del,
    Deltagarna,
    Dokument,
    Id,
    KortText,
    Text,
    Tid,
)

KontaktpersonMfl = Literal["kontaktperson", "kontaktfamilj", "sarskilt_kvalificerad_kontaktperson"]


class RemissSkickad(Dokument):
    """Socialsekreteraren asks familjehemsvården for a kontaktperson/-familj (A)."""

    remiss_id: Id
    datum: Datum
    insatstyp: KontaktpersonMfl
    socialsekreterare: KortText
    behov: Text


class MatchningForeslagen(Dokument):
    """Familjehemssekreteraren proposes someone, after thinking the match through (A)."""

    matchning_id: Id
    remiss_id: Id | None = None
    datum: Datum
    familjehemssekreterare: KortText
    uppdragstagare: KortText
    overvagande: Text
    resurs_id: Id | None = None


class MatchningsmoteGenomfort(Dokument):
    """Child, vårdnadshavare and the intended uppdragstagare have met (A)."""

    matchning_id: Id
    tid: Tid
    deltagare: Deltagarna


class Samtycke(Del):
    """One party's consent to the match."""

    roll: Literal["barn", "vardnadshavare", "god_man"]
    namn: KortText
    datum: Datum


class MatchningSamtyckt(Dokument):
    """The family consents. The last consent starts the two weeks to the uppstartsmöte (A)."""

    matchning_id: Id
    samtycken: Annotated[tuple[Samtycke, ...], Field(min_length=1, max_length=10)]


class AvtalUpprattat(Dokument):
    """Familjehemssekreteraren draws up the avtal with the uppdragstagare (A)."""

    avtal_id: Id
    matchning_id: Id | None = None
    datum: Datum
    familjehemssekreterare: KortText
    uppdragstagare: KortText
    resurs_id: Id | None = None
    fran: Datum
    till: Datum | None = None
    ersatter: Id | None = None
