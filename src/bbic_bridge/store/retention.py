"""What is kept for how long: payloads of cases at rest, then the rows of cases that have ended.

The inbox is never pruned, nor what holds in a whole kommun, nor a row of the audit log.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bbic_bridge.delivery.states import TERMINAL
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.schema import (
    PRUNED,
    attempts,
    audit,
    avvikelser,
    case_persons,
    cases,
    deliveries,
    earlier_payloads,
    events,
    facts,
    feed,
    frister,
    gives,
    holds,
    identities,
    needs,
    notiser,
    pruned_cases,
    replay_items,
    replay_jobs,
)
from bbic_bridge.store.sealed import sealed_columns
from bbic_bridge.store.tx import Tx

NO_CASE = ""
"""The ärende of what belongs to no case."""
Counts = Mapping[str, int]
_TERMINAL = sorted(TERMINAL)
_OF_DELIVERIES = (attempts, earlier_payloads, needs, gives)
_OF_CASE = (
    *(events, feed, notiser, frister, avvikelser, replay_items),
    *(case_persons, pruned_cases, cases),
)
_KOMMUNS = "resurs"
"""The kind of thing that is the kommun's: other cases may go on with it."""


def resting_cases(
    tx: Tx,
    before: int,
    after: CaseKey,
    limit: int,
    *,
    with_payloads: bool,
    kommun: str | None = None,
) -> list[CaseKey]:
    """A page of the cases in which everything is resolved and nothing has happened since a time.

    Args:
        before: the time, in microseconds.
        after: the last case of the page before.
        with_payloads: only those that have a payload left.
        kommun: only of this one.
    """
    c = cases.c
    query = sa.select(c.kommun, c.arende).where(
        sa.tuple_(c.kommun, c.arende) > sa.tuple_(*map(sa.literal, after)), *_at_rest(before)
    )
    if with_payloads:
        query = query.where(sa.or_(*map(_has_payload, (events, deliveries, feed))))
    if kommun is not None:
        query = query.where(c.kommun == kommun)
    rows = tx.connection.execute(query.order_by(c.kommun, c.arende).limit(limit))
    return [(row.kommun, row.arende) for row in rows]


def is_at_rest(tx: Tx, case: CaseKey, before: int) -> bool:
    """Whether one case is as ``resting_cases`` says. Asked again once it is locked."""
    query = sa.select(cases.c.arende).where(*_is(cases, case), *_at_rest(before))
    return tx.connection.scalar(query) is not None


def count_payloads(tx: Tx, case: CaseKey) -> Counts:
    """How many values ``prune_payloads`` would take away, by table."""
    return {
        name: _count(tx, table, where & _any_left(table)) for name, table, where in _payloads(case)
    }


def prune_payloads(tx: Tx, case: CaseKey) -> Counts:
    """Takes away a case's payloads, bodies and answers. Returns how many rows' by table."""
    counts = {}
    for name, table, where in _payloads(case):
        values = {
            column: None if table.c[column].nullable else PRUNED for column in sealed_columns(table)
        }
        result = tx.connection.execute(
            sa.update(table).where(where, _any_left(table)).values(values)
        )
        counts[name] = result.rowcount
    return counts


def count_rows(tx: Tx, case: CaseKey) -> Counts:
    """How many rows ``prune_rows`` would take away, by table."""
    return {table.name: _count(tx, table, where) for table, where in _rows(case)}


def prune_rows(tx: Tx, case: CaseKey) -> Counts:
    """Takes away an ended case. Of the acts on it only the details go, so that the chain stays.

    Returns:
        How many rows by table.
    """
    about = sa.select(deliveries.c.id).where(*_is(deliveries, case))
    acts = (audit.c.kommun == case[0]) & (audit.c.subject.in_(about) | (audit.c.subject == case[1]))
    tx.connection.execute(sa.update(audit).where(acts).values(details=PRUNED))
    counts = {}
    for table, where in _rows(case):
        counts[table.name] = tx.connection.execute(sa.delete(table).where(where)).rowcount
    return counts


