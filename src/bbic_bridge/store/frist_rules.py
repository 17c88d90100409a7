"""By which rules and choices the limits of all cases were made, and how far they are made anew."""

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.schema import cases, frist_rules
from bbic_bridge.store.tx import Tx

START: CaseKey = ("", "")
_NAME = "frister"
_c = cases.c


def remaking_after(tx: Tx, rules: str) -> CaseKey | None:
    """The case after which limits are still to be made by these rules; None when all are."""
    row = tx.connection.execute(sa.select(frist_rules)).first()
    if row is None or row.rules != rules:
        return START
    return None if row.kommun is None else (row.kommun, row.arende)


def remade_to(tx: Tx, rules: str, case: CaseKey | None) -> None:
    """Notes the last case whose limits were made by these rules; None when all have been."""
    kommun, arende = case or (None, None)
    values = {"rules": rules, "kommun": kommun, "arende": arende}
    if not insert_once(tx.connection, frist_rules, {"name": _NAME, **values}):
        tx.connection.execute(sa.update(frist_rules).values(values))


def cases_after(tx: Tx, case: CaseKey, limit: int) -> list[CaseKey]:
    """The next cases in order."""
    rows = tx.connection.execute(
        sa.select(_c.kommun, _c.arende)
        .where(sa.tuple_(_c.kommun, _c.arende) > sa.tuple_(*map(sa.literal, case)))
        .order_by(_c.kommun, _c.arende)
        .limit(limit)
    )
    return [(row.kommun, row.arende) for row in rows]
