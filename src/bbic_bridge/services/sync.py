"""Asking the vendors what has changed, page by page; resumable from the last page stored."""

from collections import Counter
from functools import partial

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import ConfigurationError, DeliveryError
from bbic_bridge.delivery.ports import VendorChange
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.vendor_news import Due, Outcome, from_json, take_in
from bbic_bridge.services.views import SyncReport
from bbic_bridge.store.changes import cursor_of, held_change, held_keys, move_cursor
from bbic_bridge.store.tx import Tx

log = telemetry.get_logger()


def sync_kommun(bridge: Bridge, kommun: str) -> SyncReport:
    """One pass over all streams of a kommun's vendor system.

    A stream that cannot be read is reported and left for the next pass; the others go on.

    Raises:
        ConfigurationError: no such kommun.
        StoreUnavailable: the store failed; what was stored before stays.
    """
    settings = bridge.settings.kommun.get(kommun)
    if settings is None:
        raise ConfigurationError(f"there is no kommun {kommun} in the configuration")
    tally: Counter[str] = Counter()
    problems = []
    tally += _reconsider(bridge, kommun)
    for stream in bridge.systems(kommun).streams():
        try:
            tally += _read_stream(bridge, kommun, settings.system, stream)
        except DeliveryError as error:
            log.warning("sync_failed", kommun=kommun, stream=stream, code=error.code)
            problems.append(f"{stream}: {error.code}")
    return SyncReport(
        kommun=kommun,
        read=tally.total(),
        emitted=tally["emitted"],
        own=tally["own"],
        held=tally["held"],
        known=tally["known"],
        problems=tuple(problems),
    )


def reconsider_held(bridge: Bridge) -> int:
    """Looks again at what was held, in all kommuner. Returns how many are no longer held."""
    tallies = [_reconsider(bridge, kommun) for kommun in bridge.settings.kommun]
    return sum(tally["emitted"] + tally["own"] for tally in tallies)


def _read_stream(bridge: Bridge, kommun: str, system: str, stream: str) -> Counter[str]:
    tally: Counter[str] = Counter()
    with bridge.store.read() as tx:
        cursor = cursor_of(tx, kommun, system, stream)
    for page in bridge.systems(kommun).changes(stream, cursor, bridge.clock()):
        tally.update(_take_in(bridge, kommun, change) for change in page.changes)
        # After its changes, not with them: a page read twice tells nothing twice.
        bridge.store.write(partial(_move, kommun, system, stream, page.cursor))
    return tally


def _move(kommun: str, system: str, stream: str, cursor: str, tx: Tx) -> None:
    move_cursor(tx, kommun, system, stream, cursor)


def _reconsider(bridge: Bridge, kommun: str) -> Counter[str]:
    """Looks again at what is held; one that cannot be dealt with stays, and stops no other."""
    tally: Counter[str] = Counter()
    with bridge.store.read() as tx:
        held = held_keys(tx, kommun)
    for system, key in held:
        try:
            with bridge.store.read() as tx:
                change = from_json(held_change(tx, kommun, system, key))
            tally[_take_in(bridge, kommun, change)] += 1
        except Exception as error:  # noqa: BLE001  it stays held; the others go on
            log.error("held_change_failed", kommun=kommun, error=telemetry.error_name(error))
    return tally


def _take_in(bridge: Bridge, kommun: str, change: VendorChange) -> Outcome:
    """One change in a transaction of its own, so that it locks one case and fails alone."""
    due: Due = []

    def job(tx: Tx) -> Outcome:
        due.clear()
        return take_in(bridge, tx, kommun, change, due)

    locks = [] if change.arende is None else [(kommun, change.arende)]
    outcome = bridge.store.write(job, locks)
    bridge.wake(due)
    return outcome
