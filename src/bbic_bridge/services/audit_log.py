"""Reading the audit log: who did what, masked unless asked to be revealed, and where it ends."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bbic_bridge.security.envelope import CannotOpen
from bbic_bridge.services import audit
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.masking import masked_act
from bbic_bridge.store.audit import Query, details_of, find_acts, last_before
from bbic_bridge.store.chain import Head, head_of
from bbic_bridge.store.times import micros, moment
from bbic_bridge.store.tx import Tx

PAGE = 500
SUBJECT = "audit"
"""What a revealed listing of the log is recorded as an act on."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which acts; empty fields do not filter. ``until`` is not included."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the log. ``details`` are None where they are no longer kept, or do not open:
    which of the two, ``audit_verify`` tells."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    kommun: str
    details: Mapping[str, Any] | None


def before_newest(bridge: Bridge, wanted: AuditFilter, newest: int) -> int:
    """The number of the last act of a filter that is not among so many newest; 0 if all are."""
    audit.seal(bridge)
    with bridge.store.read() as tx:
        return last_before(tx, _query(wanted), newest)


def acts(
    bridge: Bridge, wanted: AuditFilter, *, after: int = 0, reveal: bool = False
) -> Iterator[Act]:
    """The acts of a filter after that number, the oldest first, page by page. The caller audits a
    reveal."""
    audit.seal(bridge)
    query = _query(wanted)
    while True:
        with bridge.store.read() as tx:
            rows = find_acts(tx, query, after, PAGE)
            page = [_act(tx, row, reveal=reveal) for row in rows]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].seq


def record_reveal(bridge: Bridge, actor: str, reason: str, wanted: AuditFilter) -> None:
    """Records that somebody looks at the acts of a filter with their details."""
    asked = {name: str(value) for name, value in asdict(wanted).items() if value is not None}
    audit.record(bridge, actor, "reveal", SUBJECT, {"reason": reason, "filter": asked})


def head(bridge: Bridge) -> Head:
    """Where the log ends, for keeping elsewhere; what waits is sealed first."""
    audit.seal(bridge)
    with bridge.store.read() as tx:
        return head_of(tx)


def _query(wanted: AuditFilter) -> Query:
    return Query(
        actor=wanted.actor,
        action=wanted.action,
        subject=wanted.subject,
        since=None if wanted.since is None else micros(wanted.since),
        until=None if wanted.until is None else micros(wanted.until),
    )


def _act(tx: Tx, row: Any, *, reveal: bool) -> Act:
    try:
        details = details_of(tx, row)
    except CannotOpen:
        details = None
    return Act(
        seq=row.seq,
        at=moment(row.at),
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        kommun=row.kommun,
        details=details if reveal or details is None else masked_act(details),
    )
