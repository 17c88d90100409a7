"""One pump per worker process: the children of a prefork pool, or the only process of another."""

import threading
from typing import Any

from celery.concurrency.prefork import TaskPool as Prefork
from celery.signals import (
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from bbic_bridge import settings, telemetry
from bbic_bridge.bootstrap import bootstrap, no_wake
from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.workers.pump import Pump

log = telemetry.get_logger()
_starting = threading.Lock()
_pumps: list[Pump] = []


def pump() -> Pump:
    """This process's pump, started if need be."""
    with _starting:
        if not _pumps:
            configured = settings.load_default()
            made = Pump(
                bootstrap(configured, wake=no_wake),
                configured.worker.concurrency,
                configured.worker.sweep_s,
            )
            made.start()
            _pumps.append(made)
        return _pumps[0]


def _begin() -> None:
    """Starts the pump before the first task asks for it; that one tries again if this fails."""
    try:
        pump()
    except BridgeError as error:
        log.error("start_failed", error=telemetry.error_name(error), because=str(error))


def stop() -> None:
    """Drains this process's pump, if it has one."""
    with _starting:
        while _pumps:
            going = _pumps.pop()
            going.stop(going.bridge.settings.worker.drain_s)
            going.bridge.close()


@worker_process_init.connect
def _in_child(**_: Any) -> None:
    _pumps.clear()  # a forked copy of the parent's, should it ever have one, is not ours
    _begin()


@worker_process_shutdown.connect
def _child_ends(**_: Any) -> None:
    stop()


@worker_ready.connect
def _alone(sender: Any, **_: Any) -> None:
    if not isinstance(sender.pool, Prefork):
        _begin()


@worker_shutting_down.connect
def _soon_ends(**_: Any) -> None:
    # Runs inside the signal handler: no lock may be taken here.
    for going in _pumps:
        going.claim_no_more()


@worker_shutdown.connect
def _ends(**_: Any) -> None:
    stop()
