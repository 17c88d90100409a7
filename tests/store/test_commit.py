"""Group commit: writes share a transaction, and none takes another along when it fails."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import sqlalchemy as sa

from bbic_bridge.store.cases import ensure_case, is_known
from bbic_bridge.store.commit import GroupCommit
from bbic_bridge.store.engine import StoreUnavailable, create_engine
from bbic_bridge.store.migrate import migrate
from bbic_bridge.store.store import Store
from bbic_bridge.store.tx import Tx


def known(store: Store, arende: str) -> bool:
    with store.read() as tx:
        return is_known(tx, ("malmo", arende))


def _make(key: tuple[str, str], tx: Tx) -> None:
    ensure_case(tx, key)


def test_a_write_is_durable_when_it_returns(store: Store) -> None:
    store.write(lambda tx: ensure_case(tx, ("malmo", "A-1")))
    assert known(store, "A-1")


def test_one_that_fails_is_undone_alone(store: Store) -> None:
    def good(number: int) -> None:
        store.write(lambda tx: ensure_case(tx, ("malmo", f"good-{number}")))

    def bad(number: int) -> None:
        def job(tx: Tx) -> None:
            ensure_case(tx, ("malmo", f"bad-{number}"))
            raise ValueError(number)

        with pytest.raises(ValueError, match=str(number)):
            store.write(job)

    with ThreadPoolExecutor(16) as pool:
        outcomes = [pool.submit(good if n % 2 else bad, n) for n in range(60)]
        for outcome in outcomes:
            outcome.result()
    assert all(known(store, f"good-{n}") for n in range(1, 60, 2))
    assert not any(known(store, f"bad-{n}") for n in range(0, 60, 2))


def test_writes_that_lock_the_same_cases_in_any_order_all_succeed(store: Store) -> None:
    keys = [("malmo", f"A-{number}") for number in range(4)]
    for key in keys:
        store.write(partial(_make, key))

    def both(number: int) -> int:
        first, second = keys[number % 4], keys[(number + 1) % 4]

        def job(tx: Tx) -> int:
            ensure_case(tx, second)
            ensure_case(tx, first)
            return number

        return store.write(job, [second, first])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(both, range(80))) == list(range(80))


def test_after_a_write_that_breaks_the_next_one_works(store: Store) -> None:
    store.write(lambda tx: ensure_case(tx, ("malmo", "A-1")))

    def job(tx: Tx) -> None:
        tx.connection.exec_driver_sql("SELECT * FROM no_such_table")

    with pytest.raises(Exception, match=r"."):
        store.write(job)
    store.write(lambda tx: ensure_case(tx, ("malmo", "A-2")))
    assert known(store, "A-2")


def test_a_write_that_comes_while_it_ends_is_written_too(database_url: str) -> None:
    engine = create_engine(database_url)
    commit = GroupCommit(engine, lambda _: None)
    ending = threading.Event()

    def slow(_: sa.Connection) -> bool:
        return ending.wait(10)

    def late(connection: sa.Connection) -> int:
        return int(connection.execute(sa.select(1)).scalar_one())

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(commit.run, slow)
        closing = pool.submit(commit.close)
        last = pool.submit(commit.run, late)
        ending.set()
        assert first.result(timeout=10)
        closing.result(timeout=10)
        assert last.result(timeout=10) == 1
    commit.close()
    engine.dispose()


def test_an_unreachable_server_is_unavailable(store: Store) -> None:
    with pytest.raises(StoreUnavailable):
        migrate("postgresql+psycopg://nobody@127.0.0.1:9/none")
