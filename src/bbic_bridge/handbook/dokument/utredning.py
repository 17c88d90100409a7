"""Steps 1 and 12: aktualisering, utredning, beslutsunderlag and vårdplan."""

from typing import Annotated

from pydantic import Field

from bbic_bridge.handbook.dokument.bas import Datum, Del, Dokument, Id, KortText, Mal, Malen, Text
from bbic_bridge.handbook.uppgifter import Insatstyp


class ArendeAktualiserat(Dokument):
    """Something came in about a child, or new needs are brought up (A, B)."""

    datum: Datum
    handlaggare: KortText
    orsak: Text
    inkom_fran: KortText | None = None


class UtredningInledd(Dokument):
    """The decision to open an utredning; ``insats_id`` where a running insats led to it (A)."""

    utredning_id: Id
    datum: Datum
    handlaggare: KortText
    orsak: Text | None = None
    insats_id: Id | None = None


class Alternativ(Del):
    """One insats that was weighed, and what was thought of it."""

    insatstyp: Insatstyp
    overvagande: Text


class BeslutsunderlagUpprattat(Dokument):
    """Bedömning, centrala behov, mål; alternatives weighed and the choice motivated (A, B)."""

    beslutsunderlag_id: Id
    utredning_id: Id | None = None
    datum: Datum
    forfattare: KortText
    bedomning: Text
    centrala_behov: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    mal: Malen[Mal]
    mottaglighet: Text
    alternativ: Annotated[tuple[Alternativ, ...], Field(min_length=1, max_length=20)]
    foreslagen_insats: Insatstyp
    motivering: Text
    barnets_delaktighet: Text | None = None
    foraldrarnas_delaktighet: Text | None = None
    ersatter: Id | None = None


class VardplanUpprattad(Dokument):
    """The plan behind a placement: what SFS 2025:468 10 kap. 2 § asks for (L)."""

    vardplan_id: Id
    beslutsunderlag_id: Id | None = None
    datum: Datum
    forfattare: KortText
    sarskilda_insatser: Text
    umgange: Text
    mal: Malen[Mal]
    barnets_synpunkter: Text
    vardnadshavares_synpunkter: Text
    ersatter: Id | None = None
