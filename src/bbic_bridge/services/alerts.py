"""Alerts: told once when something begins to need a person, and once when it no longer does.

Any process may look; whose turn it is, the store says. What is to be told stands in the store until
whoever is told has answered 2xx.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import DeliveryError
from bbic_bridge.delivery.reference import fresh_id
from bbic_bridge.services.bridge import Bridge, Ring
from bbic_bridge.services.conditions import MEANING, conditions
from bbic_bridge.store.alerts import (
    BEGAN,
    ENDED,
    Alert,
    forget_old,
    mark_told,
    raise_alert,
    raised,
    resolve_alert,
    untold,
)
from bbic_bridge.store.parts import keep_turn, take_turn
from bbic_bridge.store.times import SECOND, moment
from bbic_bridge.store.tx import Tx

TURN = "alerts"
LONGEST_PAUSE_S = 300.0
MARGIN_S = 2.0
Change = tuple[str, Alert]
log = telemetry.get_logger()


class Watcher:
    """One process's part in keeping watch.

    Args:
        monotonic: seconds that pass.
    """

    def __init__(self, bridge: Bridge, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._bridge = bridge
        self._monotonic = monotonic
        self._awake_at = monotonic()
        self._failures = 0
        self._quiet_until = self._awake_at

    def look(self) -> None:
        """Looks, where it is this process's turn, and tells what has changed."""
        every_s = self._bridge.settings.alerts.every_s
        if not self._bridge.store.write(lambda tx: take_turn(tx, TURN, every_s)):
            return
        evaluate(self._bridge, self._monotonic() - self._awake_at)
        ring = self._bridge.ring
        if ring is not None and self._monotonic() >= self._quiet_until:
            self._heard(all_told=tell_all(self._bridge, ring))

    def _heard(self, *, all_told: bool) -> None:
        self._failures = 0 if all_told else self._failures + 1
        pause_s = 0.0 if all_told else min(LONGEST_PAUSE_S, 2.0**self._failures)
        self._quiet_until = self._monotonic() + pause_s


def evaluate(bridge: Bridge, awake_s: float) -> list[Change]:
    """Notes what has begun and what has ended, and logs each.

    Returns:
        What has changed: ``raised`` or ``resolved``, and the alert.
    """
    changes: list[Change] = bridge.store.write(lambda tx: _changes(bridge, tx, awake_s))
    for what, alert in changes:
        if what == "raised":
            log.warning("alert_raised", code=alert.name, kommun=alert.kommun, system=alert.system)
        else:
            log.warning(
                "alert_resolved",
                code=alert.name,
                kommun=alert.kommun,
                system=alert.system,
                seconds=_held_s(alert),
            )
    return changes


def tell_all(bridge: Bridge, ring: Ring) -> bool:
    """Tells what has not been told, in order. False when somebody did not listen.

    One that is refused holds back its own end, and no other; one that nobody answers, the rest.
    """
    with bridge.store.read() as tx:
        waiting = untold(tx)
    all_told = True
    for alert in waiting:
        for step in _steps(alert):
            error = _tell(bridge, ring, alert, step)
            if error is None:
                continue
            if error.unreachable:
                return False
            all_told = False
            break
    return all_told


def _changes(bridge: Bridge, tx: Tx, awake_s: float) -> list[Change]:
    held = {alert.key: alert for alert in raised(tx)}
    now = conditions(bridge, tx, held, awake_s)
    heard = bridge.ring is not None
    changes: list[Change] = []
    for key, since in now.items():
        alert = Alert(fresh_id(), *key, since=since, resolved=None, told=0 if heard else ENDED)
        if key not in held and raise_alert(tx, alert.id, key, since, told=alert.told):
            changes.append(("raised", alert))
    for key, alert in held.items():
        if key not in now and resolve_alert(tx, alert.id):
            changes.append(("resolved", replace(alert, resolved=tx.now)))
    forget_old(tx)
    return changes


def _held_s(alert: Alert) -> int:
    return max(0, (alert.resolved or alert.since) - alert.since) // SECOND


def _steps(alert: Alert) -> Iterator[int]:
    if alert.told < BEGAN:
        yield BEGAN
    if alert.resolved is not None:
        yield ENDED


def _tell(bridge: Bridge, ring: Ring, alert: Alert, step: int) -> DeliveryError | None:
    """Tells one step; what went wrong, if anything did."""
    settings = bridge.settings.alerts
    turn_s = max(settings.every_s, settings.timeout_s + MARGIN_S)
    bridge.store.write(lambda tx: keep_turn(tx, TURN, turn_s))
    what = "raised" if step == BEGAN else "resolved"
    try:
        ring(f"{alert.id}.{what}", json.dumps(_message(alert, what)).encode())
    except DeliveryError as error:
        log.warning("alert_not_told", code=error.code)
        return error
    bridge.store.write(lambda tx: mark_told(tx, alert.id, step))
    return None


def _message(alert: Alert, what: str) -> dict[str, Any]:
    """As Standard Webhooks has it: type, timestamp, data."""
    ended = alert.resolved if what == "resolved" else None
    at = alert.since if ended is None else ended
    return {
        "type": f"bbic_bridge.alert.{what}",
        "timestamp": moment(at).isoformat(),
        "data": {
            "id": alert.id,
            "name": alert.name,
            "meaning": MEANING.get(alert.name, ""),
            "kommun": alert.kommun or None,
            "system": alert.system or None,
            "since": moment(alert.since).isoformat(),
            "resolved": None if ended is None else moment(ended).isoformat(),
        },
    }
