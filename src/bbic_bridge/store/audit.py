"""Who did what: rows inserted with the act they record, sealed into a chain afterwards."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store import canonical
from bbic_bridge.store.schema import audit
from bbic_bridge.store.tx import Tx


def add_audit(
    tx: Tx,
    row_id: str,
    *,
    actor: str,
    action: str,
    subject: str,
    kommun: str,
    details: Mapping[str, Any],
) -> None:
    """Records an act. The details are sealed; the chain will hold only their keyed hash."""
    plain = canonical.dumps(details)
    tx.connection.execute(
        sa.insert(audit).values(
            id=row_id,
            at=tx.now,
            actor=actor,
            action=action,
            subject=subject,
            kommun=kommun,
            details=tx.seal(kommun, plain, "audit", row_id, "details"),
            digest=tx.keyring.roots.keyed_hash("audit", plain),
        )
    )


def audit_of(tx: Tx, subject: str) -> list[dict[str, Any]]:
    """The acts on a subject, opened, the oldest first."""
    rows = tx.connection.execute(
        sa.select(audit).where(audit.c.subject == subject).order_by(audit.c.row)
    )
    return [
        {
            "at": row.at,
            "actor": row.actor,
            "action": row.action,
            "details": tx.open_json(row.kommun, row.details, "audit", row.id, "details")
            if row.details
            else {},
        }
        for row in rows
    ]
