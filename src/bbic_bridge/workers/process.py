"""One pump per worker process: the children of a prefork pool, or the only process of another.

Beat has no pump, but a heart of its own: it sees when no worker is left.
"""

import threading
from collections.abc import Callable
from typing import Any

from celery.concurrency.prefork import TaskPool as Prefork
from celery.signals import (
    beat_init,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from bbic_bridge import settings, telemetry
from bbic_bridge.bootstrap import bootstrap, no_wake
from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.workers.heart import Heart
from bbic_bridge.workers.pump import Pump

AGAIN_S = 5.0
log = telemetry.get_logger()
_starting = threading.Lock()
_ending = threading.Event()
_pumps: list[Pump] = []
_hearts: list[Heart] = []


def pump() -> Pump:
    """This process's pump, started if need be."""
    with _starting:
        if not _pumps:
            bridge = _bridge()
            worker = bridge.settings.worker
            made = Pump(bridge, worker.concurrency, worker.sweep_s)
            made.start()
            _pumps.append(made)
            _beat_for(Heart(bridge, "worker", made))
        return _pumps[0]


def _bridge() -> Bridge:
    return bootstrap(settings.load_default(), wake=no_wake)


def _beat_for(heart: Heart) -> None:
    heart.start()
    _hearts.append(heart)


def _scheduler() -> None:
    _beat_for(Heart(_bridge(), "beat"))


def _begin(start: Callable[[], object]) -> None:
    """Starts what makes the process work; tries on by itself where that cannot be yet."""
    if not _begun(start):
        threading.Thread(target=_begin_later, args=(start,), name="begin", daemon=True).start()


def _begin_later(start: Callable[[], object]) -> None:
    while not _ending.wait(AGAIN_S):
        if _begun(start):
            return


def _begun(start: Callable[[], object]) -> bool:
    try:
        start()
    except BridgeError as error:
        log.error("start_failed", error=telemetry.error_name(error), because=str(error))
        return False
    return True


def stop() -> None:
    """Drains this process's pump, if it has one."""
    _ending.set()
    with _starting:
        while _pumps:
            going = _pumps.pop()
            going.stop(going.bridge.settings.worker.drain_s)
            while _hearts:
                _hearts.pop().stop()
            going.bridge.close()


@worker_process_init.connect
def _in_child(**_: Any) -> None:
    # Forked copies of the parent's, should it ever have any, are not ours.
    _pumps.clear()
    _hearts.clear()
    _begin(pump)


@worker_process_shutdown.connect
def _child_ends(**_: Any) -> None:
    stop()


@worker_ready.connect
def _alone(sender: Any, **_: Any) -> None:
    if not isinstance(sender.pool, Prefork):
        _begin(pump)


@beat_init.connect
def _scheduling(**_: Any) -> None:
    _begin(_scheduler)


@worker_shutting_down.connect
def _soon_ends(**_: Any) -> None:
    # Runs inside the signal handler: no lock may be taken here.
    for going in _pumps:
        going.claim_no_more()


@worker_shutdown.connect
def _ends(**_: Any) -> None:
    stop()
