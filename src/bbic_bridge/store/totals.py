"""Control totals: how many events were accepted, and a digest over their ids.

The digest is the sum, modulo 2**256, of SHA-256 over each id: no order, and added to for each
event. It is stored in eight parts, so that the database can add to it by itself.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bbic_bridge.store.schema import totals
from bbic_bridge.store.tx import Tx

BITS = 32
PARTS = 256 // BITS
_PART_BYTES = BITS // 8
_SHARD = secrets.randbelow(16)
_ADDED = ("count", *(f"d{part}" for part in range(PARTS)))


@dataclass(frozen=True, slots=True)
class Total:
    """The events of one source about one kommun on one day; ``digest`` is 64 hex digits."""

    day: date
    source: str
    kommun: str
    count: int
    digest: str


def add_to_totals(tx: Tx, events: Iterable[tuple[date, str, str, str]]) -> None:
    """Counts accepted events: (Stockholm day of their time, source, kommun, id)."""
    sums: dict[tuple[date, str, str], list[int]] = {}
    for day, source, kommun, event_id in events:
        total = sums.setdefault((day, source, kommun), [0] * len(_ADDED))
        digest = hashlib.sha256(event_id.encode()).digest()
        total[0] += 1
        for part in range(PARTS):
            place = part * _PART_BYTES
            total[part + 1] += int.from_bytes(digest[place : place + _PART_BYTES])
    add = _ADD[tx.connection.dialect.name]
    # In one order for all, so that two processes cannot wait for each other.
    for (day, source, kommun), total in sorted(sums.items()):
        key = {"day": day.isoformat(), "source": source, "kommun": kommun, "shard": _SHARD}
        tx.connection.execute(add, key | dict(zip(_ADDED, total, strict=True)))


def totals_of(
    tx: Tx, day: date, source: str | None = None, kommuner: Sequence[str] = ("*",)
) -> list[Total]:
    """The totals of a day, by source and kommun; ``*`` among kommuner means all."""
    t = totals.c
    wanted = [t.day == day.isoformat()]
    if source is not None:
        wanted.append(t.source == source)
    if "*" not in kommuner:
        wanted.append(t.kommun.in_(kommuner))
    sums = [sa.func.sum(t[name]).label(name) for name in _ADDED]
    rows = tx.connection.execute(
        sa.select(t.source, t.kommun, *sums)
        .where(*wanted)
        .group_by(t.source, t.kommun)
        .order_by(t.source, t.kommun)
    )
    return [Total(day, row.source, row.kommun, int(row[2]), _hex(row[3:])) for row in rows]


def _hex(parts: Iterable[Any]) -> str:
    value = 0
    for part in parts:
        value = (value << BITS) + int(part)
    return f"{value % 2**256:064x}"


def _adding(insert: Any) -> Any:
    added = {name: totals.c[name] + insert.excluded[name] for name in _ADDED}
    return insert.on_conflict_do_update(index_elements=list(totals.primary_key), set_=added)


# Built once: making a statement anew costs more than running it.
_ADD = {
    "sqlite": _adding(sqlite.insert(totals)),
    "postgresql": _adding(postgresql.insert(totals)),
}
