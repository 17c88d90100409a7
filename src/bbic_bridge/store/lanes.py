"""Lanes as rows: shared by all workers, locked while one of them takes from a lane or judges it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import sqlalchemy as sa

from bbic_bridge.delivery.lanes import Lane, LaneState
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import deliveries, lanes

LaneKey = tuple[str, str]
"""Kommun and system."""


def lanes_of(connection: sa.Connection) -> list[Lane]:
    """Every lane that anything was ever taken from, by kommun and system."""
    rows = connection.execute(sa.select(lanes).order_by(lanes.c.kommun, lanes.c.system))
    return [_lane(row) for row in rows.mappings()]


def lock_free_lanes(connection: sa.Connection, keys: Sequence[LaneKey]) -> list[Lane]:
    """Those of the lanes that nobody else has locked, locked until the transaction ends.

    It waits for nobody: a worker that is frozen while it claims must not stop the others.
    """
    found = [_lane(row) for row in connection.execute(_LOCK_FREE, {"keys": keys}).mappings()]
    for kommun, system in set(keys) - {lane.key for lane in found}:
        new = Lane(kommun, system)
        if insert_once(connection, lanes, _values(new)):
            found.append(new)
    return found


def lock_lanes(connection: sa.Connection, keys: Iterable[LaneKey]) -> None:
    """Locks the lanes' rows until the transaction ends, always in the same order."""
    if connection.dialect.name == "sqlite":
        return
    for kommun, system in sorted(keys):
        connection.execute(_LOCK, {"kommun": kommun, "system": system}).first()


def locked_lane(connection: sa.Connection, key: LaneKey) -> Lane | None:
    """The lane, locked; made where nothing was ever taken from it. None where it is being made."""
    if found := lock_free_lanes(connection, [key]):
        return found[0]
    return None


def lane_to_judge(connection: sa.Connection, key: LaneKey, *, only_in_trouble: bool) -> Lane | None:
    """The lane, locked; None where another has it locked at this moment.

    Args:
        only_in_trouble: None as well where nothing has gone wrong in it.
    """
    statement = _IN_TROUBLE if only_in_trouble else _JUDGED
    kommun, system = key
    rows = connection.execute(statement, {"kommun": kommun, "system": system})
    row = rows.mappings().first()
    return None if row is None else _lane(row)


def keep_lanes(connection: sa.Connection, changed: Iterable[Lane]) -> None:
    """Writes what has become of lanes that this transaction has locked."""
    rows = [
        _values(lane) | {"of_kommun": lane.kommun, "of_system": lane.system} for lane in changed
    ]
    if rows:
        connection.execute(_KEEP, rows)


def count_leased(connection: sa.Connection) -> Counter[LaneKey]:
    """How many deliveries of each lane are in workers' hands."""
    return Counter((row.kommun, row.system) for row in connection.execute(_LEASED))


def _lane(row: sa.RowMapping) -> Lane:
    return Lane(**dict(row) | {"state": LaneState(row["state"])})


def _values(lane: Lane) -> dict[str, object]:
    return asdict(lane) | {"state": lane.state.value}


# Built once: making a statement anew costs more than running it.
_ONE = sa.select(lanes).where(
    lanes.c.kommun == sa.bindparam("kommun"), lanes.c.system == sa.bindparam("system")
)
_LOCK = _ONE.with_for_update()
_JUDGED = _ONE.with_for_update(skip_locked=True)
_IN_TROUBLE = _JUDGED.where((lanes.c.failures > 0) | (lanes.c.state != LaneState.CLOSED.value))
_LOCK_FREE = (
    sa.select(lanes)
    .where(sa.tuple_(lanes.c.kommun, lanes.c.system).in_(sa.bindparam("keys", expanding=True)))
    .with_for_update(skip_locked=True)
)
_KEEP = sa.update(lanes).where(
    lanes.c.kommun == sa.bindparam("of_kommun"), lanes.c.system == sa.bindparam("of_system")
)
# Counted here: for a GROUP BY, SQLite reads all deliveries in the order of another index.
_LEASED = sa.select(deliveries.c.kommun, deliveries.c.system).where(
    deliveries.c.lease_until.is_not(None)
)
