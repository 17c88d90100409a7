"""Recording who did what, in the transaction of the act."""

from collections.abc import Mapping
from typing import Any

from bbic_bridge.delivery.reference import fresh_id
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.store.audit import add_audit
from bbic_bridge.store.tx import Tx

ITSELF = "bbic-bridge"
"""The actor of what no person did."""


def note(
    tx: Tx, actor: str, action: str, subject: str, kommun: str, details: Mapping[str, Any]
) -> None:
    """Records an act together with what it changes."""
    add_audit(
        tx,
        fresh_id(),
        actor=actor,
        action=action,
        subject=subject,
        kommun=kommun,
        details=details,
    )


def record(
    bridge: Bridge,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
    kommun: str = BRIDGE,
) -> None:
    """Records an act that changes nothing in the store, such as reading a revealed payload."""
    bridge.store.write(lambda tx: note(tx, actor, action, subject, kommun, details))
