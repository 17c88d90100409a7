"""The pump: keeps a process's lanes full of claimed deliveries.

One thread claims, the lanes carry. It acts when nudged by a wake-up and, because wake-ups may be
lost, every ``sweep_s`` by itself. It never holds more claims than lanes, so that what is claimed
is worked on.
"""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bbic_bridge import telemetry
from bbic_bridge.services import deliver, upkeep
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.store.claims import Claim, Taken
from bbic_bridge.workers.watch import Signs, Step

log = telemetry.get_logger()


class Pump:
    """Claims and carries until it is stopped.

    Args:
        bridge: its ``wake`` is replaced by a nudge of this pump.
        lanes: how many deliveries are carried at once.
        sweep_s: how often it looks by itself, in seconds.
    """

    def __init__(self, bridge: Bridge, lanes: int, sweep_s: float) -> None:
        self._bridge = replace(bridge, wake=self._wake)
        self._free = threading.Semaphore(lanes)
        self._lanes = lanes
        self._sweep_s = sweep_s
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(lanes, thread_name_prefix="lane")
        self._thread = threading.Thread(target=self._loop, name="pump", daemon=True)
        self._swept_at = float("-inf")
        self._patience_s = sweep_s
        self._wants_room = False
        self._step: Step = "idle"
        self._steps = 0
        self._claimed = 0
        self._looked_at: float | None = None
        self._claimed_at: float | None = None

    @property
    def bridge(self) -> Bridge:
        """The bridge as this pump's process uses it."""
        return self._bridge

    @property
    def signs(self) -> Signs:
        """What shows from outside whether it works."""
        return Signs(self._thread.is_alive(), self._step, self._steps, self._claimed)

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to claim nothing more."""
        return self._stopping.is_set()

    @property
    def looked_s(self) -> float | None:
        """Seconds since the store last answered what is due; None before the first time."""
        return None if self._looked_at is None else time.monotonic() - self._looked_at

    @property
    def claimed_s(self) -> float | None:
        """Seconds since something was last claimed; None before the first time."""
        return None if self._claimed_at is None else time.monotonic() - self._claimed_at

    def start(self) -> None:
        """Begins to work."""
        self._thread.start()

    def nudge(self) -> None:
        """Something may be due; returns at once."""
        self._news.set()

    def claim_no_more(self) -> None:
        """What is under way goes on; nothing new is begun. Safe in a signal handler."""
        self._stopping.set()

    def stop(self, drain_s: float) -> None:
        """Claims nothing more, and waits up to ``drain_s`` seconds for what is under way.

        What is still under way then is left to its lease: it will be looked up.
        """
        self.claim_no_more()
        self._news.set()
        deadline = time.monotonic() + drain_s
        self._thread.join(drain_s)
        for _ in range(self._lanes):
            if not self._free.acquire(timeout=max(0.0, deadline - time.monotonic())):
                log.warning("drain_incomplete", process="worker")
                break
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _wake(self, due: Iterable[tuple[str, str]]) -> None:
        if any(True for _ in due):
            self.nudge()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._enter("store")
            self._guarded(self._sweep_if_time)
            if self._guarded(self._fill):
                continue
            self._enter("idle")
            self._news.wait(self._patience_s)
            self._news.clear()

    def _enter(self, step: Step) -> None:
        self._step = step
        self._steps += 1

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """One step, whatever befalls it: a pump that ended would look like one with no work."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001  tried again at the next round
            log.error("pump_stalled", error=telemetry.error_name(error))
            return False

    def _sweep_if_time(self) -> bool:
        now = time.monotonic()
        if now - self._swept_at < self._sweep_s:
            return False
        self._swept_at = now
        upkeep.sweep(self._bridge)
        return True

    def _fill(self) -> bool:
        """Claims for every free lane. True when there may be more to claim at once."""
        self._enter("lanes")
        free = self._take_lanes()
        self._enter("store")
        # Until the answer is known: one that ends meanwhile may have made room.
        self._wants_room = True
        taken = Taken()
        try:
            taken = deliver.take(self._bridge, free)
        finally:
            self._give_lanes(free - len(taken.claims))
        self._wants_room = taken.full
        self._patience_s = min(self._sweep_s, taken.again_s or self._sweep_s)
        claims = taken.claims
        self._note(len(claims))
        if self._stopping.is_set():
            self._give_lanes(len(claims))
            deliver.give_back(self._bridge, claims)
            return False
        for claim in claims:
            self._pool.submit(self._carry, claim)
        return len(claims) == free or taken.again_s == 0

    def _note(self, claimed: int) -> None:
        self._looked_at = time.monotonic()
        if claimed:
            self._claimed += claimed
            self._claimed_at = self._looked_at

    def _take_lanes(self) -> int:
        """Waits for one free lane and takes all that are."""
        self._free.acquire()
        taken = 1
        while taken < self._lanes and self._free.acquire(blocking=False):
            taken += 1
        return taken

    def _give_lanes(self, count: int) -> None:
        if count:
            self._free.release(count)

    def _carry(self, claim: Claim) -> None:
        try:
            deliver.carry(self._bridge, claim)
        except Exception as error:  # noqa: BLE001  the lease brings it back; the lane must live
            log.error("carry_failed", delivery=claim.id, error=telemetry.error_name(error))
        finally:
            self._free.release()
            if self._wants_room:
                self.nudge()
