"""A database put back from an hour ago: with real processes, vendors and copies."""

from datetime import UTC, datetime

import pytest

from tests.integration import cases
from tests.integration.test_restart import notes
from tests.servers.bridge import Bridge
from tests.servers.copies import Copy, PostgresCopy, SqliteCopy
from tests.servers.postgres import Postgres
from tests.servers.sandbox import Sandbox


def test_sqlite(bridge: Bridge, sandbox: Sandbox) -> None:
    database = bridge.config.path.parent / "var" / "bridge.db"
    restore_and_recover(bridge, sandbox, SqliteCopy(database, bridge.folder / "kept.db"))


class TestPostgresql:
    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url

    def test_postgresql(
        self, bridge: Bridge, sandbox: Sandbox, database_url: str, postgres_server: Postgres
    ) -> None:
        copy = PostgresCopy(postgres_server, database_url, bridge.folder / "dump")
        restore_and_recover(bridge, sandbox, copy)


def restore_and_recover(bridge: Bridge, sandbox: Sandbox, copy: Copy) -> None:
    """20 events before the copy, 20 after it; then all is sent again."""
    bridge.cli("migrate")
    running = bridge.up()
    bridge.post(notes(20), webhook_id="before")
    cases.await_all_verified(bridge)
    since = datetime.now(UTC)
    copy.take()
    bridge.post(notes(20, 20), webhook_id="after")
    cases.await_all_verified(bridge)
    assert running.stop(within=30) == 0
    copy.put_back()
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
