"""What a process tells of itself, and what it does when it finds that it does not work.

Two threads: one asks and tells the store, and may hang with it; the other only looks at what the
first and the pump have done lately, and ends the process when that is nothing.
"""

import os
import socket
import threading
from collections.abc import Callable

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.delivery.reference import fresh_id
from bbic_bridge.services import health
from bbic_bridge.services.alerts import Watcher
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.store.parts import Kind
from bbic_bridge.workers.pump import Pump
from bbic_bridge.workers.watch import Watch

BEAT_S = 5.0
EXIT_STALLED = 70
log = telemetry.get_logger()


class Heart:
    """Tells of a process every few seconds, and keeps watch over the whole bridge with the others.

    Args:
        pump: the worker's; None for a process that carries nothing.
        end: ends the process at once, with an exit code.
    """

    def __init__(
        self,
        bridge: Bridge,
        kind: Kind,
        pump: Pump | None = None,
        *,
        beat_s: float = BEAT_S,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self._bridge = bridge
        self._pump = pump
        self._end = end
        worker = bridge.settings.worker
        self._beat_s = min(beat_s, worker.stall_s / 4)
        self._watch = Watch(worker.stall_s, 2 * worker.lease_s)
        self._watcher = Watcher(bridge)
        self._self = health.Self(fresh_id(), kind, socket.gethostname(), os.getpid())
        self._claimable = False
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._tell_on, name="heart", daemon=True)]
        if pump is not None:
            self._threads.append(threading.Thread(target=self._look_on, name="watch", daemon=True))

    def start(self) -> None:
        """Begins to beat."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends, and takes the process from the list of those that are at work."""
        self._stopping.set()
        if self._threads[0] is not threading.current_thread():
            self._threads[0].join(self._beat_s)
        try:
            health.forget(self._bridge, self._self)
        except BridgeError:
            return  # it falls silent instead

    def _tell_on(self) -> None:
        while True:
            self._guarded(self._tell)
            if self._stopping.wait(self._beat_s):
                return
            self._guarded(self._watcher.look)

    def _tell(self) -> None:
        looked_s, claimed_s = None, None
        if self._pump is not None:
            self._ask()
            looked_s, claimed_s = self._pump.looked_s, self._pump.claimed_s
        health.tell_of(self._bridge, self._self, looked_s, claimed_s)

    def _ask(self) -> None:
        """Where the store cannot be asked, nobody could claim; where it hangs, what was, holds."""
        try:
            self._claimable = health.is_passed_over(self._bridge)
        except BridgeError:
            self._claimable = False
            raise

    def _guarded(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001  tried again at the next beat
            log.warning("health_not_told", error=telemetry.error_name(error))

    def _look_on(self) -> None:
        while not self._stopping.wait(self._beat_s):
            pump = self._pump
            if pump is None or pump.is_stopping:
                return
            found = self._watch.look(self._beat_s, pump.signs, claimable=self._claimable)
            if found is not None and not pump.is_stopping:
                self._give_up(pump, found)
                return

    def _give_up(self, pump: Pump, because: str) -> None:
        """What other lanes have under way is finished as at any end; then the process is gone."""
        worker = self._bridge.settings.worker
        log.critical("worker_stalled", because=because, seconds=worker.stall_s)
        pump.stop(worker.drain_s)
        self._end(EXIT_STALLED)