def note_pruned(tx: Tx, case: CaseKey, memory: Mapping[str, Any]) -> None:
    """Remembers when a case's payloads were pruned, and what must still be known of them."""
    kommun, arende = case
    sealed = tx.seal_json(kommun, memory, "pruned_cases", arende, "payload")
    tx.connection.execute(sa.delete(pruned_cases).where(*_is(pruned_cases, case)))
    tx.connection.execute(
        sa.insert(pruned_cases).values(kommun=kommun, arende=arende, at=tx.now, payload=sealed)
    )


def pruned_at(tx: Tx, case: CaseKey) -> int | None:
    """When payloads of the case were last pruned, in microseconds."""
    return tx.connection.scalar(sa.select(pruned_cases.c.at).where(*_is(pruned_cases, case)))


def memory_of(tx: Tx, case: CaseKey) -> Mapping[str, Any]:
    """What was remembered when payloads were last pruned; empty where none ever were."""
    sealed = tx.connection.scalar(sa.select(pruned_cases.c.payload).where(*_is(pruned_cases, case)))
    if sealed is None:
        return {}
    return tx.open_json(case[0], sealed, "pruned_cases", case[1], "payload")


def hold(tx: Tx, case: CaseKey) -> bool:
    """Keeps all of a case. False when it was held."""
    if tx.connection.scalar(sa.select(holds.c.at).where(*_is(holds, case))) is not None:
        return False
    tx.connection.execute(sa.insert(holds).values(kommun=case[0], arende=case[1], at=tx.now))
    return True


def release_hold(tx: Tx, case: CaseKey) -> bool:
    """Ends a hold. False when there was none."""
    return tx.connection.execute(sa.delete(holds).where(*_is(holds, case))).rowcount == 1


def _at_rest(before: int) -> Sequence[sa.ColumnElement[bool]]:
    """Of a row of ``cases``."""
    d = deliveries.c
    lively = d.state.not_in(_TERMINAL) | (d.updated_at >= before)
    return (
        cases.c.created_at < before,
        ~_exists(holds, sa.true()),
        ~_exists(deliveries, lively),
        ~_exists(events, events.c.received_at >= before),
        ~_exists(feed, feed.c.at >= before),
    )


def _exists(table: sa.Table, where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether the row of ``cases`` has such a row in a table."""
    same = (table.c.kommun == cases.c.kommun) & (table.c.arende == cases.c.arende)
    return sa.exists(sa.select(sa.literal(1)).where(same, where).correlate(cases))


def _has_payload(table: sa.Table) -> sa.ColumnElement[bool]:
    return _exists(table, table.c.payload != PRUNED)


def _payloads(case: CaseKey) -> list[tuple[str, sa.Table, sa.ColumnElement[bool]]]:
    """The tables with payloads of a case, and which of their rows are its own."""
    found = [(table, sa.and_(*_is(table, case))) for table in (events, deliveries, feed)]
    own = sa.select(deliveries.c.id).where(*_is(deliveries, case))
    found += [(table, table.c.delivery_id.in_(own)) for table in (earlier_payloads, attempts)]
    # An edit is about one delivery, and holds what that was to say.
    about = sa.select(replay_items.c.job_id).where(*_is(replay_items, case))
    edits = replay_jobs.c.edit.is_not(None) & replay_jobs.c.id.in_(about)
    found.append((replay_jobs, edits))
    return [(table.name, table, where) for table, where in found]


def _rows(case: CaseKey) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """The tables with rows of a case, in the order in which they can be deleted."""
    own = sa.select(deliveries.c.id).where(*_is(deliveries, case))
    found: list[tuple[sa.Table, sa.ColumnElement[bool]]] = [
        (table, table.c.delivery_id.in_(own)) for table in _OF_DELIVERIES
    ]
    found.append((deliveries, sa.and_(*_is(deliveries, case))))
    found.append((facts, (facts.c.kommun == case[0]) & (facts.c.scope == case[1])))
    its = sa.and_(*_is(identities, case), identities.c.kind != _KOMMUNS)
    found.append((identities, its))
    return found + [(table, sa.and_(*_is(table, case))) for table in _OF_CASE]


def _any_left(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row has a value left. A comparison with null is not true."""
    return sa.or_(*(table.c[column] != PRUNED for column in sealed_columns(table)))


def _count(tx: Tx, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).select_from(table).where(where)
    return int(tx.connection.scalar(counted) or 0)


def _is(table: sa.Table, case: CaseKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.kommun == case[0], table.c.arende == case[1])
