"""Steps 6, 8 and 13: the resource is assigned, the insats starts and is closed."""

from typing import Annotated

from bbic_bridge.handbook.dokument.bas import Datum, Dokument, Id, Omfattning, punkt
from bbic_bridge.handbook.uppgifter import Avslutsorsak


class ResursTilldela(Dokument):
    """Socialsekreteraren gives the registered resource to the insats (A)."""

    beslut_id: Id
    insats_id: Id
    resurs_id: Annotated[Id, punkt("Resurs", "A:57")]
    fran: Annotated[Datum, punkt("Tilldelas från", "A:57, D")]
    till: Annotated[Datum | None, punkt("Tilldelas till", "D")] = None
    omfattning: Annotated[Omfattning, punkt("Omfattning i procent", "D")] = 100


class InsatsStartad(Dokument):
    """The insats has begun in the child's life; starts the clocks of plan and uppföljning (A)."""

    insats_id: Id
    beslut_id: Id | None = None
    datum: Annotated[Datum, punkt("Insatsens första dag", "A:51")]


class InsatsAvsluta(Dokument):
    """Close the resource, then the insats (A; the order is D).

    ``beslut_id`` is the decision that the insats rests on, ``avslutsbeslut_id`` the one that
    ends it.
    """

    insats_id: Id
    beslut_id: Id
    avslutsbeslut_id: Annotated[Id | None, punkt("Beslut om avslut", "A:125")] = None
    resurs_id: Annotated[Id | None, punkt("Resurs som avslutas", "A:129")] = None
    slutdatum: Annotated[Datum, punkt("Insatsens sista dag", "A:129, D")]
    orsak: Annotated[Avslutsorsak, punkt("Orsak till avslutet", "A:125")]
