"""Keeping watch over a case: what it remembers, its time limits, and what deviates.

Everything here is worked out from the case's notiser, inside the transaction that added to them
and under the case's lock: nothing is lost between accepting an event and judging what it means.
"""

from collections.abc import Mapping

from bbic_bridge.handbook.avvikelser import SLAGEN, avvikelser
from bbic_bridge.handbook.frister import frister
from bbic_bridge.handbook.handelser import PREFIX
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, dokument_id
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.tell import tell
from bbic_bridge.store.avvikelser import (
    KeptAvvikelse,
    cases_to_tell,
    due_avvikelser,
    keep_avvikelser,
    mark_avvikelser_told,
    mend_set_back,
)
from bbic_bridge.store.frister import keep_frister
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.notiser import add_notis, notiser_of_case
from bbic_bridge.store.times import SECOND
from bbic_bridge.store.tx import Tx

PAGE = 500
Due = list[tuple[str, str]]


def remember(bridge: Bridge, tx: Tx, kommun: str, arende: str, notis: Notis | None) -> Due:
    """Adds to what the case remembers, and judges the case anew.

    Args:
        notis: None for an event that no rule asks about.

    Returns:
        Callbacks to wake after the commit.
    """
    return judge(bridge, tx, kommun, arende) if keep(tx, kommun, arende, notis) else []


def keep(tx: Tx, kommun: str, arende: str, notis: Notis | None) -> bool:
    """Adds to what the case remembers. True when there is something new to judge the case by."""
    if notis is None:
        return False
    return add_notis(tx, kommun, arende, notis.rad, notis.typ, notis.tid, notis.data)


def judge(bridge: Bridge, tx: Tx, kommun: str, arende: str) -> Due:
    """Works out the case's limits and what deviates, and tells what is to be told by now.

    Once for all that one transaction adds: what comes together explains itself. What comes a
    little later may still do so: what deviates is told after ``avvikelse_vantar_s``.

    Returns:
        Callbacks to wake after the commit.
    """
    lage = lage_of(tx, kommun, arende)
    keep_frister(tx, kommun, arende, frister(lage, bridge.settings.frist))
    tell_at = _tell_at(bridge, tx)
    made = _shown(lage)
    keep_avvikelser(tx, (kommun, arende), made, tell_at)
    return _tell(bridge, tx, (kommun, arende), made)


def lage_of(tx: Tx, kommun: str, arende: str) -> Lage:
    """Where a case stands, of all that it remembers."""
    return Lage(Notis(*kept) for kept in notiser_of_case(tx, kommun, arende))


def tell_deviations(bridge: Bridge, tx: Tx, kommun: str, arende: str) -> Due:
    """Tells, once each, of what has deviated in a case for as long as a late event may explain it.

    Returns:
        Callbacks to wake after the commit.
    """
    return _tell(bridge, tx, (kommun, arende), _shown(lage_of(tx, kommun, arende)))


def _shown(lage: Lage) -> Mapping[KeptAvvikelse, Notis]:
    """What deviates in a case, each with the first event that shows it."""
    told = {en.rad: en for en in lage.notiser}
    return {
        KeptAvvikelse(en.kod, en.objekt, en.skillnad): told[en.rad]
        for en in reversed(avvikelser(lage))
    }


def _tell(bridge: Bridge, tx: Tx, case: CaseKey, shown: Mapping[KeptAvvikelse, Notis]) -> Due:
    kommun, arende = case
    due: Due = []
    told = due_avvikelser(tx, case)
    for one in told:
        due += tell(
            bridge,
            tx,
            "avvikelse.upptackt",
            kommun=kommun,
            arende=arende,
            data=_data(one, shown.get(one)),
            # Not the event that shows it: a late one with an earlier time may come to show it.
            because=("avvikelse", arende, one.kod, one.objekt, one.skillnad),
        )
    mark_avvikelser_told(tx, case, told)
    return due


def _data(one: KeptAvvikelse, shows: Notis | None) -> dict[str, str]:
    """What the workflow is told: codes and ids. ``shows`` is None for what an earlier version of
    the rules found."""
    slag = SLAGEN[one.kod]
    data = {"avvikelse": one.kod, "objekt_id": one.objekt, "vikt": slag.vikt, "kalla": slag.kalla}
    if slag.pointer:
        data["pointer"] = slag.pointer
    if shows is not None:
        data["handelsetyp"] = PREFIX + shows.typ
        if (named := dokument_id(shows)) is not None:
            data["dokument_id"] = named
    return data


def tell_late_deviations(bridge: Bridge) -> int:
    """Tells of what deviates in all cases and has not been explained in ``avvikelse_vantar_s``.

    Returns:
        How many cases there was something to tell of.
    """
    bridge.store.write(lambda tx: mend_set_back(tx, _tell_at(bridge, tx)))
    count = 0
    while True:
        with bridge.store.read() as tx:
            page = cases_to_tell(tx, PAGE)
        if not page:
            return count
        for kommun, arende in page:

            def job(tx: Tx, kommun: str = kommun, arende: str = arende) -> Due:
                return tell_deviations(bridge, tx, kommun, arende)

            bridge.wake(bridge.store.write(job, {(kommun, arende)}))
        count += len(page)


def _tell_at(bridge: Bridge, tx: Tx) -> int:
    """When what deviates from now on is told."""
    return tx.now + int(bridge.settings.avvikelse_vantar_s * SECOND)
