"""Who did what: rows inserted with the act they record, sealed into a chain afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Query:
    """Which acts; empty fields do not filter. Times in microseconds, ``until`` not included."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: int | None = None
    until: int | None = None


def find_acts(tx: Tx, query: Query, after: int, limit: int) -> Sequence[Any]:
    """A page of sealed rows, in order, after that sequence number."""
    found = sa.select(audit).where(audit.c.seq > after, *_is(query)).order_by(audit.c.seq)
    return tx.connection.execute(found.limit(limit)).all()


def last_before(tx: Tx, query: Query, newest: int) -> int:
    """The sequence number of the last row before so many newest; 0 where there is none."""
    found = sa.select(audit.c.seq).where(audit.c.seq > 0, *_is(query))
    return tx.connection.scalar(found.order_by(audit.c.seq.desc()).offset(newest).limit(1)) or 0


def _is(query: Query) -> list[sa.ColumnElement[bool]]:
    named = ("actor", "action", "subject")
    wanted = [audit.c[name] == value for name in named if (value := getattr(query, name))]
    if query.since is not None:
        wanted.append(audit.c.at >= query.since)
    if query.until is not None:
        wanted.append(audit.c.at < query.until)
    return wanted


def details_of(tx: Tx, row: Any) -> dict[str, Any] | None:
    """The details of an act, None where they are no longer kept. Raises ``CannotOpen``."""
    if not row.details:
        return None
    return tx.open_json(row.kommun, row.details, "audit", row.id, "details")


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
            "details": details_of(tx, row) or {},
        }
        for row in rows
    ]
