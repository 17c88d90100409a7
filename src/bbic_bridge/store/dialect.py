"""What the two databases spell differently: insert unless it is there, else leave or change it."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Inserts a row unless it is there (``ON CONFLICT DO NOTHING``). True when it was new."""
    statement = _insert_once(connection.dialect.name, table)
    result = connection.execute(statement, values, execution_options={"preserve_rowcount": True})
    return result.rowcount == 1


# Built once: making a statement anew costs more than running it.
@cache
def _insert_once(dialect: str, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def upsert(
    connection: sa.Connection, table: sa.Table, keys: list[str], changed: list[str]
) -> postgresql.Insert | sqlite.Insert:
    """``INSERT … ON CONFLICT (keys) DO UPDATE`` of the ``changed`` columns."""
    statement: postgresql.Insert | sqlite.Insert
    if connection.dialect.name == "postgresql":
        pg = postgresql.insert(table)
        statement = pg.on_conflict_do_update(
            index_elements=keys, set_={c: pg.excluded[c] for c in changed}
        )
    else:
        lite = sqlite.insert(table)
        statement = lite.on_conflict_do_update(
            index_elements=keys, set_={c: lite.excluded[c] for c in changed}
        )
    return statement
