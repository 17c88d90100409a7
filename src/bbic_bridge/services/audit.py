"""Recording who did what, in the transaction of the act, and sealing it afterwards."""

from collections.abc import Mapping
from typing import Any

from bbic_bridge import telemetry
from bbic_bridge.delivery.reference import fresh_id
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.store.audit import add_audit
from bbic_bridge.store.sealer import has_unsealed
from bbic_bridge.store.sealer import seal as seal_rows
from bbic_bridge.store.tx import Tx

log = telemetry.get_logger()
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


def seal(bridge: Bridge) -> None:
    """Numbers all that waits in feed and audit log. The audit log's new head is logged: whoever
    keeps the log elsewhere keeps an anchor that a change of the database cannot reach."""
    while _anything_unsealed(bridge):
        head = bridge.store.write(seal_rows)
        if head is not None:
            log.info("audit_sealed", head=str(head))


def _anything_unsealed(bridge: Bridge) -> bool:
    with bridge.store.read() as tx:
        return has_unsealed(tx)
