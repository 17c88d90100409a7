"""Steps 4, 8, 12 and 13: the decision, its execution, prolongation and end."""

from typing import Literal

from bbic_bridge.handbook.dokument.bas import (
    Anteckning,
    Datum,
    Del,
    Deltagarna,
    Dokument,
    Id,
    KortText,
    Text,
)
from bbic_bridge.handbook.uppgifter import Avslutsorsak, Insatstyp


class BeslutFattat(Dokument):
    """The decision in BBIC Beslut, taken when all parties have consented (A)."""

    beslut_id: Id
    beslutstyp: Literal["bifall", "avslag"]
    insatstyp: Insatstyp
    beslutsdatum: Datum
    beslutsfattare: KortText
    fran: Datum | None = None
    till: Datum | None = None
    beslutsunderlag_id: Id | None = None
    lagrum: KortText | None = None
    motivering: Text | None = None


class BeslutVerkstall(Dokument):
    """Socialsekreteraren executes the decision; the insats is opened by it (A)."""

    beslut_id: Id
    insats_id: Id
    insatstyp: Insatstyp
    fran: Datum
    till: Datum | None = None
    handlaggare: KortText


class BeslutAvbrott(Dokument):
    """An executed decision is interrupted; from here it again counts as not executed (L)."""

    beslut_id: Id
    insats_id: Id | None = None
    datum: Datum
    orsak: Text


class BeslutFortsattBistand(Dokument):
    """Prolonged bistånd, decided in connection with the end of the period (A)."""

    beslut_id: Id
    ersatter: Id
    insats_id: Id
    insatstyp: Insatstyp
    beslutsdatum: Datum
    beslutsfattare: KortText
    fran: Datum
    till: Datum | None = None
    motivering: Text | None = None


class Riskbedomning(Del):
    """Risk that the child comes to harm. The scale is not public: its words are kept as given."""

    nuvarande: Anteckning
    framtida: Anteckning
    bedomd_av: KortText


class BeslutAvslut(Dokument):
    """The decision to end, in BBIC Uppföljning av öppenvårdsinsats, with its reason (A)."""

    beslut_id: Id
    ersatter: Id
    insats_id: Id
    insatstyp: Insatstyp
    beslutsdatum: Datum
    beslutsfattare: KortText
    slutdatum: Datum
    orsak: Avslutsorsak
    orsak_fritext: KortText | None = None
    vardbehov_tillgodosett: bool | None = None
    riskbedomning: Riskbedomning | None = None
    oro_for_barnet: bool | None = None
    motivering: Anteckning | None = None


class KopiaLamnad(Dokument):
    """Copies of a decision handed to familjehemssekreteraren and the parties (A)."""

    beslut_id: Id
    datum: Datum
    lamnad_av: KortText
    mottagare: Deltagarna
