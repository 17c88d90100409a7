"""Asking the vendors what has changed, page by page; resumable from the last page stored."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import ConfigurationError, DeliveryError
from bbic_bridge.delivery.ports import Page, Told, Unreadable, VendorChange
from bbic_bridge.services import parking, places
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.vendor_news import Due, Outcome, from_json, take_in
from bbic_bridge.services.views.changes import SyncProblem, SyncReport
from bbic_bridge.store import watermarks
from bbic_bridge.store.changes import held_change, held_keys
from bbic_bridge.store.tx import Tx

log = telemetry.get_logger()
Tally = Counter[Outcome]
Place = tuple[str, str, str]
"""Kommun, system and stream."""


def sync_kommun(bridge: Bridge, kommun: str) -> SyncReport:
    """One pass over all streams of a kommun's vendor system.

    A stream that cannot be read is reported and left for the next pass, a row that cannot be read
    is parked; the others go on.

    Raises:
        ConfigurationError: no such kommun.
        StoreUnavailable: the store failed; what was stored before stays. ``StorageLow`` where it
            would soon have no room: what is not read now is read later.
    """
    bridge.store.space.require(bridge.settings.limits.min_free_bytes)
    settings = bridge.settings.kommun.get(kommun)
    if settings is None:
        raise ConfigurationError(f"there is no kommun {kommun} in the configuration")
    tally = _reconsider(bridge, kommun) + parking.read_parked_again(bridge, kommun)
    problems: list[SyncProblem] = []
    for stream in bridge.systems(kommun).streams():
        read, found = _pass(bridge, (kommun, settings.system, stream))
        tally += read
        problems += found
    return SyncReport(
        kommun=kommun,
        read=tally.total(),
        emitted=tally["emitted"],
        own=tally["own"],
        held=tally["held"],
        known=tally["known"],
        parked=tally["parked"],
        problems=tuple(problems),
    )


def reconsider_held(bridge: Bridge) -> int:
    """Looks again at what was held, in all kommuner. Returns how many are no longer held."""
    tallies = [_reconsider(bridge, kommun) for kommun in bridge.settings.kommun]
    return sum(tally["emitted"] + tally["own"] for tally in tallies)


def _pass(bridge: Bridge, place: Place) -> tuple[Tally, list[SyncProblem]]:
    """Reads one stream to its end, or as far as it can be; how that went is kept."""
    tally: Tally = Counter()
    problems: list[SyncProblem] = []
    try:
        _read_stream(bridge, place, tally, problems)
    except DeliveryError as error:
        kommun, system, stream = place
        code, where = error.code, parking.shown(error.where)
        log.warning(
            "sync_failed", kommun=kommun, system=system, stream=stream, code=code, where=where
        )
        problems.append(SyncProblem(kommun, system, stream, code, where))
        bridge.store.write(lambda tx: watermarks.fail_pass(tx, *place, code, where))
    return tally, problems


def _read_stream(bridge: Bridge, place: Place, tally: Tally, problems: list[SyncProblem]) -> None:
    kommun, _, stream = place
    pages = bridge.systems(kommun).changes(stream, _cursor(bridge, place), bridge.clock())
    while (page := _next_page(bridge, place, pages)) is not None:
        for told in page.changes:
            outcome = _deal_with(bridge, place, told)
            tally[outcome] += 1
            if outcome == "parked" and isinstance(told, Unreadable):
                problem = SyncProblem(*place, told.code, parking.shown(told.where))
                problems += [] if problem in problems else [problem]
        # After its changes, not with them: a page read twice tells nothing twice.
        bridge.store.write(partial(_turn, place, page))
    bridge.store.write(lambda tx: watermarks.end_pass(tx, *place))


def _next_page(bridge: Bridge, place: Place, pages: Iterator[Page]) -> Page | None:
    kommun, system, _ = place
    with places.place(bridge, (kommun, system)):
        return next(pages, None)


def _cursor(bridge: Bridge, place: Place) -> str:
    """Where to go on. A stream that is first seen begins now, whenever it can first be read."""
    with bridge.store.read() as tx:
        cursor = watermarks.cursor_of(tx, *place)
    if cursor is not None:
        return cursor
    kommun, _, stream = place
    start = bridge.systems(kommun).start_of(stream, bridge.clock())
    bridge.store.write(lambda tx: watermarks.begin_stream(tx, *place, start))
    return start


def _turn(place: Place, page: Page, tx: Tx) -> None:
    kommun, system, _ = place
    parking.replace_parked(tx, kommun, system, page.changes, page.silent)
    watermarks.move_cursor(tx, *place, page.cursor)


def _deal_with(bridge: Bridge, place: Place, told: Told) -> Outcome:
    kommun, system, _ = place
    if isinstance(told, VendorChange):
        return _take_in(bridge, kommun, system, told)
    outcome = bridge.store.write(lambda tx: parking.park(bridge, tx, kommun, system, told))
    if outcome == "parked":
        parking.report(kommun, system, told)
    return outcome


def _reconsider(bridge: Bridge, kommun: str) -> Tally:
    """Looks again at what is held; one that cannot be dealt with stays, and stops no other.

    Each is looked at as its own system told it, also where the kommun has got another since.
    """
    tally: Tally = Counter()
    with bridge.store.read() as tx:
        held = held_keys(tx, kommun)
    for system, key in held:
        try:
            with bridge.store.read() as tx:
                change = from_json(held_change(tx, kommun, system, key))
            tally[_take_in(bridge, kommun, system, change)] += 1
        except Exception as error:  # noqa: BLE001  it stays held; the others go on
            log.error("held_change_failed", kommun=kommun, error=telemetry.error_name(error))
    return tally


def _take_in(bridge: Bridge, kommun: str, system: str, change: VendorChange) -> Outcome:
    """One change in a transaction of its own, so that it locks one case and fails alone."""
    due: Due = []

    def job(tx: Tx) -> Outcome:
        due.clear()
        return take_in(bridge, tx, kommun, system, change, due)

    locks = [] if change.arende is None else [(kommun, change.arende)]
    outcome = bridge.store.write(job, locks)
    bridge.wake(due)
    return outcome
