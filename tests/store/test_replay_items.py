"""Items of replay jobs: a delivery is held by one job, also when two begin at the same moment."""

import threading
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.security.envelope import RootKeys
from bbic_bridge.store.overview import Query, dependents
from bbic_bridge.store.replay_items import choose, choose_ids, digest_of, hold_items, holder_of
from bbic_bridge.store.store import Store
from bbic_bridge.store.tx import Tx
from bench.replay import fill
from tests.servers.process import wait_until
from tests.stores import Clock

WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


def test_ids_that_are_named_are_chosen_in_the_order_of_the_deliveries(store: Store) -> None:
    fill(store, 3)
    ids = [f"D{number:09}" for number in range(3)]

    def job(tx: Tx) -> None:
        choose_ids(tx, "by-id", ids[::-1])
        choose(tx, "by-filter", Query(states=("failed",), limit=10))

    store.write(job)
    with store.read() as tx:
        assert digest_of(tx, "by-id") == digest_of(tx, "by-filter")
        assert digest_of(tx, "by-id")[0] == 3


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_jobs_that_begin_at_once_do_not_hold_the_same(
    database_url: str, roots: RootKeys, clock: Clock
) -> None:
    store = Store(database_url, roots, clock)
    store.open(["malmo"])
    fill(store, 4)
    for name, limit in (("first", 2), ("second", 4)):
        query = Query(states=("failed",), limit=limit)
        store.write(partial(choose, job_id=name, query=query))
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        hold_items(Tx(connection, store.keyring, store.claims, 0), "first")
        other = threading.Thread(target=store.write, args=(lambda tx: hold_items(tx, "second"),))
        other.start()
        with engine.connect() as watching:
            wait_until(lambda: watching.scalar(WAITING), what="the second to wait for the first")
        connection.commit()
        other.join(20)
    with store.read() as tx:
        holders = [holder_of(tx, f"D{number:09}") for number in range(4)]
    assert holders == ["first", "first", "second", "second"]
    engine.dispose()
    store.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_waits_behind_is_found_without_reading_every_delivery(store: Store) -> None:
    asked: list[tuple[str, Any]] = []
    with store.read() as tx:
        engine = tx.connection.engine

        @sa.event.listens_for(engine, "before_cursor_execute")
        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        dependents(tx, "D1")
        sa.event.remove(engine, "before_cursor_execute", note)
        statement, parameters = asked[-1]
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        assert "SCAN deliveries" not in {row.detail for row in plan}
