"""The quarter's draft on ej verkställda beslut, of all cases.

The cases are found by their kept time limits and read one at a time, so that memory does not grow
with the number of cases. Reasons are people's own words: masked unless asked to be revealed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bbic_bridge.handbook.frister.evb import Kvartal, Rad, Statistik, rader, statistik
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.services import audit
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.masking import MASK
from bbic_bridge.services.watch import lage_of
from bbic_bridge.store.documents import document_of
from bbic_bridge.store.evb import is_carried_out, late_cases
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.tx import Tx

PAGE = 100
_VENDORS = "beslut.verkstallt"


@dataclass(frozen=True, slots=True)
class SkalView:
    """A reason that somebody has given: on which day, and for what.

    ``falt`` is ``orsak`` (of an interruption) or ``skal`` (why only a part is given). ``text`` is
    masked unless revealed, and None where the document is no longer kept.
    """

    dag: date
    falt: str
    text: str | None


@dataclass(frozen=True, slots=True)
class EvbView:
    """One decision to report. ``bekraftat``: the vendor has confirmed the execution; None where
    there is none to confirm."""

    kommun: str
    arende: str
    rad: Rad
    bekraftat: bool | None
    skal: tuple[SkalView, ...]


@dataclass(frozen=True, slots=True)
class EvbDraft:
    """The draft of a quarter as it stood on the day ``per``; statistics by kommun."""

    kvartal: Kvartal
    per: date
    individer: tuple[EvbView, ...]
    statistik: Mapping[str, tuple[Statistik, ...]]


def last_ended(bridge: Bridge) -> Kvartal:
    """The last quarter that has ended, in Stockholm."""
    return Kvartal.senast_avslutat(stockholm_date(bridge.clock()))


def has_begun(bridge: Bridge, kvartal: Kvartal) -> bool:
    """Whether there is anything of the quarter to report yet."""
    return kvartal.forsta <= stockholm_date(bridge.clock())


def draft(bridge: Bridge, kvartal: Kvartal, kommuner: Sequence[str] = ()) -> EvbDraft:
    """The draft of a quarter, people's own words masked.

    Args:
        kommuner: only these; all that are configured or have something to report, where empty.
    """
    today = stockholm_date(bridge.clock())
    found = tuple(_views(bridge, kvartal, today, kommuner))
    named = kommuner or {*bridge.settings.kommun, *(view.kommun for view in found)}
    return EvbDraft(
        kvartal=kvartal,
        per=kvartal.per(today),
        individer=found,
        statistik={
            kommun: statistik(view.rad for view in found if view.kommun == kommun)
            for kommun in sorted(named)
        },
    )


def revealed(bridge: Bridge, actor: str, reason: str, shown: EvbDraft) -> EvbDraft:
    """The same draft with people's own words; who asks and why is audited first, case by case."""
    cases = sorted({(view.kommun, view.arende) for view in shown.individer if view.skal})

    def job(tx: Tx) -> None:
        for kommun, arende in cases:
            audit.note(tx, actor, "reveal", arende, kommun, {"reason": reason})

    if not cases:
        return shown
    bridge.store.write(job)
    with bridge.store.read() as tx:
        views = tuple(
            replace(view, skal=_skal(tx, (view.kommun, view.arende), view.rad, reveal=True))
            for view in shown.individer
        )
    return replace(shown, individer=views)


def _views(
    bridge: Bridge, kvartal: Kvartal, today: date, kommuner: Sequence[str]
) -> Iterator[EvbView]:
    forsta, per = kvartal.forsta.isoformat(), kvartal.per(today).isoformat()
    after: CaseKey | None = None
    while True:
        with bridge.store.read() as tx:
            page = late_cases(tx, forsta, per, kommuner, after, PAGE)
            for case in page:
                yield from _of_case(tx, case, kvartal, today)
        if len(page) < PAGE:
            return
        after = page[-1]


def _of_case(tx: Tx, case: CaseKey, kvartal: Kvartal, today: date) -> Iterator[EvbView]:
    lage = lage_of(tx, *case)
    for rad in rader(lage, kvartal, today):
        yield EvbView(
            kommun=case[0],
            arende=case[1],
            rad=rad,
            bekraftat=_is_confirmed(tx, case, lage, rad),
            skal=_skal(tx, case, rad, reveal=False),
        )


def _is_confirmed(tx: Tx, case: CaseKey, lage: Lage, rad: Rad) -> bool | None:
    """What was ordered is confirmed when read back, or when the vendor tells of it by itself."""
    if rad.verkstalld is None or rad.verkstalld_av is None:
        return None
    told = lage.verkstalligheter.get(rad.verkstalld_av.get("beslut_id"), ())
    if any(ett.fran >= rad.verkstalld for ett in told if ett.notis.typ == _VENDORS):
        return True
    return is_carried_out(tx, *case, rad.verkstalld_av.rad)


def _skal(tx: Tx, case: CaseKey, rad: Rad, *, reveal: bool) -> tuple[SkalView, ...]:
    texts = []
    for skal in rad.skal:
        document = document_of(tx, *case, skal.rad)
        text = None if document is None else document.get(skal.falt)
        texts.append(SkalView(skal.dag, skal.falt, text if reveal or text is None else MASK))
    return tuple(texts)
