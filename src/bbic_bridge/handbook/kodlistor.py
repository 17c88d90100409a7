"""Code lists of the handbook: the code in data, and the words that a person reads.

Sources: the triangle is BBIC's (law and Socialstyrelsen, L); the change scale, the kinds of insats
and the receivers are source B and A; roles are those that A and B name.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from bbic_bridge.handbook.uppgifter import Avslutsorsak, Insatstyp

Omrade = Literal[
    "halsa",
    "utbildning",
    "kanslor_och_beteende",
    "sociala_relationer",
    "grundlaggande_omsorg",
    "stimulans_och_vagledning",
    "kanslomassig_tillganglighet",
    "sakerhet",
    "nuvarande_familjesituation",
    "familjebakgrund",
    "boende_arbete_och_ekonomi",
    "socialt_natverk_och_integrering",
]
Forandring = Literal[
    "positiv_malet_uppfyllt",
    "positiv_malet_inte_uppfyllt",
    "ingen_forandring",
    "negativ_forandring",
]
Roll = Literal[
    "barn",
    "vardnadshavare",
    "god_man",
    "foralder",
    "socialsekreterare",
    "familjehemssekreterare",
    "kontaktperson",
    "kontaktfamilj",
    "familjehem",
    "hvb",
    "utforare",
    "enhetschef",
    "behandlare",
    "specialpedagog",
    "annan_huvudman",
    "narstaende",
    "annan",
]
Samverkansform = Literal["natverksmote", "sig", "sip", "annan"]
NastaSteg = Literal[
    "fortsatt_bistand", "reviderat_uppdrag", "ny_utredning", "nytt_beslut", "avslut"
]

Vikt = Literal["lag", "ska", "ska_om_inte", "bor", "kan"]
"""How much a rule weighs. ``lag`` and ``ska``: a document that lacks it is refused.
``ska_om_inte``: SKA with an exception, kept by the act or by a recorded reason, else a deviation.
``bor``: a warning that travels along. ``kan``: a hint, shown to nobody."""

TRIANGEL: Mapping[str, Mapping[Omrade, str]] = {
    "Barnets utveckling": {
        "halsa": "Hälsa",
        "utbildning": "Utbildning",
        "kanslor_och_beteende": "Känslor och beteende",
        "sociala_relationer": "Sociala relationer",
    },
    "Föräldrarnas förmåga": {
        "grundlaggande_omsorg": "Grundläggande omsorg",
        "stimulans_och_vagledning": "Stimulans och vägledning",
        "kanslomassig_tillganglighet": "Känslomässig tillgänglighet",
        "sakerhet": "Säkerhet",
    },
    "Familj och miljö": {
        "nuvarande_familjesituation": "Nuvarande familjesituation",
        "familjebakgrund": "Familjebakgrund",
        "boende_arbete_och_ekonomi": "Boende, arbete och ekonomi",
        "socialt_natverk_och_integrering": "Socialt nätverk och integrering",
    },
}
OMRADEN: Mapping[str, str] = {kod: ord_ for sida in TRIANGEL.values() for kod, ord_ in sida.items()}
FORANDRING: Mapping[Forandring, str] = {
    "positiv_malet_uppfyllt": "Positiv förändring och målet uppfyllt",
    "positiv_malet_inte_uppfyllt": "Positiv förändring men målet inte uppfyllt",
    "ingen_forandring": "Ingen förändring",
    "negativ_forandring": "Negativ förändring",
}
ROLLER: Mapping[Roll, str] = {
    "barn": "barn",
    "vardnadshavare": "vårdnadshavare",
    "god_man": "god man",
    "foralder": "förälder",
    "socialsekreterare": "socialsekreterare",
    "familjehemssekreterare": "familjehemssekreterare",
    "kontaktperson": "kontaktperson",
    "kontaktfamilj": "kontaktfamilj",
    "familjehem": "familjehem",
    "hvb": "HVB",
    "utforare": "utförare",
    "enhetschef": "enhetschef",
    "behandlare": "behandlare",
    "specialpedagog": "specialpedagog",
    "annan_huvudman": "annan huvudman",
    "narstaende": "närstående",
    "annan": "annan",
}
SAMVERKANSFORMER: Mapping[Samverkansform, str] = {
    "natverksmote": "Nätverksmöte",
    "sig": "Sociala insatsgruppen (SIG)",
    "sip": "Samordnad individuell plan (SIP)",
    "annan": "Annan samverkan",
}
NASTA_STEG: Mapping[NastaSteg, str] = {
    "fortsatt_bistand": "Fortsatt bistånd",
    "reviderat_uppdrag": "Reviderat uppdrag",
    "ny_utredning": "Ny utredning",
    "nytt_beslut": "Ändring som kräver nytt beslut",
    "avslut": "Avslut",
}
AVSLUTSORSAKER: Mapping[Avslutsorsak, str] = {
    "mal_uppfyllda": "Målen är uppfyllda",
    "familjen_tackar_nej": "Familjen tackar nej",
    "leder_inte_till_maluppfyllelse": "Leder inte till måluppfyllelse",
    "annan": "Annan orsak",
}
INSATSTYPER: Mapping[Insatstyp, str] = {
    "kontaktperson": "Kontaktperson",
    "kontaktfamilj": "Kontaktfamilj",
    "sarskilt_kvalificerad_kontaktperson": "Särskilt kvalificerad kontaktperson",
    "oppenvard": "Öppenvård",
    "hvb": "HVB",
    "familjehem": "Familjehem",
    "bim_grupp": "BIM-grupp",
    "stod_i_foraldrarollen": "Stöd i föräldrarollen",
}

ALLA_INSATSTYPER: frozenset[Insatstyp] = frozenset(get_args(Insatstyp))
KONTAKTPERSON_MFL: frozenset[Insatstyp] = frozenset(
    {"kontaktperson", "kontaktfamilj", "sarskilt_kvalificerad_kontaktperson"}
)
"""Uppdrag and plan are one document, written by the socialsekreterare (A)."""
VIDAREBEFORDRAS: frozenset[Insatstyp] = frozenset({"oppenvard", "hvb", "familjehem"})
"""The uppdrag is sent on: to Chansen's enhetschef, to the HVB, to the familjehem (B)."""
PLACERING: frozenset[Insatstyp] = frozenset({"hvb", "familjehem"})
VARDNADSHAVARE: frozenset[Roll] = frozenset({"vardnadshavare", "god_man"})
"""Wherever one is meant, the other may stand (A)."""
UPPDRAGSTAGARE: frozenset[Roll] = frozenset(
    {
        "kontaktperson",
        "kontaktfamilj",
        "familjehem",
        "hvb",
        "utforare",
        "enhetschef",
        "behandlare",
        "specialpedagog",
    }
)
"""Whoever carries an insats out, of any kind (A, B)."""
