"""A database put back from an hour ago: with real processes, vendors and copies."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.integration import cases
from tests.integration.test_restart import notes
from tests.servers.bridge import Bridge
from tests.servers.postgres import Postgres
from tests.servers.sandbox import Sandbox


def test_sqlite(bridge: Bridge, sandbox: Sandbox) -> None:
    database = bridge.config.path.parent / "var" / "bridge.db"
    kept = bridge.folder / "kept.db"

    def take() -> None:
        with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(kept)) as copy:
            live.backup(copy)

    def put_back() -> None:
        for path in database.parent.glob("bridge.db*"):
            path.unlink()
        shutil.copy(kept, database)

    restore_and_recover(bridge, sandbox, take, put_back)


class TestPostgresql:
    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url

    def test_postgresql(
        self, bridge: Bridge, sandbox: Sandbox, database_url: str, postgres_server: Postgres
    ) -> None:
        dsn = database_url.replace("postgresql+psycopg", "postgresql")
        programs, dump = Path(str(postgres_server.process.command[0])).parent, bridge.folder / "d"

        def run(program: str, *words: str) -> None:
            subprocess.run([programs / program, f"--dbname={dsn}", *words], check=True, timeout=60)

        def put_back() -> None:
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
            run("pg_restore", "--no-owner", str(dump))

        restore_and_recover(
            bridge,
            sandbox,
            lambda: run("pg_dump", "--format=custom", f"--file={dump}"),
            put_back,
        )


def restore_and_recover(bridge: Bridge, sandbox: Sandbox, take: object, put_back: object) -> None:
    """20 events before the copy, 20 after it; then all is sent again."""
    assert callable(take)
    assert callable(put_back)
    bridge.cli("migrate")
    running = bridge.up()
    bridge.post(notes(20), webhook_id="before")
    cases.await_all_verified(bridge)
    since = datetime.now(UTC)
    take()
    bridge.post(notes(20, 20), webhook_id="after")
    cases.await_all_verified(bridge)
    assert running.stop(within=30) == 0
    put_back()
    told = bridge.cli("recover", "--since", since.isoformat(), exit_code=1)
    assert "Then: bbic-bridge recover --resume" in told
    bridge.up()
    answer = bridge.post(notes(40), webhook_id="again")
    results = [one["status"] for one in answer.json()["results"]]
    assert results == ["duplicate"] * 20 + ["accepted"] * 20
    assert cases.deliveries(bridge).get("verified") == 20
    bridge.cli("recover", "--resume")
    cases.await_all_verified(bridge)
    cases.assert_each_effect_once(sandbox, 40)
