"""Every sealed column, and how its values are bound to their place.

What must not forget one goes by this list: changing keys, looking for missing ones, and tests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.security.envelope import HEADER_BYTES, header, key_id_of
from bbic_bridge.store.schema import (
    attempts,
    audit,
    deliveries,
    earlier_payloads,
    events,
    feed,
    notiser,
    pruned_cases,
    replay_jobs,
    vendor_changes,
)
from bbic_bridge.store.tx import Tx

_NOTHING_AFTER_HEADER = bytes(12)


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with sealed columns: whose its rows are, and what their associated data calls them.

    ``rows`` is the table, joined where need be to the one that knows the kommun.
    """

    table: sa.Table
    columns: tuple[str, ...]
    row: sa.ColumnElement[str]
    kommun: sa.ColumnElement[str]
    rows: sa.FromClause


@dataclass(frozen=True, slots=True)
class SealedValue:
    """One value: its row's primary key, what its associated data calls the row, and itself."""

    key: tuple[Any, ...]
    row: str
    sealed: bytes


def _own(table: sa.Table, row: sa.ColumnElement[str], *columns: str) -> SealedTable:
    return SealedTable(table, columns, row, table.c.kommun, table)


def _of_delivery(table: sa.Table, row: sa.ColumnElement[str], *columns: str) -> SealedTable:
    joined = table.join(deliveries, deliveries.c.id == table.c.delivery_id)
    return SealedTable(table, columns, row, deliveries.c.kommun, joined)


SEALED: tuple[SealedTable, ...] = (
    _own(events, events.c.id, "payload"),
    _own(deliveries, deliveries.c.id, "payload"),
    _of_delivery(
        earlier_payloads,
        earlier_payloads.c.delivery_id
        + sa.literal("/")
        + sa.cast(earlier_payloads.c.version, sa.Text),
        "payload",
    ),
    _of_delivery(attempts, attempts.c.id, "reason", "answer", "request"),
    _own(notiser, notiser.c.rad, "payload"),
    _own(feed, feed.c.id, "payload"),
    _own(
        vendor_changes,
        vendor_changes.c.system + sa.literal("/") + vendor_changes.c.key,
        "payload",
    ),
    _own(pruned_cases, pruned_cases.c.arende, "payload"),
    _own(audit, audit.c.id, "details"),
    _own(replay_jobs, replay_jobs.c.id, "reason", "edit"),
)


def columns() -> Iterator[tuple[SealedTable, str]]:
    """Every sealed column with its table."""
    for place in SEALED:
        for column in place.columns:
            yield place, column


def sealed_columns(table: sa.Table) -> tuple[str, ...]:
    """The names of a table's sealed columns."""
    return next(place.columns for place in SEALED if place.table is table)


def count_by_key(tx: Tx, place: SealedTable, column: str) -> dict[tuple[str, int], int]:
    """How many values there are under each (kommun, key id). Reads the whole table."""
    head = _head(place, column)
    counted = (
        sa.select(place.kommun, head, sa.func.count())
        .select_from(place.rows)
        .where(head >= header(0))
        .group_by(place.kommun, head)
    )
    return {
        (kommun, key_id_of(bytes(start) + _NOTHING_AFTER_HEADER)): count
        for kommun, start, count in tx.connection.execute(counted)
    }


def older_values(
    tx: Tx,
    place: SealedTable,
    column: str,
    kommun: str,
    key_id: int,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[SealedValue]:
    """A page of the kommun's values under keys before ``key_id``, by primary key."""
    head, key = _head(place, column), list(place.table.primary_key.columns)
    query = (
        sa.select(place.row, place.table.c[column], *key)
        .select_from(place.rows)
        .where(place.kommun == kommun, head >= header(0), head < header(key_id))
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, after)))
    return [
        SealedValue(tuple(row[2:]), row[0], bytes(row[1])) for row in tx.connection.execute(query)
    ]


def replace_values(
    tx: Tx, place: SealedTable, column: str, pairs: Sequence[tuple[SealedValue, bytes]]
) -> int:
    """Puts a new sealed value in the place of each that is still as it was read.

    A row that another transaction works on is left alone: waiting for it could end in a deadlock.

    Returns:
        How many were not left alone.
    """
    key = list(place.table.primary_key.columns)
    wanted = sa.select(*key).where(sa.tuple_(*key).in_([value.key for value, _ in pairs]))
    free = {tuple(row) for row in tx.connection.execute(wanted.with_for_update(skip_locked=True))}
    parameters = [
        {"old": value.sealed, "new": new, **{f"k{i}": part for i, part in enumerate(value.key)}}
        for value, new in pairs
        if value.key in free
    ]
    if parameters:
        sealed = place.table.c[column]
        same = [part == sa.bindparam(f"k{i}", type_=part.type) for i, part in enumerate(key)]
        tx.connection.execute(
            sa.update(place.table)
            .where(*same, sealed == sa.bindparam("old", type_=sealed.type))
            .values({column: sa.bindparam("new", type_=sealed.type)}),
            parameters,
        )
    return len(parameters)


def _head(place: SealedTable, column: str) -> sa.ColumnElement[bytes]:
    """The value's header. Of one that is pruned it is empty, and less than any."""
    return sa.func.substr(place.table.c[column], 1, HEADER_BYTES, type_=sa.LargeBinary())
