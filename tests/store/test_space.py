"""A disk that runs full: told before, and survived when it happens all the same."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.space import Space, StorageLow
from bbic_bridge.store.store import Store
from bbic_bridge.store.tx import Tx


def test_the_databases_own_disk_is_looked_at(tmp_path: Path) -> None:
    space = Space(sa.make_url(f"sqlite:///{tmp_path}/bridge.db"))
    free = space.free_bytes()
    assert free is not None
    assert abs(free - os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize) < 2**30
    assert not space.is_low(0)
    assert space.is_low(free * 1000)
    with pytest.raises(StorageLow):
        space.require(free * 1000)


def test_a_servers_disk_is_its_own_affair() -> None:
    space = Space(sa.make_url("postgresql+psycopg://nobody@127.0.0.1/none"))
    assert space.free_bytes() is None
    space.require(2**60)


@pytest.mark.parametrize("code", ["53100", "53200", "53300"])
def test_a_server_that_says_that_it_is_full_is_unavailable(store: Store, code: str) -> None:
    """disk_full, out_of_memory, too_many_connections: nothing was stored, and all may go on."""

    def job(tx: Tx) -> None:
        if tx.connection.dialect.name == "sqlite":
            raise sa.exc.OperationalError("", {}, Exception("database or disk is full"))
        tx.connection.exec_driver_sql(
            f"DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '{code}'; END $$"
        )

    with pytest.raises(StoreUnavailable):
        store.write(job)
    assert store.write(lambda tx: tx.now) > 0
