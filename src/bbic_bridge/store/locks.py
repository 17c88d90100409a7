"""Locking cases: always in the same order, so that no two transactions wait for each other."""

from collections.abc import Iterable

import sqlalchemy as sa

from bbic_bridge.store.schema import cases

CaseKey = tuple[str, str]


def lock_cases(connection: sa.Connection, keys: Iterable[CaseKey]) -> None:
    """Locks the cases' rows until the transaction ends.

    SQLite has one writer at a time, which is lock enough.
    """
    if connection.dialect.name == "sqlite":
        return
    for kommun, arende in sorted(keys):
        connection.execute(
            sa.select(cases.c.arende)
            .where(cases.c.kommun == kommun, cases.c.arende == arende)
            .with_for_update()
        )
