"""Keeping watch over a case: what it remembers, its time limits, and what deviates.

Everything here is worked out from the case's notiser, inside the transaction that added to them
and under the case's lock: nothing is lost between accepting an event and judging what it means.
"""

from bbic_bridge.handbook.avvikelser import SLAGEN, avvikelser
from bbic_bridge.handbook.frister import frister
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
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
    made = (KeptAvvikelse(en.kod, en.objekt, en.skillnad) for en in avvikelser(lage))
    keep_avvikelser(tx, (kommun, arende), made, tell_at)
    return tell_deviations(bridge, tx, kommun, arende)


def lage_of(tx: Tx, kommun: str, arende: str) -> Lage:
    """Where a case stands, of all that it remembers."""
    return Lage(Notis(*kept) for kept in notiser_of_case(tx, kommun, arende))


def tell_deviations(bridge: Bridge, tx: Tx, kommun: str, arende: str) -> Due:
    """Tells, once each, of what has deviated in a case for as long as a late event may explain it.

    Returns:
        Callbacks to wake after the commit.
    """
    due: Due = []
    told = due_avvikelser(tx, (kommun, arende))
    for one in told:
        slag = SLAGEN[one.kod]
        due += tell(
            bridge,
            tx,
            "avvikelse.upptackt",
            kommun=kommun,
            arende=arende,
            data={
                "avvikelse": one.kod,
                "objekt_id": one.objekt,
                "vikt": slag.vikt,
                "kalla": slag.kalla,
                **({"pointer": slag.pointer} if slag.pointer else {}),
            },
            # Not the event that shows it: a late one with an earlier time may come to show it.
            because=("avvikelse", arende, one.kod, one.objekt, one.skillnad),
        )
    mark_avvikelser_told(tx, (kommun, arende), told)
    return due


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
