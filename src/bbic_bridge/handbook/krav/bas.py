"""What a rule about a document's content is, and the conditions that many rules share."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from bbic_bridge.handbook.dokument.bas import Deltagare, Dokument
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER, Roll, Vikt
from bbic_bridge.handbook.punkter import punkt_vid
from bbic_bridge.handbook.uppgifter import Insatstyp

Villkor = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Krav:
    """One rule about the content of one or more documents.

    Attributes:
        kod: its stable name.
        galler: the documents; what is made from one of them is one of them.
        falt: the field that a breach points at.
        kalla: who asks for it: ``A:12`` and ``B:124`` are lines of the sources, ``L: …`` law,
            ``D`` our own design; the first is whose word gives the weight.
        text: what is asked, in Swedish, for people.
        uppfyllt: whether a document keeps it.
        insatstyper: the kinds of insats that it holds for.
        valbart: whether a kommun may take it away (``[krav] utan``), because the rules that it
            comes from may have been replaced.
    """

    kod: str
    vikt: Vikt
    galler: tuple[type[Dokument], ...]
    falt: str
    kalla: str
    text: str
    uppfyllt: Villkor
    insatstyper: frozenset[Insatstyp] = ALLA_INSATSTYPER
    valbart: bool = False

    def namn(self, typ: type[Dokument]) -> str | None:
        """What the content point is called in a document."""
        return _namn(typ, self.falt)


@cache
def _namn(typ: type[Dokument], falt: str) -> str | None:
    return punkt_vid(typ, (falt,)).namn


def finns(falt: str) -> Villkor:
    """The field is there and not empty."""
    return lambda dokument: getattr(dokument, falt) not in (None, ())


def med(falt: str, roller: Collection[Roll]) -> Villkor:
    """Someone in one of the roles is among those that the field names."""
    return lambda dokument: not roller_i(getattr(dokument, falt)).isdisjoint(roller)


def eller(*villkor: Villkor) -> Villkor:
    """One of them is enough."""
    return lambda dokument: any(ett(dokument) for ett in villkor)


def i_ordning(tidigare: str, senare: str) -> Villkor:
    """Of two dates, the one is not after the other."""

    def uppfyllt(dokument: Any) -> bool:
        forst, sist = getattr(dokument, tidigare), getattr(dokument, senare)
        return forst is None or sist is None or bool(forst <= sist)

    return uppfyllt


def roller_i(deltagare: Iterable[Deltagare]) -> set[Roll]:
    """The roles of those who are named."""
    return {en.roll for en in deltagare}
