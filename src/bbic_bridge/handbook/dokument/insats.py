"""Steps 6, 8 and 13: the resource is assigned, the insats starts and is closed."""

from bbic_bridge.handbook.dokument.bas import Datum, Dokument, Id, Omfattning
from bbic_bridge.handbook.uppgifter import Avslutsorsak


class ResursTilldela(Dokument):
    """Socialsekreteraren gives the registered resource to the insats (A)."""

    beslut_id: Id
    insats_id: Id
    resurs_id: Id
    fran: Datum
    till: Datum | None = None
    omfattning: Omfattning = 100


class InsatsStartad(Dokument):
    """The insats has begun in the child's life; starts the clocks of plan and uppföljning (A)."""

    insats_id: Id
    beslut_id: Id | None = None
    datum: Datum


class InsatsAvsluta(Dokument):
    """Close the resource, then the insats (A; the order is D).

    ``beslut_id`` is the decision that the insats rests on, ``avslutsbeslut_id`` the one that
    ends it.
    """

    insats_id: Id
    beslut_id: Id
    avslutsbeslut_id: Id | None = None
    resurs_id: Id | None = None
    slutdatum: Datum
    orsak: Avslutsorsak
