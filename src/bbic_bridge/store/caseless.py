"""What belongs to no case: what a vendor told of nobody who can be named, and calls about it."""

import sqlalchemy as sa

from bbic_bridge.delivery.states import TERMINAL
from bbic_bridge.store.retention import NO_CASE, Counts
from bbic_bridge.store.schema import (
    PRUNED,
    attempts,
    deliveries,
    earlier_payloads,
    feed,
    gives,
    needs,
)
from bbic_bridge.store.sealed import sealed_columns
from bbic_bridge.store.tx import Tx

_d, _f = deliveries.c, feed.c


def prune_caseless(
    tx: Tx, kommun: str, before: int, limit: int, *, rows: bool, dry_run: bool = False
) -> Counts:
    """Takes away payloads, or with ``rows`` all, of what is resolved and older than a time.

    Args:
        before: the time, in microseconds.
        limit: at most so many of each; call again until it returns none. A dry run counts all.

    Returns:
        How many by table.
    """
    of_kommun = (_d.kommun == kommun, _d.arende == NO_CASE)
    unresolved = sa.select(_d.event_row).where(*of_kommun, _d.state.not_in(sorted(TERMINAL)))
    told = sa.select(_f.row).where(
        _f.kommun == kommun, _f.arende.is_(None), _f.at < before, _f.id.not_in(unresolved)
    )
    called = sa.select(_d.id).where(
        *of_kommun, _d.state.in_(sorted(TERMINAL)), _d.updated_at < before
    )
    if not rows:
        told, called = told.where(_f.payload != PRUNED), called.where(_d.payload != PRUNED)
    if dry_run:
        return {feed.name: _count(tx, told), deliveries.name: _count(tx, called)}
    events = list(tx.connection.scalars(told.limit(limit)))
    calls = list(tx.connection.scalars(called.limit(limit)))
    if rows:
        _delete(tx, events, calls)
    else:
        _empty(tx, events, calls)
    return {feed.name: len(events), deliveries.name: len(calls)}


def _empty(tx: Tx, events: list[int], calls: list[str]) -> None:
    tx.connection.execute(sa.update(feed).where(_f.row.in_(events)).values(payload=PRUNED))
    tx.connection.execute(sa.update(deliveries).where(_d.id.in_(calls)).values(payload=PRUNED))
    bodies = sa.update(attempts).where(attempts.c.delivery_id.in_(calls))
    tx.connection.execute(bodies.values(dict.fromkeys(sealed_columns(attempts))))


def _delete(tx: Tx, events: list[int], calls: list[str]) -> None:
    for table in (attempts, earlier_payloads, needs, gives):
        tx.connection.execute(sa.delete(table).where(table.c.delivery_id.in_(calls)))
    tx.connection.execute(sa.delete(deliveries).where(_d.id.in_(calls)))
    tx.connection.execute(sa.delete(feed).where(_f.row.in_(events)))


def _count(tx: Tx, query: sa.Select[tuple[int]] | sa.Select[tuple[str]]) -> int:
    return int(tx.connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0)
