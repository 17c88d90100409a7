"""Deliveries: one operation at one system, its attempts, and how it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.states import State
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.facts import ScopedFact, missing_facts
from bbic_bridge.store.schema import attempts, deliveries, gives, needs
from bbic_bridge.store.tx import Tx

WHOLE = -1
# Statements of the busiest path are built once: making one anew costs more than running it.
_INSERT = sa.insert(deliveries)
_INSERT_ATTEMPT = sa.insert(attempts)
_GIVEN = sa.select(gives.c.scope, gives.c.fact).where(
    gives.c.delivery_id == sa.bindparam("delivery"), gives.c.effect == sa.bindparam("effect")
)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be made. ``gives`` maps an effect (or ``WHOLE``) to the facts it makes true.

    ``held_by`` is the error of one that is a person's matter. ``unsure``: it may be at the vendor,
    since before a restore.
    """

    id: str
    kommun: str
    arende: str
    system: str
    operation: str
    event_row: str
    event_type: str
    payload: Mapping[str, Any]
    needs: tuple[ScopedFact, ...] = ()
    gives: tuple[tuple[int, ScopedFact], ...] = ()
    held_by: tuple[str, str] | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt or look-up went; ``reason``, ``answer`` and ``request`` are stored sealed.

    ``request`` is what was sent, as ``version`` of the uppgift; neither where nothing was.
    """

    id: str
    number: int
    effect: int
    action: str
    started_at: int
    ended_at: int
    outcome: str
    error_kind: str | None = None
    error_code: str | None = None
    reason: str = ""
    answer: bytes = b""
    request: bytes = b""
    version: int | None = None


def add_delivery(tx: Tx, new: NewDelivery) -> State:
    """Stores the delivery: ready, or waiting for what it needs. Returns its state."""
    lacking = missing_facts(tx, new.kommun, new.needs)
    state = State.WAITING if lacking else State.READY
    kind, code = None, None
    if new.held_by is not None:
        state, (kind, code) = State.WITH_PERSON, new.held_by
    tx.connection.execute(
        _INSERT,
        {
            "id": new.id,
            "kommun": new.kommun,
            "arende": new.arende,
            "system": new.system,
            "operation": new.operation,
            "event_row": new.event_row,
            "event_type": new.event_type,
            "state": state.value,
            "due_at": tx.now if state is State.READY else None,
            "error_kind": kind,
            "error_code": code,
            "unsure": int(new.unsure),
            "attempts": int(new.unsure),
            "ended_at": tx.now if new.unsure else None,
            "payload": tx.seal_json(new.kommun, new.payload, "deliveries", new.id, "payload"),
            "created_at": tx.now,
            "updated_at": tx.now,
        },
    )
    for scope, fact in new.needs:
        insert_once(
            tx.connection,
            needs,
            {"delivery_id": new.id, "kommun": new.kommun, "scope": scope, "fact": fact},
        )
    for effect, (scope, fact) in new.gives:
        insert_once(
            tx.connection,
            gives,
            {
                "delivery_id": new.id,
                "effect": effect,
                "kommun": new.kommun,
                "scope": scope,
                "fact": fact,
            },
        )
    return state


def add_attempt(tx: Tx, kommun: str, delivery_id: str, attempt: Attempt) -> None:
    """Keeps an attempt, in the transaction of the state it causes."""

    def seal(value: bytes, column: str) -> bytes | None:
        return tx.seal(kommun, value, "attempts", attempt.id, column) if value else None

    tx.connection.execute(
        _INSERT_ATTEMPT,
        {
            "id": attempt.id,
            "delivery_id": delivery_id,
            "number": attempt.number,
            "effect": attempt.effect,
            "action": attempt.action,
            "started_at": attempt.started_at,
            "ended_at": attempt.ended_at,
            "outcome": attempt.outcome,
            "error_kind": attempt.error_kind,
            "error_code": attempt.error_code,
            "reason": seal(attempt.reason.encode(), "reason"),
            "answer": seal(attempt.answer, "answer"),
            "request": seal(attempt.request, "request"),
            "version": attempt.version,
        },
    )


def attempts_of(tx: Tx, kommun: str, delivery_id: str) -> list[Attempt]:
    """All attempts of a delivery, opened, the oldest first."""

    def open_(sealed: bytes | None, row: str, column: str) -> bytes:
        return tx.open(kommun, sealed, "attempts", row, column) if sealed else b""

    rows = tx.connection.execute(
        sa.select(attempts)
        .where(attempts.c.delivery_id == delivery_id)
        .order_by(attempts.c.started_at, attempts.c.id)
    )
    return [
        Attempt(
            id=row.id,
            number=row.number,
            effect=row.effect,
            action=row.action,
            started_at=row.started_at,
            ended_at=row.ended_at,
            outcome=row.outcome,
            error_kind=row.error_kind,
            error_code=row.error_code,
            reason=open_(row.reason, row.id, "reason").decode(),
            answer=open_(row.answer, row.id, "answer"),
            request=open_(row.request, row.id, "request"),
            version=row.version,
        )
        for row in rows
    ]


def payload_of(tx: Tx, kommun: str, delivery_id: str, sealed: bytes) -> dict[str, Any]:
    """The uppgift of a delivery. Raises ``CannotOpen``."""
    return tx.open_json(kommun, sealed, "deliveries", delivery_id, "payload")


def facts_given(tx: Tx, delivery_id: str, effect: int) -> list[ScopedFact]:
    """The facts that this effect (or ``WHOLE``) makes true."""
    rows = tx.connection.execute(_GIVEN, {"delivery": delivery_id, "effect": effect})
    return [(row.scope, row.fact) for row in rows]


def facts_left(tx: Tx, delivery_id: str, effect: int) -> list[ScopedFact]:
    """What this effect, those after it and the whole delivery make true."""
    rows = tx.connection.execute(
        sa.select(gives.c.scope, gives.c.fact).where(
            gives.c.delivery_id == delivery_id,
            (gives.c.effect >= effect) | (gives.c.effect == WHOLE),
        )
    )
    return [(row.scope, row.fact) for row in rows]


def needs_of(tx: Tx, delivery_id: str) -> list[ScopedFact]:
    """All that a delivery needed when it was planned."""
    rows = tx.connection.execute(
        sa.select(needs.c.scope, needs.c.fact).where(needs.c.delivery_id == delivery_id)
    )
    return [(row.scope, row.fact) for row in rows]


def change_state(
    tx: Tx, delivery_id: str, among: Sequence[State], values: Mapping[str, Any]
) -> bool:
    """Changes an unleased delivery that is in one of ``among``. False when it is not."""
    d = deliveries.c
    result = tx.connection.execute(
        sa.update(deliveries)
        .where(
            d.id == delivery_id,
            d.state.in_([state.value for state in among]),
            d.lease_until.is_(None),
        )
        .values(updated_at=tx.now, **values)
    )
    return bool(result.rowcount == 1)


def replace_unsent(tx: Tx, kommun: str, delivery_id: str, payload: Mapping[str, Any]) -> bool:
    """Puts another uppgift in the place of one that was never sent nor corrected by a person.

    False where a worker has it at this moment, or it has been sent.
    """
    d = deliveries.c
    result = tx.connection.execute(
        sa.update(deliveries)
        .where(d.id == delivery_id, d.lease_until.is_(None), d.attempts == 0, d.version == 1)
        .values(
            payload=tx.seal_json(kommun, payload, "deliveries", delivery_id, "payload"),
            updated_at=tx.now,
        )
    )
    return bool(result.rowcount == 1)
