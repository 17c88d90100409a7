"""Steps 2 and 3: matchning for kontaktperson/-familj, consent, avtal. None waits for a beslut.

What only a person can do (samråd, the first contact, the talk about money) is kept where it is
told, and never asked for.
"""

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
    punkt,
)

KontaktpersonMfl = Literal["kontaktperson", "kontaktfamilj", "sarskilt_kvalificerad_kontaktperson"]


class RemissSkickad(Dokument):
    """Socialsekreteraren asks familjehemsvården for a kontaktperson/-familj (A)."""

    remiss_id: Id
    datum: Annotated[Datum, punkt("Remissens datum", "A:16")]
    insatstyp: Annotated[KontaktpersonMfl, punkt("Insats som söks", "A:16")]
    socialsekreterare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "A:16")]
    behov: Annotated[Text, punkt("Barnets behov av kontaktperson eller kontaktfamilj", "A:16")]


class MatchningForeslagen(Dokument):
    """Familjehemssekreteraren proposes someone, after thinking the match through (A)."""

    matchning_id: Id
    remiss_id: Annotated[Id | None, punkt("Remiss", "A:16")] = None
    datum: Annotated[Datum, punkt("Förslagets datum", "A:16")]
    familjehemssekreterare: Annotated[KortText, punkt("Familjehemssekreterare", "A:16")]
    uppdragstagare: Annotated[KortText, punkt("Föreslagen uppdragstagare", "A:16")]
    overvagande: Annotated[Text, punkt("Övervägande kring matchning", "A:16")]
    resurs_id: Id | None = None
    samrad: Annotated[Datum | None, punkt("Samråd om matchningen", "A:16")] = None
    forsta_kontakt: Annotated[
        Datum | None, punkt("Familjehemssekreterarens första kontakt", "A:18")
    ] = None


class MatchningsmoteGenomfort(Dokument):
    """Child, vårdnadshavare and the intended uppdragstagare have met (A)."""

    matchning_id: Id
    tid: Annotated[Tid, punkt("Mötets tid", "A:23")]
    deltagare: Annotated[Deltagarna, punkt("Vilka som deltog", "A:23")]
    presentation: Annotated[
        Datum | None, punkt("Uppdraget presenterat för uppdragstagaren", "A:21")
    ] = None


class Samtycke(Del):
    """One party's consent to the match."""

    roll: Annotated[Literal["barn", "vardnadshavare", "god_man"], punkt("Roll")]
    namn: Annotated[KortText, punkt("Namn")]
    datum: Annotated[Datum, punkt("Datum för samtycket")]


class MatchningSamtyckt(Dokument):
    """The family consents. The last consent starts the two weeks to the uppstartsmöte (A).

    Consents may be told one by one. Where the child, or vårdnadshavare and god man, cannot consent
    or need not, ``…_samtycke_saknas_for`` says why.
    """

    matchning_id: Id
    samtycken: Annotated[
        tuple[Samtycke, ...],
        Field(min_length=1, max_length=10),
        punkt("Barnets och vårdnadshavares eller god mans samtycke", "A:23, A:25"),
    ]
    barnets_samtycke_saknas_for: Annotated[
        KortText | None, punkt("Skäl till att barnets samtycke saknas", "A:23")
    ] = None
    vardnadshavares_samtycke_saknas_for: Annotated[
        KortText | None,
        punkt("Skäl till att vårdnadshavares eller god mans samtycke saknas", "A:23"),
    ] = None


class AvtalUpprattat(Dokument):
    """Familjehemssekreteraren draws up the avtal with the uppdragstagare (A)."""

    avtal_id: Id
    matchning_id: Id | None = None
    datum: Annotated[Datum, punkt("Avtalets datum", "A:67")]
    familjehemssekreterare: Annotated[KortText, punkt("Familjehemssekreterare", "A:67")]
    uppdragstagare: Annotated[KortText, punkt("Uppdragstagare", "A:67")]
    resurs_id: Annotated[Id | None, punkt("Uppdragstagaren som resurs", "A:67")] = None
    fran: Annotated[Datum, punkt("Avtalet gäller från", "A:19")]
    till: Annotated[Datum | None, punkt("Avtalet gäller till", "D")] = None
    ersatter: Annotated[Id | None, punkt("Ersätter avtal", "A:105")] = None
    ekonomi_diskuterad: Annotated[
        Datum | None, punkt("Ekonomiska frågor diskuterade med uppdragstagaren", "A:19")
    ] = None
