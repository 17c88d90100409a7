"""How the reading of vendors' changes goes: what is behind, what failed, what is parked."""

from collections.abc import Iterator

from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.views.changes import ParkedHeap, ParkedView, SyncProblem
from bbic_bridge.store.parked import count_parked, parked_rows
from bbic_bridge.store.times import SECOND, moment
from bbic_bridge.store.tx import Tx
from bbic_bridge.store.watermarks import Watermark, watermarks_of

LATE_AFTER = 5
"""Intervals between two passes without one that reached the end."""
SHORTEST_S = 1.0


def list_parked(bridge: Bridge, kommun: str | None = None) -> Iterator[ParkedView]:
    """What could not be read, of one kommun or of all, without its content."""
    after = ("", "", "")
    while True:
        with bridge.store.read() as tx:
            page = parked_rows(tx, kommun, after)
        for one in page:
            after = (one.kommun, one.system, one.key)
            yield ParkedView(
                kommun=one.kommun,
                system=one.system,
                id=one.key,
                kind=one.kind,
                stream=one.stream,
                code=one.code,
                where=one.place,
                since=moment(one.at),
            )
        if not page:
            return


def parked_heaps(bridge: Bridge) -> list[ParkedHeap]:
    """What could not be read, by what is wrong with it."""
    with bridge.store.read() as tx:
        return heaps(tx)


def problems(bridge: Bridge) -> list[SyncProblem]:
    """Streams that are not up to date."""
    with bridge.store.read() as tx:
        return stream_problems(bridge, tx)


def heaps(tx: Tx) -> list[ParkedHeap]:
    return [
        ParkedHeap(
            kommun=heap.kommun,
            system=heap.system,
            stream=heap.stream,
            code=heap.code,
            where=heap.place,
            rows=heap.rows,
            since=moment(heap.since),
        )
        for heap in count_parked(tx)
    ]


def parked_counts(bridge: Bridge, tx: Tx) -> dict[str, int]:
    """How many rows of each kommun could not be read; also of one that is configured no more."""
    counts = dict.fromkeys(bridge.settings.kommun, 0)
    for heap in count_parked(tx):
        counts[heap.kommun] = counts.get(heap.kommun, 0) + heap.rows
    return counts


def lags(bridge: Bridge, tx: Tx) -> dict[str, float]:
    """Seconds since each kommun's stream that is furthest behind was read to its end."""
    found: dict[str, float] = {}
    for mark in _current(bridge, tx):
        found[mark.kommun] = max(found.get(mark.kommun, 0.0), _lag_s(tx, mark))
    return found


def stream_problems(bridge: Bridge, tx: Tx) -> list[SyncProblem]:
    """Streams whose last pass failed, or that have not been read for too long."""
    return [problem for mark in _current(bridge, tx) for problem in _problem(bridge, tx, mark)]


def late(bridge: Bridge, tx: Tx) -> list[tuple[str, str, int]]:
    """(kommun, system, since in microseconds) of what has not been read to its end for too long."""
    found: dict[tuple[str, str], int] = {}
    for mark in _current(bridge, tx):
        if _is_late(bridge, tx, mark):
            place = (mark.kommun, mark.system)
            found[place] = min(found.get(place, mark.at), mark.at)
    return [(*place, since) for place, since in found.items()]


def _is_late(bridge: Bridge, tx: Tx, mark: Watermark) -> bool:
    every_s = max(bridge.settings.kommun[mark.kommun].sync_every_s, SHORTEST_S)
    return _lag_s(tx, mark) > LATE_AFTER * every_s


def _problem(bridge: Bridge, tx: Tx, mark: Watermark) -> Iterator[SyncProblem]:
    code = mark.failed_code
    if code is None and _is_late(bridge, tx, mark):
        code = "late" if mark.read else "never_read"
    if code is not None:
        where, since = mark.failed_place or "", moment(mark.at)
        yield SyncProblem(mark.kommun, mark.system, mark.stream, code, where, since)


def _current(bridge: Bridge, tx: Tx) -> Iterator[Watermark]:
    """The streams that are read now: not those of a system or a feed that there was before."""
    for mark in watermarks_of(tx):
        settings = bridge.settings.kommun.get(mark.kommun)
        if settings is None or settings.system != mark.system:
            continue
        if mark.stream in bridge.systems(mark.kommun).streams():
            yield mark


def _lag_s(tx: Tx, mark: Watermark) -> float:
    return max(0.0, (tx.now - mark.at) / SECOND)
