"""What is to be done at a vendor system: one model per operation.

An *uppgift* is made from a document of the handbook (``regler``), kept encrypted with the
delivery, and translated to a vendor's XML by a mapping profile. It holds our own explicit ids;
the vendor's ids are added when it is sent.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=False)]
KortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Skydd = Literal["ingen", "sekretessmarkering", "skyddad_folkbokforing", "okand"]
Insatstyp = Literal[
    "kontaktperson",
    "kontaktfamilj",
    "sarskilt_kvalificerad_kontaktperson",
    "oppenvard",
    "hvb",
    "familjehem",
    "bim_grupp",
    "stod_i_foraldrarollen",
]
Beslutstyp = Literal["bifall", "avslag", "fortsatt_bistand", "avslut"]
Avslutsorsak = Literal[
    "mal_uppfyllda", "familjen_tackar_nej", "leder_inte_till_maluppfyllelse", "annan"
]


class Uppgift(BaseModel):
    """Base: strict, closed and frozen, so that nothing is guessed or changed on the way.

    Its representation shows nothing: it may end up in an exception.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ()


class Person(Uppgift):
    """A child or parent as a vendor needs to know them; ``skydd`` unknown counts as protected."""

    personnummer: str
    namn: KortText
    skydd: Skydd = "okand"


class Mal(Uppgift):
    """One goal, carried over byte for byte from the utredning."""

    mal_id: Id
    text: Text
    omraden: tuple[str, ...] = ()


class Avsnitt(Uppgift):
    """A heading and its text in a document of the journal."""

    rubrik: KortText
    text: Text


class Kontaktuppgifter(Uppgift):
    """How to reach someone; dropped whole where the person is protected (handbook: Persons)."""

    namn: KortText
    adress: KortText | None = None
    telefon: KortText | None = None


class RegistreraBeslut(Uppgift):
    """The decision itself (handbook step 4, 12, 13)."""

    barn: Person
    beslut_id: Id
    beslutstyp: Beslutstyp
    insatstyp: Insatstyp
    beslutsdatum: date
    fran: date
    till: date | None = None
    beslutsfattare: KortText
    motivering: Text | None = None
    ersatter: Id | None = None
    orsak: Avslutsorsak | None = None


class VerkstallBeslut(Uppgift):
    """Executing a decision opens the insats (handbook step 8)."""

    barn: Person
    beslut_id: Id
    insats_id: Id
    insatstyp: Insatstyp
    fran: date
    till: date | None = None
    handlaggare: KortText


class TilldelaResurs(Uppgift):
    """The registered resource is given to the insats (handbook step 8)."""

    barn: Person
    beslut_id: Id
    insats_id: Id
    resurs_id: Id
    fran: date
    till: date | None = None
    omfattning: Annotated[int, Field(ge=1, le=100)] = 100


class Vidarebefordran(Uppgift):
    """Who is to carry the uppdrag out: the unit and its enhetschef."""

    enhet_id: Id
    enhetschef: KortText


class VidarebefordraUppdrag(Uppgift):
    """The uppdrag to a utförare: Chansen's enhetschef, an HVB or a familjehem (source B)."""

    barn: Person
    uppdrag_id: Id
    beslut_id: Id
    insats_id: Id
    insatstyp: Insatstyp
    datum: date
    mottagare: Vidarebefordran
    foraldrar: tuple[Person, ...] = ()
    foraldrar_saknas_for: KortText | None = None
    kontaktuppgifter: tuple[Kontaktuppgifter, ...] = ()
    kontaktuppgifter_saknas_for: KortText | None = None
    tolkbehov: KortText | None = None
    centrala_behov: Annotated[tuple[Text, ...], Field(min_length=1)]
    mottaglighet: Text
    bedomning: Text
    mal: Annotated[tuple[Mal, ...], Field(min_length=1)]
    genomforande: Text
    former_for_uppfoljning: Text
    aterforing_vid_avslut: Text
    andra_huvudman: Text | None = None
    behov_av_sip: bool
    ersatter: Id | None = None


class AterkallaUppdrag(Uppgift):
    """An uppdrag is taken back."""

    barn: Person
    uppdrag_id: Id
    datum: date
    orsak: Text


class RegistreraDokument(Uppgift):
    """A document of the handbook, put in the journal as headings and texts."""

    barn: Person
    dokument_id: Id
    dokumenttyp: Literal[
        "beslutsunderlag",
        "vardplan",
        "uppdrag",
        "genomforandeplan",
        "uppfoljning",
        "samverkan",
        "rapport",
        "slutrapport",
    ]
    titel: KortText
    datum: date
    forfattare: KortText
    insats_id: Id | None = None
    ersatter: Id | None = None
    avsnitt: Annotated[tuple[Avsnitt, ...], Field(min_length=1)]


class SkapaAktanteckning(Uppgift):
    """A note in the journal (handbook step 6 and 9)."""

    barn: Person
    anteckning_id: Id
    handelsetid: datetime
    rubrik: KortText
    text: Text
    forfattare: KortText
    deltagare: tuple[KortText, ...] = ()


class RattaAktanteckning(Uppgift):
    """A locked note is corrected by a new one that names the old."""

    barn: Person
    anteckning_id: Id
    ersatter: Id
    handelsetid: datetime
    rubrik: KortText
    text: Text
    forfattare: KortText
    orsak: KortText


class AvslutaInsatsOchResurs(Uppgift):
    """Resource first, then insats: two effects (handbook step 13)."""

    barn: Person
    insats_id: Id
    beslut_id: Id
    resurs_id: Id | None = None
    slutdatum: date
    orsak: Avslutsorsak


UPPGIFTER: dict[str, type[Uppgift]] = {
    "registrera_beslut": RegistreraBeslut,
    "verkstall_beslut": VerkstallBeslut,
    "tilldela_resurs": TilldelaResurs,
    "vidarebefordra_uppdrag": VidarebefordraUppdrag,
    "aterkalla_uppdrag": AterkallaUppdrag,
    "registrera_dokument": RegistreraDokument,
    "skapa_aktanteckning": SkapaAktanteckning,
    "ratta_aktanteckning": RattaAktanteckning,
    "avsluta_insats_och_resurs": AvslutaInsatsOchResurs,
}
EFFEKTER: dict[str, tuple[str, ...]] = {"avsluta_insats_och_resurs": ("resurs", "insats")}
