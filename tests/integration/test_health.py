"""Real processes that do not work, and a real disk that runs full."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration import cases
from tests.integration.test_restart import notes
from tests.servers.bridge import Bridge
from tests.servers.configuration import Configuration, write_configuration
from tests.servers.disk import Disk, small_disk
from tests.servers.process import wait_until
from tests.servers.sandbox import Sandbox
from tests.servers.valkey import Valkey

LEAST = 8 * 1024 * 1024
NOT_WRITTEN = {"carry_failed", "pump_stalled", "health_not_told"}
BLIND = """
from pathlib import Path
from bbic_bridge.services import deliver
from bbic_bridge.store.claims import Taken
mark, real = Path({mark!r}), deliver.take
deliver.take = lambda bridge, limit: Taken() if mark.exists() else real(bridge, limit)
"""


def parts(bridge: Bridge, kind: str = "worker") -> list[dict[str, Any]]:
    health = bridge.cli_json("status", exit_code=None)["health"]
    return [one for one in health["parts"] if one["kind"] == kind]


def stalled(log: Path) -> list[str]:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line[:1] == "{"]
    return [one["because"] for one in map(json.loads, lines) if one["event"] == "worker_stalled"]


@pytest.fixture
def blinding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """While this file exists, every worker is given nothing to do by the store."""
    mark = tmp_path / "blind"
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BLIND.format(mark=str(mark)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)
    monkeypatch.setenv("BBIC_WORKER__STALL_S", "2")
    return mark


def test_up_starts_a_worker_again_that_took_nothing(
    bridge: Bridge, sandbox: Sandbox, blinding: Path
) -> None:
    blinding.touch()
    up = bridge.up()
    (first,) = wait_until(lambda: parts(bridge), within=60)
    bridge.post(notes(5))
    wait_until(lambda: stalled(up.log), within=60)
    blinding.unlink()
    cases.await_all_verified(bridge)
    assert set(stalled(up.log)) == {"claims_nothing"}
    wait_until(
        lambda: first["pid"] not in [one["pid"] for one in parts(bridge) if one["looked_s"] < 5],
        within=20,
        what="the first one gone",
    )
    assert '"exit 70"' in up.log.read_text()
    cases.assert_each_effect_once(sandbox, 5)


def test_a_vendor_that_is_down_ends_no_worker(
    bridge: Bridge, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_WORKER__STALL_S", "1")
    sandbox.fault("procapita", "refuse", probability=1.0, seed=1)
    up = bridge.up()
    (first,) = wait_until(lambda: parts(bridge), within=60)
    bridge.post(notes(20))

    def tried_for_long() -> bool:
        lanes = bridge.cli_json("status", exit_code=None)["lanes"]
        return any(lane["failures"] > 5 for lane in lanes)  # it was spared, and tried again

    wait_until(tried_for_long, within=60)
    assert stalled(up.log) == []
    sandbox.clear_faults()
    cases.await_all_verified(bridge)
    assert [one["pid"] for one in parts(bridge)] == [first["pid"]]


class TestWithServers:
    """PostgreSQL and Redis, the parts one by one."""

    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url

    @pytest.fixture
    def broker_url(self, redis_url: str) -> str:
        return redis_url

    def test_a_worker_alone_ends_with_an_exit_code(self, bridge: Bridge, blinding: Path) -> None:
        bridge.cli("migrate")
        serve = bridge.start("serve", "--port", str(bridge.config.port))
        serve.ready(bridge.is_ready, within=60)
        bridge.post(notes(1))
        blinding.touch()
        assert bridge.start("worker").wait(within=60) == 70

    def test_a_pool_starts_another_child(
        self, bridge: Bridge, sandbox: Sandbox, blinding: Path
    ) -> None:
        bridge.cli("migrate")
        serve = bridge.start("serve", "--port", str(bridge.config.port))
        serve.ready(bridge.is_ready, within=60)
        bridge.post(notes(3))
        blinding.touch()
        worker = bridge.start("worker", "--pool", "prefork", "--processes", "1")
        wait_until(lambda: stalled(worker.log), within=60)
        blinding.unlink()
        cases.await_all_verified(bridge)
        assert worker.running
        cases.assert_each_effect_once(sandbox, 3)

    def test_a_worker_whose_broker_is_gone_works_on(
        self,
        bridge: Bridge,
        sandbox: Sandbox,
        redis_server: Valkey,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("BBIC_WORKER__STALL_S", "1")
        _, worker, _ = bridge.parts()
        wait_until(lambda: parts(bridge), within=60)
        redis_server.process.freeze()
        try:
            bridge.post(notes(5))
            sandbox.await_effects(5)
            assert worker.running
            assert parts(bridge)
        finally:
            redis_server.process.thaw()


class TestOnASmallDisk:
    """The embedded default on a disk of 32 MiB that really fills up."""

    @pytest.fixture
    def disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
        monkeypatch.setenv("BBIC_LIMITS__MIN_FREE_BYTES", str(LEAST))
        with small_disk(tmp_path / "disk", "32m") as mounted:
            yield mounted

    @pytest.fixture
    def config(self, disk: Disk, sandbox: Sandbox, bridge_port: int) -> Configuration:
        return write_configuration(disk.place / "bridge", sandbox_url=sandbox.url, port=bridge_port)

    def test_it_takes_nothing_in_before_it_is_full_and_loses_nothing_when_it_is(
        self, bridge: Bridge, sandbox: Sandbox, disk: Disk
    ) -> None:
        sandbox.fault("procapita", "refuse", probability=1.0, seed=1)
        up = bridge.up()
        assert bridge.post(notes(10)).status_code == 202

        disk.fill(LEAST // 2)
        refused = bridge.post(notes(5, 100), webhook_id="msg-2")
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_low")
        ready = httpx.get(f"{bridge.config.url}/readyz")
        assert (ready.status_code, ready.json()["reasons"]) == (503, ["storage_low"])
        sandbox.clear_faults()
        cases.await_all_verified(bridge)
        cases.assert_each_effect_once(sandbox, 10)

        disk.clear()
        wait_until(bridge.is_ready)
        sandbox.fault("procapita", "slow", delay_ms=200, probability=1.0, seed=1)
        assert bridge.post(notes(20, 200), webhook_id="msg-3").status_code == 202
        sandbox.await_effects(11)
        disk.fill(0)
        assert bridge.post(notes(1, 300), webhook_id="msg-4").status_code == 503
        # The calls under way end, and what came of them cannot be written down.
        wait_until(lambda: NOT_WRITTEN & events_in(up.log), within=30)

        disk.clear()
        wait_until(bridge.is_ready)
        sandbox.clear_faults()
        assert bridge.post(notes(1, 300), webhook_id="msg-4").status_code == 202
        cases.await_all_verified(bridge)
        cases.assert_each_effect_once(sandbox, 31)
        assert up.stop(within=40) == 0
        with closing(sqlite3.connect(disk.place / "bridge" / "var" / "bridge.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def events_in(log: Path) -> set[str]:
    """The log events that were told."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line[:1] == "{"]
    return {json.loads(line)["event"] for line in lines}
