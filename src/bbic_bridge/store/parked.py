"""Rows that could not be read: kept sealed, each once, until they can be or a newer one can."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import vendor_changes
from bbic_bridge.store.tx import Tx

PARKED = "parked"
GIVEN_UP = "given_up"
_COLUMNS = [
    vendor_changes.c[name]
    for name in ("kommun", "system", "key", "kind", "stream", "code", "place", "digest", "at")
]


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked row without what it holds: ``at`` is since when, in microseconds; ``digest`` is a
    keyed hash of the row."""

    kommun: str
    system: str
    key: str
    kind: str
    stream: str
    code: str
    place: str
    digest: bytes
    at: int = 0


@dataclass(frozen=True, slots=True)
class Heap:
    """Parked rows with the same thing wrong: how many, and since when (microseconds)."""

    kommun: str
    system: str
    stream: str
    code: str
    place: str
    rows: int
    since: int


def park_row(tx: Tx, parked: Parked, content: bytes) -> bool:
    """Parks a row, or its newer version. False when this very version was parked already, also if
    it has been given up since."""
    key = {"kommun": parked.kommun, "system": parked.system, "key": parked.key}
    values = {
        "kind": parked.kind,
        "stream": parked.stream,
        "code": parked.code,
        "place": parked.place,
        "digest": parked.digest,
        "state": PARKED,
        "at": tx.now,
        "payload": tx.seal(parked.kommun, content, "vendor_changes", _row(parked), "payload"),
    }
    if insert_once(tx.connection, vendor_changes, {**key, **values}):
        return True
    result = tx.connection.execute(
        sa.update(vendor_changes)
        .where(*_is(parked, PARKED, GIVEN_UP), vendor_changes.c.digest != parked.digest)
        .values(**values)
    )
    return bool(result.rowcount == 1)


def give_up(tx: Tx, parked: Parked) -> None:
    """Forgets what a row holds; this version of it is not parked again."""
    tx.connection.execute(
        sa.update(vendor_changes).where(*_is(parked)).values(state=GIVEN_UP, payload=None)
    )


def note_fault(tx: Tx, parked: Parked) -> None:
    """Remembers what is wrong with a row by now: a mended mapping may stumble further on."""
    tx.connection.execute(
        sa.update(vendor_changes)
        .where(*_is(parked), vendor_changes.c.digest == parked.digest)
        .values(kind=parked.kind, code=parked.code, place=parked.place)
    )


def parked_rows(
    tx: Tx, kommun: str | None = None, after: tuple[str, str, str] = ("", "", ""), limit: int = 500
) -> list[Parked]:
    """Parked rows, of one kommun or of all; a page after the (kommun, system, key) given."""
    v = vendor_changes.c
    name = sa.tuple_(v.kommun, v.system, v.key)
    query = sa.select(*_COLUMNS).where(v.state == PARKED, name > sa.tuple_(*map(sa.literal, after)))
    if kommun is not None:
        query = query.where(v.kommun == kommun)
    rows = tx.connection.execute(query.order_by(v.kommun, v.system, v.key).limit(limit))
    return [Parked(*row) for row in rows]


def find_parked(tx: Tx, key: str, kommun: str | None) -> list[Parked]:
    """What is parked under a key, in one kommun or in any."""
    v = vendor_changes.c
    query = sa.select(*_COLUMNS).where(v.state == PARKED, v.key == key)
    if kommun is not None:
        query = query.where(v.kommun == kommun)
    return [Parked(*row) for row in tx.connection.execute(query)]


def content_of(tx: Tx, parked: Parked) -> tuple[Parked, bytes] | None:
    """What is parked now, and what it holds; None where nothing is any more.

    Raises:
        CannotOpen: it does not open.
    """
    row = tx.connection.execute(
        sa.select(vendor_changes.c.digest, vendor_changes.c.payload).where(*_is(parked))
    ).first()
    if row is None:
        return None
    content = tx.open(parked.kommun, row.payload, "vendor_changes", _row(parked), "payload")
    return replace(parked, digest=row.digest), content


def unpark(tx: Tx, parked: Parked) -> None:
    """Lets go of this version of a row."""
    tx.connection.execute(
        sa.delete(vendor_changes).where(*_is(parked), vendor_changes.c.digest == parked.digest)
    )


def unpark_named(tx: Tx, kommun: str, system: str, keys: Collection[str]) -> None:
    """Lets go of whatever is parked under these keys."""
    v = vendor_changes.c
    here = (v.kommun == kommun, v.system == system, v.state == PARKED)
    # Few are parked, many are read: those that are both are few.
    found = set(tx.connection.scalars(sa.select(v.key).where(*here))) & set(keys)
    for key in sorted(found):
        tx.connection.execute(sa.delete(vendor_changes).where(*here, v.key == key))


def count_parked(tx: Tx) -> list[Heap]:
    """What is parked, by what is wrong with it."""
    v = vendor_changes.c
    same = (v.kommun, v.system, v.stream, v.code, v.place)
    found = tx.connection.execute(
        sa.select(*same, sa.func.count(), sa.func.min(v.at))
        .where(v.state == PARKED)
        .group_by(*same)
        .order_by(*same)
    )
    return [Heap(*row) for row in found]


def _row(parked: Parked) -> str:
    return f"{parked.system}/{parked.key}"


def _is(parked: Parked, *states: str) -> tuple[sa.ColumnElement[bool], ...]:
    v = vendor_changes.c
    return (
        v.kommun == parked.kommun,
        v.system == parked.system,
        v.key == parked.key,
        v.state.in_(states or (PARKED,)),
    )
