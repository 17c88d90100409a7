"""Protection: where someone is to be kept safe, how to find people is not sent on.

Source: the handbook's Persons (law; that unknown counts as protected is our design). A protected
child's, or a close relative's, address reveals the other's, so one protected person is enough.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bbic_bridge.handbook.dokument.bas import Dokument, Kontakt
from bbic_bridge.handbook.dokument.genomforandeplan import Planinnehall
from bbic_bridge.handbook.dokument.uppdrag import UppdragUpprattat
from bbic_bridge.handbook.uppgifter import Person

D = TypeVar("D", bound=Dokument)

SKYDDADE: Mapping[type[Dokument], Mapping[str, Any]] = {
    UppdragUpprattat: {"kontaktuppgifter": ()},
    Planinnehall: {"skolgang": None},
}
"""The fields that tell where someone can be found (address, telephone, school), for each document
and those made from it, and what stands there when they are left out. No other document has any."""

NARSTAENDES_SKYDD = "narstaendes_skydd:berattat"
"""The fact that a case has been told how those close to the child are protected."""
SKYDD = "skydd:berattat"
"""The fact that a case has been told of someone who is protected."""
_NIVAER = frozenset({"sekretessmarkering", "skyddad_folkbokforing"})


@dataclass(frozen=True, slots=True)
class Skyddslage:
    """What a case knows of protection besides the document at hand.

    ``narstaende``: whether anyone close to the child is protected, None where nobody has told.
    ``nagonsin``: whether anyone of the case has been told to be, whatever was told since.
    """

    narstaende: bool | None = None
    nagonsin: bool = False


def skyddsfakta(dokument: Dokument) -> Iterator[str]:
    """What a document makes known of protection. What nobody knows is not told (``okand``)."""
    if hasattr(dokument, "foraldrar"):
        yield NARSTAENDES_SKYDD
    if sagt_skyddad(namngivna(dokument)):
        yield SKYDD


def skyddad(personer: Iterable[Person | Kontakt]) -> bool:
    """Whether anyone is protected, or is not known not to be."""
    return any(person.skydd != "ingen" for person in personer)


def sagt_skyddad(personer: Iterable[Person | Kontakt]) -> bool:
    """Whether anyone is told to be protected."""
    return any(person.skydd in _NIVAER for person in personer)


def namngivna(dokument: Dokument) -> tuple[Person | Kontakt, ...]:
    """Those whose protection a document tells: the child, parents, and whom to contact."""
    foraldrar = getattr(dokument, "foraldrar", ())
    return (dokument.barn, *foraldrar, *getattr(dokument, "kontaktuppgifter", ()))


def skyddad_narstaende(uppdrag: Mapping[str, Any]) -> bool:
    """Whether an uppdrag, as it was sent, names a parent, or someone to reach, who is not known
    to be unprotected."""
    narstaende = (*uppdrag["foraldrar"], *uppdrag["kontaktuppgifter"])
    return any(en.get("skydd") != "ingen" for en in narstaende)


def utsatta_falt(dokument: Dokument) -> Mapping[str, Any]:
    """The protected fields that hold anything, and what would stand there instead."""
    return {
        falt: tomt
        for typ, falten in SKYDDADE.items()
        if isinstance(dokument, typ)
        for falt, tomt in falten.items()
        if getattr(dokument, falt) != tomt
    }


def skydda(dokument: D, *, narstaende_skyddad: bool = False) -> tuple[D, tuple[str, ...]]:
    """The document as it may be sent on.

    Args:
        narstaende_skyddad: a parent whom the document does not name is protected.

    Returns:
        The document, and the fields that had to be left out of it: all protected ones that hold
        anything, where anyone is protected, else none.
    """
    if not (narstaende_skyddad or skyddad(namngivna(dokument))):
        return dokument, ()
    tomma = utsatta_falt(dokument)
    return dokument.model_copy(update=tomma), tuple(tomma)
