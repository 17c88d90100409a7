"""Facts and what waits for them: order follows facts, not arrival."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.states import TERMINAL, State
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import deliveries, facts, gives, needs
from bbic_bridge.store.tx import Tx

EVERYWHERE = "*"
ScopedFact = tuple[str, str]
_ORIGIN = sa.select(facts.c.origin).where(
    facts.c.kommun == sa.bindparam("kommun"),
    facts.c.scope == sa.bindparam("scope"),
    facts.c.fact == sa.bindparam("fact"),
)


def add_facts(
    tx: Tx,
    kommun: str,
    scoped: Iterable[ScopedFact],
    origin: tuple[str, str],
) -> None:
    """Records facts; one that is known keeps its first origin.

    Args:
        scoped: (scope, fact); the scope is an ärende or ``EVERYWHERE``.
        origin: what told us (``delivery``, ``vendor`` or ``person``) and its id.
    """
    for scope, fact in scoped:
        values = {
            "kommun": kommun,
            "scope": scope,
            "fact": fact,
            "origin": origin[0],
            "origin_id": origin[1],
            "at": tx.now,
        }
        insert_once(tx.connection, facts, values)


def missing_facts(tx: Tx, kommun: str, scoped: Sequence[ScopedFact]) -> list[ScopedFact]:
    """Those of ``scoped`` that are not yet facts."""
    return [one for one in scoped if origin_of(tx, kommun, one) is None]


def origin_of(tx: Tx, kommun: str, one: ScopedFact) -> str | None:
    """Where a fact came from, or None when it is not one."""
    scope, fact = one
    found: str | None = tx.connection.scalar(
        _ORIGIN, {"kommun": kommun, "scope": scope, "fact": fact}
    )
    return found


def release(tx: Tx, kommun: str, scoped: Sequence[ScopedFact]) -> list[tuple[str, str]]:
    """Makes ready what waited for these facts and now lacks nothing. Returns (id, operation)."""
    if not scoped:
        return []
    waiting_for = sa.select(needs.c.delivery_id).where(
        needs.c.kommun == kommun,
        sa.tuple_(needs.c.scope, needs.c.fact).in_(list(scoped)),
    )
    return _make_ready(tx, deliveries.c.id.in_(waiting_for))


def release_all(tx: Tx) -> list[tuple[str, str]]:
    """The same for everything that waits: what a lost race left behind."""
    return _make_ready(tx, sa.true())


def unmet() -> sa.Select[Any]:
    """(delivery_id, scope, fact) of every need that is no fact yet."""
    return (
        sa.select(needs.c.delivery_id, needs.c.kommun, needs.c.scope, needs.c.fact)
        .outerjoin(
            facts,
            (facts.c.kommun == needs.c.kommun)
            & (facts.c.scope == needs.c.scope)
            & (facts.c.fact == needs.c.fact),
        )
        .where(facts.c.fact.is_(None))
    )


def givers(tx: Tx, kommun: str, one: ScopedFact, states: Iterable[str]) -> list[str]:
    """Ids of the deliveries in ``states`` that would make this a fact, the oldest first."""
    scope, fact = one
    rows = tx.connection.execute(
        sa.select(deliveries.c.id)
        .join(gives, gives.c.delivery_id == deliveries.c.id)
        .where(
            gives.c.kommun == kommun,
            gives.c.scope == scope,
            gives.c.fact == fact,
            deliveries.c.state.in_(list(states)),
        )
        .order_by(deliveries.c.seq)
    )
    return [row.id for row in rows]


def _make_ready(tx: Tx, which: sa.ColumnElement[bool]) -> list[tuple[str, str]]:
    lacking = unmet().where(needs.c.delivery_id == deliveries.c.id).correlate(deliveries)
    rows = tx.connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.state == State.WAITING.value, which, ~sa.exists(lacking))
        .values(state=State.READY.value, due_at=tx.now, updated_at=tx.now)
        .returning(deliveries.c.id, deliveries.c.operation)
    )
    return [(row.id, row.operation) for row in rows]


def facts_of_case(tx: Tx, kommun: str, arende: str) -> list[str]:
    """The facts of a case, in the order they became known."""
    rows = tx.connection.execute(
        sa.select(facts.c.fact)
        .where(facts.c.kommun == kommun, facts.c.scope == arende)
        .order_by(facts.c.at, facts.c.fact)
    )
    return [row.fact for row in rows]


def is_unresolved(tx: Tx, kommun: str, arende: str, operation: str) -> bool:
    """Whether the case has a delivery of this operation that may be at the vendor unknown to us."""
    d = deliveries.c
    found = tx.connection.scalar(
        sa.select(d.id)
        .where(
            d.kommun == kommun,
            d.arende == arende,
            d.operation == operation,
            d.attempts > 0,
            d.state.not_in([state.value for state in TERMINAL]),
        )
        .limit(1)
    )
    return found is not None
