"""The versions of what a delivery sends: as it was sent, and as it was corrected.

The original never changes. A correction lies one version above the delivery's own until it is
certain that the vendor has nothing of the earlier one; then the two change places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.schema import attempts, deliveries, earlier_payloads
from bbic_bridge.store.tx import Tx

_LAST_SENT = (
    sa.select(attempts.c.id, attempts.c.number, attempts.c.version, attempts.c.request)
    .where(
        attempts.c.delivery_id == sa.bindparam("delivery"),
        attempts.c.effect == sa.bindparam("effect"),
        attempts.c.request.is_not(None),
    )
    .order_by(attempts.c.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What an attempt sent, as which version of the uppgift."""

    attempt_id: str
    number: int
    version: int
    request: bytes


def last_sent(tx: Tx, kommun: str, delivery_id: str, effect: int) -> Sent | None:
    """The latest bytes that are kept of those sent for this effect. Raises ``CannotOpen``."""
    row = tx.connection.execute(_LAST_SENT, {"delivery": delivery_id, "effect": effect}).first()
    if row is None:
        return None
    request = tx.open(kommun, row.request, "attempts", row.id, "request")
    return Sent(row.id, row.number, row.version, request)


def request_of(tx: Tx, kommun: str, attempt_id: str) -> bytes | None:
    """The very bytes that an attempt sent, None where they are not kept. Raises ``CannotOpen``."""
    sealed = tx.connection.scalar(sa.select(attempts.c.request).where(attempts.c.id == attempt_id))
    return tx.open(kommun, sealed, "attempts", attempt_id, "request") if sealed else None


def hold_edit(tx: Tx, kommun: str, delivery_id: str, corrected: Mapping[str, Any]) -> None:
    """Keeps a corrected uppgift as the version to come, in place of one held before."""
    version = _version(tx, delivery_id) + 1
    _drop(tx, delivery_id, version)
    sealed = tx.seal_json(
        kommun, corrected, "earlier_payloads", f"{delivery_id}/{version}", "payload"
    )
    _keep(tx, delivery_id, version, sealed)


def held_edit(tx: Tx, kommun: str, delivery_id: str) -> dict[str, Any] | None:
    """The correction that is held, or that was not sent; None without one."""
    version = _version(tx, delivery_id) + 1
    sealed = tx.connection.scalar(
        sa.select(earlier_payloads.c.payload).where(*_is(delivery_id, version))
    )
    if sealed is None:
        return None
    return tx.open_json(kommun, sealed, "earlier_payloads", f"{delivery_id}/{version}", "payload")


def earlier_versions(tx: Tx, kommun: str, delivery_id: str) -> list[tuple[int, dict[str, Any]]]:
    """What stood in a delivery before each of its corrections, the original first; those that are
    pruned left out. Raises ``CannotOpen``."""
    e = earlier_payloads.c
    rows = tx.connection.execute(
        sa.select(e.version, e.payload)
        .where(e.delivery_id == delivery_id, e.version < _version(tx, delivery_id))
        .order_by(e.version)
    )
    return [
        (
            row.version,
            tx.open_json(
                kommun, row.payload, "earlier_payloads", f"{delivery_id}/{row.version}", "payload"
            ),
        )
        for row in rows
        if row.payload
    ]


def apply_edit(tx: Tx, kommun: str, delivery_id: str) -> bool:
    """Lets a held correction take the uppgift's place; False where none is held.

    The next attempt travels under a new idempotency key, and is mapped from the correction.
    """
    corrected = held_edit(tx, kommun, delivery_id)
    if corrected is None:
        return False
    row = tx.connection.execute(
        sa.select(deliveries.c.version, deliveries.c.payload).where(deliveries.c.id == delivery_id)
    ).one()
    old = tx.open(kommun, row.payload, "deliveries", delivery_id, "payload")
    place = f"{delivery_id}/{row.version}"
    sealed = tx.seal(kommun, old, "earlier_payloads", place, "payload")
    _drop(tx, delivery_id, row.version + 1)
    _keep(tx, delivery_id, row.version, sealed)
    tx.connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(
            version=row.version + 1,
            resend=None,
            payload=tx.seal_json(kommun, corrected, "deliveries", delivery_id, "payload"),
        )
    )
    return True


def _version(tx: Tx, delivery_id: str) -> int:
    found = tx.connection.scalar(
        sa.select(deliveries.c.version).where(deliveries.c.id == delivery_id)
    )
    return int(found or 0)


def _keep(tx: Tx, delivery_id: str, version: int, sealed: bytes) -> None:
    tx.connection.execute(
        sa.insert(earlier_payloads).values(delivery_id=delivery_id, version=version, payload=sealed)
    )


def _drop(tx: Tx, delivery_id: str, version: int) -> None:
    tx.connection.execute(sa.delete(earlier_payloads).where(*_is(delivery_id, version)))


def _is(delivery_id: str, version: int) -> tuple[sa.ColumnElement[bool], ...]:
    e = earlier_payloads.c
    return (e.delivery_id == delivery_id, e.version == version)
