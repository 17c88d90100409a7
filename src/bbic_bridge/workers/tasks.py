"""The tasks. A delivery's task is a wake-up: the pump claims what is due, whatever ids it names."""

import threading
from collections import defaultdict

from celery import shared_task

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.handbook.uppgifter import UPPGIFTER
from bbic_bridge.services import deadlines, retention, upkeep
from bbic_bridge.services.bridge import NOTIFY, Bridge
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.watch import tell_late_deviations
from bbic_bridge.workers import process

log = telemetry.get_logger()
_watching = threading.Lock()
_pruning = threading.Lock()
_syncing: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def _wake_up(_ids: list[str]) -> None:
    process.pump().nudge()


OPERATION_TASKS = [
    shared_task(_wake_up, name=name, ignore_result=True) for name in (*UPPGIFTER, NOTIFY)
]


@shared_task(name="sweep", ignore_result=True)
def sweep() -> None:
    """Finds what lost wake-ups, crashes and races left behind."""
    upkeep.sweep(process.pump().bridge)


@shared_task(name="watch_deadlines", ignore_result=True)
def watch_deadlines() -> None:
    """Tells the workflow of limits that draw near or have passed, of what deviates, and of what
    waits too long."""
    if not _watching.acquire(blocking=False):
        return
    try:
        watch(process.pump().bridge)
    finally:
        _watching.release()


def watch(bridge: Bridge) -> None:
    """What ``watch_deadlines`` does; new choices of limits are laid on before they are told of."""
    upkeep.report_waiting(bridge)
    tell_late_deviations(bridge)
    deadlines.remake(bridge)
    deadlines.watch(bridge)


@shared_task(name="prune", ignore_result=True)
def prune() -> None:
    """Takes away what is to be kept no longer, and gives the space back."""
    if not _pruning.acquire(blocking=False):
        return
    try:
        take_away(process.pump().bridge)
    finally:
        _pruning.release()


def take_away(bridge: Bridge) -> None:
    """What ``prune`` does."""
    if count := sum(1 for _ in retention.prune(bridge)):
        log.info("pruned", count=count)
        retention.reclaim(bridge)


@shared_task(name="sync_vendor", ignore_result=True)
def sync_vendor(kommun: str) -> None:
    """Asks a kommun's vendor what has changed, one pass at a time."""
    if not _syncing[kommun].acquire(blocking=False):
        return
    try:
        sync_kommun(process.pump().bridge, kommun)
    except BridgeError as error:
        log.warning("sync_failed", kommun=kommun, error=telemetry.error_name(error))
    finally:
        _syncing[kommun].release()
