"""Reading deliveries for people: lists, one by one, counts and ages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.states import NEEDS_PERSON, TERMINAL, State
from bbic_bridge.store.facts import givers, unmet
from bbic_bridge.store.queues import due_queues
from bbic_bridge.store.schema import cases, deliveries, facts, feed, gives, needs
from bbic_bridge.store.tx import Tx

CALLBACK = "notify_workflow"
_COLUMNS = [c for c in deliveries.c if c.name not in {"lease", "lease_boot", "sending"}]


@dataclass(frozen=True, slots=True)
class Query:
    """Which deliveries; empty fields do not filter. Times in microseconds."""

    states: tuple[str, ...] = ()
    kommuner: tuple[str, ...] = ()
    system: str | None = None
    operation: str | None = None
    arende: str | None = None
    error: str | None = None
    since: int | None = None
    until: int | None = None
    after_seq: int = 0
    limit: int = 100


def find_deliveries(tx: Tx, query: Query) -> Sequence[sa.Row[Any]]:
    """Rows of deliveries, the oldest first. Callbacks only when asked for by name."""
    return tx.connection.execute(
        sa.select(*_COLUMNS)
        .where(*conditions(query), deliveries.c.seq > query.after_seq)
        .order_by(deliveries.c.seq)
        .limit(query.limit)
    ).all()


def get_delivery(tx: Tx, delivery_id: str) -> sa.Row[Any] | None:
    return tx.connection.execute(sa.select(*_COLUMNS).where(deliveries.c.id == delivery_id)).first()


def deliveries_of_events(
    tx: Tx, kommun: str, arende: str, event_rows: Sequence[str]
) -> Sequence[sa.Row[Any]]:
    """The deliveries that events of a case have led to, the oldest first."""
    d = deliveries.c
    return tx.connection.execute(
        sa.select(*_COLUMNS)
        .where(d.kommun == kommun, d.arende == arende, d.event_row.in_(event_rows))
        .order_by(d.seq)
    ).all()


def open_deliveries(
    tx: Tx, kommun: str, arende: str, event_types: Sequence[str]
) -> Sequence[sa.Row[Any]]:
    """A case's deliveries that no terminal state has ended, of these events, the oldest first."""
    d = deliveries.c
    return tx.connection.execute(
        sa.select(*_COLUMNS)
        .where(
            d.kommun == kommun,
            d.arende == arende,
            d.event_type.in_(event_types),
            d.state.not_in([state.value for state in TERMINAL]),
        )
        .order_by(d.seq)
    ).all()


def unmet_needs(tx: Tx, delivery_id: str) -> list[tuple[str, str]]:
    """(scope, fact) that this delivery still lacks."""
    rows = tx.connection.execute(unmet().where(needs.c.delivery_id == delivery_id))
    return [(row.scope, row.fact) for row in rows]


def stands_behind(tx: Tx, kommun: str, lacking: Sequence[tuple[str, str]]) -> str | None:
    """The unfinished delivery that would give what is lacking, if there is one."""
    open_states = [s.value for s in State if s is not State.VERIFIED]
    for one in lacking:
        found = givers(tx, kommun, one, open_states)
        if found:
            return found[-1]
    return None


def _behind(heads: sa.ColumnElement[bool]) -> sa.CTE:
    """Id and seq of what waits behind the ``heads``, directly or through others."""
    direct = waiting_edges().join(deliveries, deliveries.c.id == gives.c.delivery_id).where(heads)
    behind = direct.cte("behind", recursive=True)
    further = waiting_edges().join(behind, behind.c.id == gives.c.delivery_id)
    return behind.union(further)


def waiting_edges() -> sa.Select[Any]:
    """From a delivery to each waiting one that needs a fact it would give and that is none yet."""
    waiting = deliveries.alias("waiting")
    return (
        sa.select(waiting.c.id, waiting.c.seq)
        .select_from(gives)
        .join(needs, _same_fact(needs, gives))
        .join(
            waiting,
            (waiting.c.id == needs.c.delivery_id) & (waiting.c.state == State.WAITING.value),
        )
        .outerjoin(facts, _same_fact(facts, needs))
        .where(facts.c.fact.is_(None))
    )


def _same_fact(one: sa.Table, other: sa.Table) -> sa.ColumnElement[bool]:
    return (
        (one.c.kommun == other.c.kommun)
        & (one.c.scope == other.c.scope)
        & (one.c.fact == other.c.fact)
    )


