"""Steps 1 and 12: aktualisering, utredning, beslutsunderlag and vårdplan."""

from typing import Annotated

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import (
    VARDPLAN,
    Datum,
    Del,
    Dokument,
    Id,
    KortText,
    Mal,
    Malen,
    Text,
    punkt,
)
from bbic_bridge.handbook.uppgifter import Insatstyp


class ArendeAktualiserat(Dokument):
    """Something came in about a child, or new needs are brought up (A, B)."""

    datum: Annotated[Datum, punkt("Datum för aktualiseringen", "B:117")]
    handlaggare: Annotated[KortText, punkt("Handläggare", "D")]
    orsak: Annotated[Text, punkt("Skäl för aktualiseringen", "B:117")]
    inkom_fran: Annotated[KortText | None, punkt("Inkom från", "D")] = None


class UtredningInledd(Dokument):
    """The decision to open an utredning; ``insats_id`` where a running insats led to it (A)."""

    utredning_id: Id
    datum: Annotated[Datum, punkt("Datum då utredningen inleds", "A:111, B:117")]
    handlaggare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "A:111")]
    orsak: Annotated[Text | None, punkt("Behov eller oro som leder till utredning", "A:111")] = None
    insats_id: Annotated[Id | None, punkt("Pågående insats", "A:111")] = None


class Alternativ(Del):
    """One insats that was weighed, and what was thought of it."""

    insatstyp: Annotated[Insatstyp, punkt("Alternativ insats")]
    overvagande: Annotated[Text, punkt("Övervägande om alternativet")]


class BeslutsunderlagUpprattat(Dokument):
    """Bedömning, centrala behov, mål; alternatives weighed and the choice motivated (A, B)."""

    beslutsunderlag_id: Id
    utredning_id: Id | None = None
    datum: Annotated[Datum, punkt("Beslutsunderlagets datum", "D")]
    forfattare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "A:11")]
    bedomning: Annotated[Text, punkt("Bedömning av barnets behov", "A:12, B:7")]
    centrala_behov: Annotated[
        tuple[Text, ...],
        Field(min_length=1, max_length=30),
        punkt("Centrala behov", "A:12, B:6"),
    ]
    mal: Annotated[Malen[Mal], punkt("Mål", "A:12")]
    mottaglighet: Annotated[Text, punkt("Mottaglighet", "B:9")]
    alternativ: Annotated[
        tuple[Alternativ, ...],
        Field(min_length=1, max_length=20),
        punkt("Alternativa insatser som övervägts", "A:12"),
    ]
    foreslagen_insats: Annotated[Insatstyp, punkt("Vald insats", "A:12")]
    motivering: Annotated[Text, punkt("Motivering av valet av insats", "A:12")]
    barnets_delaktighet: Annotated[Text | None, punkt("Hur barnet varit delaktigt", "B:124")] = None
    foraldrarnas_delaktighet: Annotated[
        Text | None, punkt("Hur föräldrarna varit delaktiga", "B:124")
    ] = None
    ersatter: Annotated[Id | None, punkt("Ersätter beslutsunderlag", "D")] = None


class VardplanUpprattad(Dokument):
    """The plan behind a placement: what SFS 2025:468 10 kap. 2 § asks for (L).

    Where something stands in the way of an answer, the field says what.
    """

    vardplan_id: Id
    beslutsunderlag_id: Id | None = None
    datum: Annotated[Datum, punkt("Vårdplanens datum", "D")]
    forfattare: Annotated[KortText, punkt("Ansvarig socialsekreterare", "D")]
    sarskilda_insatser: Annotated[Text, punkt("Särskilda insatser", VARDPLAN)]
    umgange: Annotated[Text, punkt("Hur umgänget ordnas", VARDPLAN)]
    mal: Annotated[Malen[Mal], punkt("Mål för vården", f"{VARDPLAN}, B:76")]
    barnets_synpunkter: Annotated[Text, punkt("Barnets syn på vården", VARDPLAN)]
    vardnadshavares_synpunkter: Annotated[Text, punkt("Vårdnadshavares syn på vården", VARDPLAN)]
    ersatter: Annotated[Id | None, punkt("Ersätter vårdplan", "D")] = None
