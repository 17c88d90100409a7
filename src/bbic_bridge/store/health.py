"""What the store can tell of how the bridge is: cheap to ask, and asked often."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.lanes import Lane, room
from bbic_bridge.delivery.states import NEEDS_PERSON
from bbic_bridge.store.lanes import count_leased, lanes_of
from bbic_bridge.store.overview import CALLBACK, waiting_edges
from bbic_bridge.store.queues import due_queues
from bbic_bridge.store.recoveries import is_under_way
from bbic_bridge.store.schema import audit, deliveries, gives
from bbic_bridge.store.taking import RulesOf
from bbic_bridge.store.times import SECOND
from bbic_bridge.store.tx import Tx

_PERSON = sorted(state.value for state in NEEDS_PERSON)


def oldest_claimable_s(tx: Tx, rules: RulesOf) -> float | None:
    """For how long the oldest has been due that a worker could claim now, in seconds.

    Not so for what is paused, or of a lane without room: its vendor is spared, or its calls are
    under way; nor for anything while sending is stopped for a recovery. What a lost worker has left
    behind can be claimed.
    """
    if is_under_way(tx):
        return None
    leased = Counter(count_leased(tx.connection))
    known = {lane.key: lane for lane in lanes_of(tx.connection)}
    times = [
        queue.due_at
        for queue in due_queues(tx.connection, tx.now)
        if room(
            known.get(queue.lane, Lane(*queue.lane)),
            leased[queue.lane],
            tx.now,
            rules(*queue.lane),
        )
        != 0
    ]
    lost = _oldest_lost(tx)
    times += [] if lost is None else [lost]
    return (tx.now - min(times)) / SECOND if times else None


def _oldest_lost(tx: Tx) -> int | None:
    d, clock = deliveries.c, tx.claims.clock
    over = (d.lease_until <= clock.now()) | (d.lease_boot != clock.boot)
    found: int | None = tx.connection.scalar(
        sa.select(sa.func.min(d.updated_at)).where(d.lease_until.is_not(None), over)
    )
    return found


def parked_heads(tx: Tx) -> int:
    """How many deliveries that need a person have others waiting behind them."""
    d = deliveries.c
    heads = (
        waiting_edges()
        .with_only_columns(gives.c.delivery_id)
        .distinct()
        .join(deliveries, d.id == gives.c.delivery_id)
        .where(d.state.in_(_PERSON))
        .subquery()
    )
    return int(tx.connection.scalar(sa.select(sa.func.count()).select_from(heads)) or 0)


def need_person(tx: Tx) -> Sequence[sa.Row[Any]]:
    """(kommun, count, since) of the deliveries that need a person, callbacks left out."""
    d = deliveries.c
    return tx.connection.execute(
        sa.select(
            d.kommun, sa.func.count().label("count"), sa.func.min(d.updated_at).label("since")
        )
        .where(d.state.in_(_PERSON), d.operation != CALLBACK)
        .group_by(d.kommun)
        .order_by(d.kommun)
    ).all()


def oldest_unsealed_audit(tx: Tx) -> int | None:
    """The time of the oldest act that is not yet in the audit's chain, in microseconds."""
    found: int | None = tx.connection.scalar(
        sa.select(sa.func.min(audit.c.at)).where(audit.c.seq.is_(None))
    )
    return found
