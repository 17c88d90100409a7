"""How far each of a vendor's streams has been read, and how its last pass ended."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import watermarks
from bbic_bridge.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Watermark:
    """One stream. ``at`` (microseconds) is when it was last read to its end, or, while ``read``
    is false, when it was first seen. ``failed_at`` is None unless the last pass failed."""

    kommun: str
    system: str
    stream: str
    at: int
    read: bool
    failed_code: str | None
    failed_place: str | None
    failed_at: int | None


def begin_stream(tx: Tx, kommun: str, system: str, stream: str, cursor: str) -> None:
    """Remembers where a stream begins, when it is first seen; one that is known stays."""
    values = {
        "kommun": kommun,
        "system": system,
        "stream": stream,
        "cursor": cursor,
        "at": tx.now,
        "read": 0,
    }
    insert_once(tx.connection, watermarks, values)


def cursor_of(tx: Tx, kommun: str, system: str, stream: str) -> str | None:
    """How far a stream has been read."""
    return tx.connection.scalar(sa.select(watermarks.c.cursor).where(*_is(kommun, system, stream)))


def move_cursor(tx: Tx, kommun: str, system: str, stream: str, cursor: str) -> None:
    """Remembers how far a begun stream has been read."""
    _change(tx, kommun, system, stream, {"cursor": cursor})


def end_pass(tx: Tx, kommun: str, system: str, stream: str) -> None:
    """Records that a stream has been read to its end."""
    values = {"at": tx.now, "read": 1, "failed_code": None, "failed_place": None, "failed_at": None}
    _change(tx, kommun, system, stream, values)


def fail_pass(tx: Tx, kommun: str, system: str, stream: str, code: str, place: str) -> None:
    """Records how a pass failed."""
    values = {"failed_code": code, "failed_place": place, "failed_at": tx.now}
    _change(tx, kommun, system, stream, values)


def watermarks_of(tx: Tx) -> list[Watermark]:
    """Every stream that has been seen, also of systems that a kommun no longer has."""
    w = watermarks.c
    rows = tx.connection.execute(sa.select(watermarks).order_by(w.kommun, w.system, w.stream))
    return [
        Watermark(
            kommun=row.kommun,
            system=row.system,
            stream=row.stream,
            at=row.at,
            read=bool(row.read),
            failed_code=row.failed_code,
            failed_place=row.failed_place,
            failed_at=row.failed_at,
        )
        for row in rows
    ]


def _change(tx: Tx, kommun: str, system: str, stream: str, values: dict[str, Any]) -> None:
    tx.connection.execute(sa.update(watermarks).where(*_is(kommun, system, stream)).values(values))


def _is(kommun: str, system: str, stream: str) -> tuple[sa.ColumnElement[bool], ...]:
    w = watermarks.c
    return (w.kommun == kommun, w.system == system, w.stream == stream)
