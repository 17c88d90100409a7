"""Steps 4, 8, 12 and 13: the decision, its execution, prolongation and end."""

from typing import Annotated, Literal

from bbic_bridge.handbook.dokument.bas import (
    EJ_VERKSTALLT,
    Anteckning,
    Datum,
    Del,
    Deltagarna,
    Dokument,
    Id,
    KortText,
    Text,
    punkt,
)
from bbic_bridge.handbook.uppgifter import Avslutsorsak, Insatstyp


class BeslutFattat(Dokument):
    """The decision in BBIC Beslut, taken when all parties have consented (A).

    ``underlagsanteckning_id`` names the journal note that, exceptionally, stands in for a
    beslutsunderlag in a document of its own (B).
    """

    beslut_id: Id
    beslutstyp: Annotated[Literal["bifall", "avslag"], punkt("Beslut", "A:25")]
    insatstyp: Annotated[Insatstyp, punkt("Insats", "A:25")]
    beslutsdatum: Annotated[Datum, punkt("Beslutsdatum", "A:25")]
    beslutsfattare: Annotated[KortText, punkt("Beslutsfattare", "D")]
    fran: Annotated[Datum | None, punkt("Beslutet gäller från", "D")] = None
    till: Annotated[Datum | None, punkt("Dag då biståndet löper ut", "A:53, D")] = None
    beslutsunderlag_id: Annotated[Id | None, punkt("Beslutsunderlag", "B:116")] = None
    underlagsanteckning_id: Annotated[
        Id | None, punkt("Journalanteckning i stället för beslutsunderlag", "B:116")
    ] = None
    lagrum: Annotated[KortText | None, punkt("Lagrum", "D")] = None
    motivering: Annotated[Text | None, punkt("Motivering", "D")] = None


class BeslutVerkstall(Dokument):
    """Socialsekreteraren executes the decision; the insats is opened by it (A).

    ``delvis`` where only a part of what was granted is given; it counts as not executed (L), and
    ``skal`` says why.
    """

    beslut_id: Id
    insats_id: Id
    insatstyp: Annotated[Insatstyp, punkt("Insats", "A:57")]
    fran: Annotated[Datum, punkt("Verkställs från", "A:57, D")]
    till: Annotated[Datum | None, punkt("Verkställs till", "D")] = None
    handlaggare: Annotated[KortText, punkt("Socialsekreterare som verkställer", "A:57")]
    delvis: Annotated[bool, punkt("Verkställs bara delvis", EJ_VERKSTALLT)] = False
    skal: Annotated[
        Text | None, punkt("Skäl till att inte hela beslutet verkställs", EJ_VERKSTALLT)
    ] = None


class BeslutAvbrott(Dokument):
    """An executed decision is interrupted; from here it again counts as not executed (L)."""

    beslut_id: Id
    insats_id: Id | None = None
    datum: Annotated[Datum, punkt("Dag för avbrottet", EJ_VERKSTALLT)]
    orsak: Annotated[Text, punkt("Skäl till avbrottet", EJ_VERKSTALLT)]


class BeslutFortsattBistand(Dokument):
    """Prolonged bistånd, decided in connection with the end of the period (A)."""

    beslut_id: Id
    ersatter: Annotated[Id, punkt("Beslut som förlängs", "A:103")]
    insats_id: Id
    insatstyp: Annotated[Insatstyp, punkt("Insats", "A:103")]
    beslutsdatum: Annotated[Datum, punkt("Beslutsdatum", "A:103")]
    beslutsfattare: Annotated[KortText, punkt("Beslutsfattare", "D")]
    fran: Annotated[Datum, punkt("Beslutet gäller från", "A:103, D")]
    till: Annotated[Datum | None, punkt("Dag då biståndet löper ut", "A:53, A:117, D")] = None
    motivering: Annotated[Text | None, punkt("Motivering", "D")] = None


class Riskbedomning(Del):
    """Risk that the child comes to harm. The scale is not public: its words are kept as given."""

    nuvarande: Annotated[Anteckning, punkt("Nuvarande risk att barnet far illa")]
    framtida: Annotated[Anteckning, punkt("Framtida risk att barnet far illa")]
    bedomd_av: Annotated[KortText, punkt("Socialsekreterare som bedömt risken")]


class BeslutAvslut(Dokument):
    """The decision to end, in BBIC Uppföljning av öppenvårdsinsats, with its reason (A)."""

    beslut_id: Id
    ersatter: Annotated[Id, punkt("Beslut som avslutas", "A:125")]
    insats_id: Id
    insatstyp: Annotated[Insatstyp, punkt("Insats", "A:125")]
    beslutsdatum: Annotated[Datum, punkt("Beslutsdatum", "A:125")]
    beslutsfattare: Annotated[KortText, punkt("Beslutsfattare", "D")]
    slutdatum: Annotated[Datum, punkt("Insatsens sista dag", "A:125, D")]
    orsak: Annotated[Avslutsorsak, punkt("Orsak till avslutet", "A:125")]
    orsak_fritext: Annotated[KortText | None, punkt("Annan orsak, med ord", "A:125")] = None
    vardbehov_tillgodosett: Annotated[bool | None, punkt("Vårdbehovet tillgodosett", "A:127")] = (
        None
    )
    riskbedomning: Annotated[
        Riskbedomning | None, punkt("Bedömning av nuvarande och framtida risk", "A:127")
    ] = None
    oro_for_barnet: Annotated[bool | None, punkt("Oro för barnets situation", "A:111")] = None
    motivering: Annotated[Anteckning | None, punkt("Motivering", "D")] = None


class KopiaLamnad(Dokument):
    """Copies of a decision handed to familjehemssekreteraren and the parties (A)."""

    beslut_id: Id
    datum: Annotated[Datum, punkt("Dag då kopian lämnades", "A:105")]
    lamnad_av: Annotated[KortText, punkt("Socialsekreterare som lämnat kopian", "A:105")]
    mottagare: Annotated[Deltagarna, punkt("Mottagare av kopian", "A:105")]
