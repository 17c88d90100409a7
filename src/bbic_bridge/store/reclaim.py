"""Giving the space of what was deleted back: to the file system, or at least for use again."""

import sqlalchemy as sa

from bbic_bridge.store.engine import unavailable

_PAGES = 1000
"""Pages (of 4 KiB) given back in one transaction, so that nobody waits long."""
_INCREMENTAL = 2


def reclaim(engine: sa.Engine, *, compact: bool) -> bool:
    """Gives space back. Others go on reading and writing meanwhile.

    Args:
        compact: rewrites the whole database instead; nobody can write meanwhile, and as much
            space again is needed.

    Returns:
        False where only ``compact`` would help: a SQLite file from before this could be done.
    """
    with unavailable():
        if engine.dialect.name == "postgresql":
            return _postgresql(engine, compact=compact)
        return _sqlite(engine, compact=compact)


def _postgresql(engine: sa.Engine, *, compact: bool) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (FULL, ANALYZE)" if compact else "VACUUM (ANALYZE)")
    return True


def _sqlite(engine: sa.Engine, *, compact: bool) -> bool:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        if compact:
            cursor.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
            cursor.execute("VACUUM")
        can = cursor.execute("PRAGMA auto_vacuum").fetchone()[0] == _INCREMENTAL
        while can and cursor.execute("PRAGMA freelist_count").fetchone()[0]:
            cursor.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return bool(can)
    finally:
        raw.close()
