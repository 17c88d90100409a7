"""Keeping watch over a case: what it remembers, its time limits, and what deviates.

Everything here is worked out from the case's notiser, inside the transaction that added to them
and under the case's lock: nothing is lost between accepting an event and judging what it means.
"""

from collections.abc import Iterable

from bbic_bridge.handbook.avvikelser import avvikelser
from bbic_bridge.handbook.dokument.bas import eget_id
from bbic_bridge.handbook.frister import frister
from bbic_bridge.handbook.handelser import Handelse
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.planering import Varning
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.tell import tell
from bbic_bridge.store.frister import keep_frister
from bbic_bridge.store.notiser import add_notis, notiser_of_case
from bbic_bridge.store.tx import Tx

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
    """Works out the case's limits and what deviates, and tells what was not told before.

    Once for all that one transaction adds: what comes together explains itself.

    Returns:
        Callbacks to wake after the commit.
    """
    lage = lage_of(tx, kommun, arende)
    keep_frister(tx, kommun, arende, frister(lage, bridge.settings.frist))
    return _tell_deviations(bridge, tx, kommun, arende, lage)


def tell_unmet(
    bridge: Bridge, tx: Tx, row: str, handelse: Handelse, varningar: Iterable[Varning]
) -> Due:
    """An unmet SKA with an exception is a deviation: told once for each event and rule.

    Returns:
        Callbacks to wake after the commit.
    """
    due: Due = []
    own = eget_id(type(handelse.data))
    objekt = "" if own is None else str(getattr(handelse.data, own))
    for varning in varningar:
        if varning.vikt == "ska_om_inte":
            due += tell(
                bridge,
                tx,
                "avvikelse.upptackt",
                kommun=handelse.kommun,
                arende=handelse.subject,
                data={
                    "avvikelse": varning.kod,
                    "objekt_id": objekt,
                    "pointer": varning.pointer,
                    "vikt": varning.vikt,
                    "kalla": varning.kalla,
                },
                because=("avvikelse", handelse.subject, varning.kod, objekt, row),
            )
    return due


def lage_of(tx: Tx, kommun: str, arende: str) -> Lage:
    """Where a case stands, of all that it remembers."""
    return Lage(Notis(*kept) for kept in notiser_of_case(tx, kommun, arende))


def _tell_deviations(bridge: Bridge, tx: Tx, kommun: str, arende: str, lage: Lage) -> Due:
    due: Due = []
    for avvikelse in avvikelser(lage):
        data = {
            "avvikelse": avvikelse.kod,
            "objekt_id": avvikelse.objekt,
            "vikt": avvikelse.vikt,
            "kalla": avvikelse.kalla,
        }
        # Not the event that shows it: a late one with an earlier time may come to show the same.
        because = ("avvikelse", arende, avvikelse.kod, avvikelse.objekt, avvikelse.skillnad)
        due += tell(
            bridge,
            tx,
            "avvikelse.upptackt",
            kommun=kommun,
            arende=arende,
            data=data,
            because=because,
        )
    return due
