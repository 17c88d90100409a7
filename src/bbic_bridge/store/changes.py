"""What vendors told us: each change once."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import vendor_changes
from bbic_bridge.store.tx import Tx


def is_settled(tx: Tx, kommun: str, system: str, key: str) -> bool:
    """Whether this change is known and no longer held."""
    state = tx.connection.scalar(sa.select(vendor_changes.c.state).where(*_is(kommun, system, key)))
    return state is not None and state != "held"


def settle_change(
    tx: Tx, kommun: str, system: str, key: str, *, kind: str, state: str, arende: str | None
) -> bool:
    """Records a change as dealt with, once: False when somebody else did so first."""
    values = _values(tx, kommun, system, key, kind, state, arende)
    if insert_once(tx.connection, vendor_changes, values):
        return True
    result = tx.connection.execute(
        sa.update(vendor_changes)
        .where(*_is(kommun, system, key), vendor_changes.c.state == "held")
        .values(state=state, arende=arende, payload=None)
    )
    return bool(result.rowcount == 1)


def hold_change(
    tx: Tx, kommun: str, system: str, key: str, *, kind: str, change: Mapping[str, Any]
) -> bool:
    """Keeps a change back, sealed. False when it was known."""
    values = _values(tx, kommun, system, key, kind, "held", None)
    values["payload"] = tx.seal_json(kommun, change, "vendor_changes", f"{system}/{key}", "payload")
    return insert_once(tx.connection, vendor_changes, values)


def held_keys(tx: Tx, kommun: str, limit: int = 500) -> list[tuple[str, str]]:
    """(system, key) of the kommun's held changes, the oldest first."""
    v = vendor_changes.c
    rows = tx.connection.execute(
        sa.select(v.system, v.key)
        .where(v.kommun == kommun, v.state == "held")
        .order_by(v.at, v.key)
        .limit(limit)
    )
    return [(row.system, row.key) for row in rows]


def held_change(tx: Tx, kommun: str, system: str, key: str) -> dict[str, Any]:
    """What is held under a key. Raises ``CannotOpen``."""
    sealed = tx.connection.scalar(
        sa.select(vendor_changes.c.payload).where(*_is(kommun, system, key))
    )
    return tx.open_json(kommun, sealed or b"", "vendor_changes", f"{system}/{key}", "payload")


def keep_caseless(
    tx: Tx, kommun: str, system: str, key: str, person: bytes, change: Mapping[str, Any]
) -> None:
    """Keeps a settled change, sealed, until a case of its child is known.

    Args:
        person: the keyed hash of the child's number.
    """
    sealed = tx.seal_json(kommun, change, "vendor_changes", f"{system}/{key}", "payload")
    tx.connection.execute(
        sa.update(vendor_changes)
        .where(*_is(kommun, system, key))
        .values(state="caseless", digest=person, payload=sealed)
    )


def caseless_changes(
    tx: Tx, kommun: str, persons: Collection[bytes]
) -> list[tuple[str, str, dict[str, Any]]]:
    """(system, key, change) of what is kept for a child of these numbers, the oldest first."""
    v = vendor_changes.c
    rows = tx.connection.execute(
        sa.select(v.system, v.key, v.payload)
        .where(v.kommun == kommun, v.state == "caseless", v.digest.in_(sorted(persons)))
        .order_by(v.at, v.key)
    )
    return [
        (
            row.system,
            row.key,
            tx.open_json(
                kommun, row.payload, "vendor_changes", f"{row.system}/{row.key}", "payload"
            ),
        )
        for row in rows
    ]


def place_change(tx: Tx, kommun: str, system: str, key: str, arende: str) -> None:
    """Notes which case a kept change turned out to be of."""
    tx.connection.execute(
        sa.update(vendor_changes)
        .where(*_is(kommun, system, key))
        .values(state="emitted", arende=arende, digest=None, payload=None)
    )


def _is(kommun: str, system: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    v = vendor_changes.c
    return (v.kommun == kommun, v.system == system, v.key == key)


def _values(
    tx: Tx, kommun: str, system: str, key: str, kind: str, state: str, arende: str | None
) -> dict[str, Any]:
    return {
        "kommun": kommun,
        "system": system,
        "key": key,
        "kind": kind,
        "state": state,
        "arende": arende,
        "at": tx.now,
    }
