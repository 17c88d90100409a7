"""Whether anything is sent at all, and what a database that was put back may have forgotten."""

from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.store import recoveries
from bbic_bridge.store.times import SECOND
from bbic_bridge.store.tx import Tx

FOR_EVER = 1 << 62


def stop_all(tx: Tx, since: int, *, actor: str, reason: str) -> None:
    """Stops all sending, in every process, for a database that has forgotten what was since a time
    (microseconds). Audited."""
    recoveries.begin_recovery(tx, since)
    note(tx, actor, "recover", "sending", BRIDGE, {"reason": reason, "since": since})


def let_go(tx: Tx, *, actor: str, reason: str) -> bool:
    """Lets sending go on. Audited. False where it was not stopped."""
    if not recoveries.end_recovery(tx):
        return False
    note(tx, actor, "recovered", "sending", BRIDGE, {"reason": reason})
    return True


def is_stopped(tx: Tx) -> bool:
    """Whether all sending is stopped."""
    return recoveries.is_under_way(tx)


def forgotten_until(bridge: Bridge, tx: Tx) -> int:
    """Up to when (microseconds) an event may have been accepted before and be forgotten since.

    Such a one is looked for at the vendor before it is sent, whenever it comes again; while sending
    is stopped, every one.
    """
    if recoveries.is_under_way(tx):
        return FOR_EVER
    last = recoveries.last_recovery(tx)
    if last is None:
        return -1
    return last + int(bridge.settings.limits.timestamp_tolerance_s * SECOND)
