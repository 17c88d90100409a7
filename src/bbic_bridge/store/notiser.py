"""What a case remembers of its events, sealed; never pruned while the case is active."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import notiser
from bbic_bridge.store.times import micros, moment
from bbic_bridge.store.tx import Tx

_OF_CASE = sa.select(notiser.c.rad, notiser.c.typ, notiser.c.tid, notiser.c.payload).where(
    notiser.c.kommun == sa.bindparam("kommun"), notiser.c.arende == sa.bindparam("arende")
)


def add_notis(
    tx: Tx, kommun: str, arende: str, rad: str, typ: str, tid: datetime, data: Mapping[str, Any]
) -> bool:
    """Keeps what a case remembers of one event. False when it was there."""
    values = {
        "kommun": kommun,
        "rad": rad,
        "arende": arende,
        "typ": typ,
        "tid": micros(tid),
        "payload": tx.seal_json(kommun, data, "notiser", rad, "payload"),
    }
    return insert_once(tx.connection, notiser, values)


def notiser_of_case(
    tx: Tx, kommun: str, arende: str
) -> list[tuple[str, str, datetime, dict[str, Any]]]:
    """(rad, typ, tid, data) of all that the case remembers, in no order."""
    rows = tx.connection.execute(_OF_CASE, {"kommun": kommun, "arende": arende})
    return [
        (
            row.rad,
            row.typ,
            moment(row.tid),
            tx.open_json(kommun, row.payload, "notiser", row.rad, "payload"),
        )
        for row in rows
    ]