def dependents(tx: Tx, delivery_id: str) -> list[str]:
    """Every waiting delivery that, directly or through others, needs what this one gives."""
    rows = tx.connection.execute(_DEPENDENTS, {"head": delivery_id})
    return [row.id for row in rows if row.id != delivery_id]


def lost_without(tx: Tx, delivery_id: str) -> list[str]:
    """Those dependents that could never go if this delivery did not: no other would give it."""
    lost = [delivery_id]
    candidates = dependents(tx, delivery_id)
    while True:
        more = [one for one in candidates if one not in lost and _is_lost(tx, one, lost)]
        if not more:
            return lost[1:]
        lost += more


def _is_lost(tx: Tx, delivery_id: str, lost: Sequence[str]) -> bool:
    row = get_delivery(tx, delivery_id)
    kommun = row.kommun if row is not None else ""
    open_states = [state.value for state in State if state not in TERMINAL]
    for one in unmet_needs(tx, delivery_id):
        found = givers(tx, kommun, one, open_states)
        if found and not set(found) - set(lost):
            return True
    return False


def count_states(tx: Tx) -> tuple[dict[str, int], dict[str, int]]:
    """Counts per state: of deliveries to vendors, and of callbacks to the workflow."""
    is_callback = deliveries.c.operation == CALLBACK
    rows = tx.connection.execute(
        sa.select(deliveries.c.state, is_callback.label("callback"), sa.func.count()).group_by(
            deliveries.c.state, is_callback
        )
    )
    vendors: dict[str, int] = {}
    callbacks: dict[str, int] = {}
    for state, callback, count in rows:
        (callbacks if callback else vendors)[state] = count
    return vendors, callbacks


def count_rows(tx: Tx) -> tuple[int, int]:
    """How many cases are known and how many events the feed holds."""
    count = sa.func.count()
    return (
        int(tx.connection.scalar(sa.select(count).select_from(cases)) or 0),
        int(tx.connection.scalar(sa.select(count).select_from(feed)) or 0),
    )


def oldest_due(tx: Tx) -> int | None:
    """The time of the delivery that has been due for longest, in microseconds."""
    queues = due_queues(tx.connection, tx.now, paused=True)
    return min((queue.due_at for queue in queues), default=None)


def oldest_lease(tx: Tx) -> int | None:
    """When the oldest lease still held was taken, in microseconds."""
    d = deliveries.c
    found: int | None = tx.connection.scalar(
        sa.select(sa.func.min(d.updated_at)).where(d.lease_until.is_not(None))
    )
    return found


def waiting_since(
    tx: Tx, before: int, after_seq: int = 0, limit: int = 500
) -> Sequence[sa.Row[Any]]:
    """Deliveries that have waited since before a time, a page after ``after_seq``."""
    d = deliveries.c
    return tx.connection.execute(
        sa.select(*_COLUMNS)
        .where(d.state == State.WAITING.value, d.created_at < before, d.seq > after_seq)
        .order_by(d.seq)
        .limit(limit)
    ).all()


def parked(tx: Tx) -> int:
    """How many deliveries wait behind one that needs a person."""
    behind = _behind(deliveries.c.state.in_([state.value for state in NEEDS_PERSON]))
    return int(tx.connection.scalar(sa.select(sa.func.count()).select_from(behind)) or 0)


def conditions(query: Query) -> list[sa.ColumnElement[bool]]:
    """What a delivery must fulfil for a query to find it; its page and limit are the caller's."""
    d = deliveries.c
    wanted: list[sa.ColumnElement[bool]] = []
    if query.states:
        wanted.append(d.state.in_(query.states))
    if query.kommuner and "*" not in query.kommuner:
        wanted.append(d.kommun.in_(query.kommuner))
    for column, value in ((d.system, query.system), (d.operation, query.operation)):
        if value is not None:
            wanted.append(column == value)
    if query.operation is None and query.system is None:
        wanted.append(d.operation != CALLBACK)
    if query.arende is not None:
        wanted.append(d.arende == query.arende)
    if query.error is not None:
        wanted.append((d.error_kind == query.error) | (d.error_code == query.error))
    if query.since is not None:
        wanted.append(d.created_at >= query.since)
    if query.until is not None:
        wanted.append(d.created_at <= query.until)
    return wanted


def _dependents() -> sa.Select[Any]:
    behind = _behind(deliveries.c.id == sa.bindparam("head"))
    # From what was found alone: joined to its table again, SQLite would read all of that.
    return sa.select(behind.c.id).order_by(behind.c.seq)


# Built once: making it anew costs more than running it.
_DEPENDENTS = _dependents()
