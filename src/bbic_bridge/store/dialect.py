"""What the two databases spell differently: insert unless it is there."""

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
