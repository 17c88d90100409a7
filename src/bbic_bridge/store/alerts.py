"""Alerts: what began to need a person, and when it ended; each is told once of both."""

from dataclasses import dataclass

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import alerts
from bbic_bridge.store.times import DAY
from bbic_bridge.store.tx import Tx

BEGAN, ENDED = 1, 2
KEPT_DAYS = 90
Key = tuple[str, str, str]
"""Name, kommun and system; the last two are empty where it is about the whole bridge."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; times in microseconds, ``resolved`` None while it holds."""

    id: str
    name: str
    kommun: str
    system: str
    since: int
    resolved: int | None
    told: int

    @property
    def key(self) -> Key:
        return (self.name, self.kommun, self.system)


def raised(tx: Tx) -> list[Alert]:
    """Those that hold now, the oldest first."""
    return _alerts(tx, alerts.c.resolved.is_(None))


def untold(tx: Tx) -> list[Alert]:
    """Those of which something is still to be told, in the order in which they began."""
    a = alerts.c
    return _alerts(tx, (a.told < BEGAN) | (a.resolved.is_not(None) & (a.told < ENDED)))


def raise_alert(tx: Tx, alert_id: str, key: Key, since: int, *, told: int) -> bool:
    """Notes that something began. False when it is noted already."""
    name, kommun, system = key
    values = {
        "id": alert_id,
        "name": name,
        "kommun": kommun,
        "system": system,
        "since": since,
        "told": told,
    }
    return insert_once(tx.connection, alerts, values)


def resolve_alert(tx: Tx, alert_id: str) -> bool:
    """Notes that it ended. False when it is noted already."""
    a = alerts.c
    changed = tx.connection.execute(
        sa.update(alerts).where(a.id == alert_id, a.resolved.is_(None)).values(resolved=tx.now)
    )
    return bool(changed.rowcount)


def mark_told(tx: Tx, alert_id: str, told: int) -> None:
    """Notes how much of it has been told."""
    a = alerts.c
    tx.connection.execute(
        sa.update(alerts).where(a.id == alert_id, a.told < told).values(told=told)
    )


def forget_old(tx: Tx) -> None:
    """Takes away what ended long ago and has been told."""
    a = alerts.c
    over = a.resolved < tx.now - KEPT_DAYS * DAY
    tx.connection.execute(sa.delete(alerts).where(over, a.told == ENDED))


def _alerts(tx: Tx, which: sa.ColumnElement[bool]) -> list[Alert]:
    rows = tx.connection.execute(
        sa.select(alerts).where(which).order_by(alerts.c.since, alerts.c.id)
    )
    return [Alert(**row._asdict()) for row in rows]
