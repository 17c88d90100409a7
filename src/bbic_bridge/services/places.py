"""A place in a vendor's lane for one question about changes: fetching keeps to its limits too."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bbic_bridge.delivery import breaker, lanes
from bbic_bridge.delivery.errors import DeliveryError, Transient
from bbic_bridge.delivery.lanes import LaneState
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.store.lanes import LaneKey, count_leased, keep_lanes, locked_lane
from bbic_bridge.store.times import micros
from bbic_bridge.store.tx import Tx

POLL_S = 0.1


@contextmanager
def place(bridge: Bridge, key: LaneKey) -> Iterator[None]:
    """Holds one of the lane's places while the block asks the vendor.

    Waits for it as long as an answer may take. Deliveries make room for it: they cannot keep it
    out for ever, nor can it keep out more than one of them.

    Raises:
        Transient: no place became free in time (``lane_full``).
    """
    _enter(bridge, key)
    retry_after: float | None = None
    try:
        yield
    except DeliveryError as error:
        retry_after = error.retry_after
        raise
    finally:
        _leave(bridge, key, retry_after)


def _enter(bridge: Bridge, key: LaneKey) -> None:
    kommun, _ = key
    patience_s = bridge.settings.kommun[kommun].timeout_s
    # For the wait and the question, should nobody be left to let go of it.
    until = micros(bridge.clock() + timedelta(seconds=2 * patience_s))
    mine, waited_s = False, 0.0

    def job(tx: Tx) -> tuple[bool, bool]:
        lane = locked_lane(tx.connection, key)
        if lane is None:
            return mine, False
        leased = count_leased(tx.connection)[key]
        after, now_ours = lanes.fetch(lane, leased, tx.now, until, bridge.rules(*key), mine=mine)
        keep_lanes(tx.connection, [after] if after != lane else [])
        return after != lane or mine, now_ours

    while True:
        mine, may_ask = bridge.store.write(job, lanes=[key])
        if may_ask:
            return
        if waited_s >= patience_s:
            break
        bridge.wait(POLL_S)
        waited_s += POLL_S
    if mine:
        _leave(bridge, key, None)
    raise Transient("lane_full")


def _leave(bridge: Bridge, key: LaneKey, retry_after: float | None) -> None:
    def job(tx: Tx) -> None:
        lane = locked_lane(tx.connection, key)
        if lane is None:
            return
        after = lanes.fetched(lane)
        if retry_after is not None and lane.state is LaneState.CLOSED:
            after = breaker.held(after, tx.now, retry_after)
        keep_lanes(tx.connection, [after])

    bridge.store.write(job, lanes=[key])
