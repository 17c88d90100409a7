"""A case's uppdrag and their versions: which is in force on a day, and which have been ended.

A version is a document of its own that names the one it replaces (``ersatter``). Ended is one that
was taken back or declined, by the workflow's word or a vendor's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.uppgifter import Insatstyp

UPPRATTAT = ("uppdrag.upprattat", "uppdrag.reviderat")
ATERKALLAT, AVBOJT = "uppdrag.aterkallat", "uppdrag.avbojt"
Slut = Literal["aterkallat", "avbojt"]


@dataclass(frozen=True, slots=True)
class Uppdraget:
    """One version of an uppdrag. ``notiser`` are all events that drew it up, the first first.

    ``slut`` is the first day it was taken back or declined, ``genom`` which; taken back goes first.
    """

    uppdrag_id: str
    ersatter: str | None
    insats_id: str | None
    insatstyp: Insatstyp | None
    datum: date
    notiser: tuple[Notis, ...]
    slut: date | None = None
    genom: Slut | None = None

    @property
    def notis(self) -> Notis:
        """The event that stands for it."""
        return self.notiser[0]


class Uppdragen:
    """The uppdrag of a case.

    Args:
        lage: where the case stands.
    """

    def __init__(self, lage: Lage) -> None:
        self._lage = lage

    @cached_property
    def alla(self) -> Mapping[str, Uppdraget]:
        """Every version by its id, the earliest first."""
        om: dict[str, list[Notis]] = {}
        for en in self._lage.av(*UPPRATTAT):
            if en.get("uppdrag_id") is not None:
                om.setdefault(en.get("uppdrag_id"), []).append(en)
        gjorda = [self._uppdraget(uppdrag_id, notiser) for uppdrag_id, notiser in om.items()]
        return {ett.uppdrag_id: ett for ett in sorted(gjorda, key=_nar)}

    @cached_property
    def slut(self) -> Mapping[str, tuple[Slut, date]]:
        """How and when each ended uppdrag was ended, also one that is not drawn up yet."""
        slut: dict[str, tuple[Slut, date]] = {}
        for en in (*self._lage.av(AVBOJT), *self._lage.av(ATERKALLAT)):
            if en.get("uppdrag_id") is not None:
                genom: Slut = "aterkallat" if en.typ == ATERKALLAT else "avbojt"
                _, tidigare = slut.get(en.get("uppdrag_id"), (genom, en.dag))
                slut[en.get("uppdrag_id")] = (genom, min(tidigare, en.dag))
        return slut

    def av_insats(self, insats_id: str) -> tuple[Uppdraget, ...]:
        """All versions of an insats' uppdrag."""
        return tuple(ett for ett in self.alla.values() if ett.insats_id == insats_id)

    def versioner(self, uppdrag_id: str) -> tuple[Uppdraget, ...]:
        """The uppdrag with all that it replaces and is replaced by; none where it is not known."""
        kedja = {uppdrag_id} if uppdrag_id in self.alla else set()
        while True:
            fler = {
                ett.uppdrag_id
                for ett in self.alla.values()
                if ett.ersatter in kedja
                or any(self.alla[en].ersatter == ett.uppdrag_id for en in kedja)
            }
            if fler <= kedja:
                return tuple(ett for ett in self.alla.values() if ett.uppdrag_id in kedja)
            kedja |= fler

    def senare(self, uppdrag_ids: Iterable[str]) -> set[str]:
        """These uppdrag and all later versions of them."""
        kedja = set(uppdrag_ids)
        while True:
            fler = {ett.uppdrag_id for ett in self.alla.values() if ett.ersatter in kedja}
            if fler <= kedja:
                return kedja
            kedja |= fler

    def _uppdraget(self, uppdrag_id: str, notiser: list[Notis]) -> Uppdraget:
        forsta = notiser[0]
        genom, slut = self.slut.get(uppdrag_id, (None, None))
        return Uppdraget(
            uppdrag_id=uppdrag_id,
            ersatter=forsta.get("ersatter"),
            insats_id=forsta.get("insats_id"),
            insatstyp=forsta.get("insatstyp"),
            datum=forsta.dag,
            notiser=tuple(notiser),
            slut=slut,
            genom=genom,
        )


def i_kraft(versioner: Collection[Uppdraget], dag: date) -> tuple[Uppdraget, ...]:
    """Those in force on a day: begun, not ended, not replaced by one that is; the latest first."""
    gallande = [
        ett for ett in versioner if ett.datum <= dag and (ett.slut is None or ett.slut > dag)
    ]
    ersatta = {ett.ersatter for ett in gallande}
    kvar = (ett for ett in gallande if ett.uppdrag_id not in ersatta)
    return tuple(sorted(kvar, key=_nar, reverse=True))


def _nar(uppdraget: Uppdraget) -> tuple[object, ...]:
    return uppdraget.datum, uppdraget.notis.tid, uppdraget.uppdrag_id
