"""Asking the vendors what has changed, page by page; resumable from the last page stored."""

from collections import Counter
from collections.abc import Sequence

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import ConfigurationError, DeliveryError
from bbic_bridge.delivery.ports import VendorChange
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.vendor_news import from_json, take_in
from bbic_bridge.services.views import SyncReport
from bbic_bridge.store.changes import cursor_of, held_changes, move_cursor
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
        tally += _store(bridge, kommun, page.changes, (system, stream, page.cursor))
    return tally


def _reconsider(bridge: Bridge, kommun: str) -> Counter[str]:
    with bridge.store.read() as tx:
        held = held_changes(tx, kommun)
    if not held:
        return Counter()
    return _store(bridge, kommun, [from_json(one.payload) for one in held], None)


def _store(
    bridge: Bridge,
    kommun: str,
    changes: Sequence[VendorChange],
    read_to: tuple[str, str, str] | None,
) -> Counter[str]:
    """Takes in a page and remembers where it ended, together."""
    due: list[tuple[str, str]] = []

    def job(tx: Tx) -> Counter[str]:
        due.clear()
        outcomes = Counter(take_in(bridge, tx, kommun, change, due) for change in changes)
        if read_to is not None:
            system, stream, cursor = read_to
            move_cursor(tx, kommun, system, stream, cursor)
        return Counter(outcomes)

    tally = bridge.store.write(job)
    bridge.wake(due)
    return tally
