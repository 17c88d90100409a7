"""Pulling plugs: what is killed, frozen or started again continues, and nothing is doubled."""

import pytest

from tests.handbook.minsta import handelse
from tests.integration import cases
from tests.servers.bridge import Bridge
from tests.servers.sandbox import Sandbox
from tests.servers.valkey import Valkey


def notes(count: int, first: int = 0) -> list[cases.Event]:
    """Unrelated notes, one ärende each."""
    return [
        handelse("aktanteckning.skriven", anteckning_id=f"AN-{number}")
        | {"id": f"note-{number}", "subject": f"ARENDE-{number}"}
        for number in range(first, first + count)
    ]


def test_killing_everything_and_starting_again_continues(bridge: Bridge, sandbox: Sandbox) -> None:
    events = cases.all_cases()
    cases.register_resources(sandbox, events)
    sandbox.fault("procapita", "slow", delay_ms=300, probability=1.0, seed=1)
    first = bridge.up()
    bridge.post(events)
    sandbox.await_effects(5, system="procapita")
    first.kill()
    first.wait()
    sandbox.clear_faults()
    bridge.up()
    cases.await_all_verified(bridge)
    cases.assert_each_effect_once(sandbox, cases.effects_of(events))


def test_sigterm_drains_and_a_new_start_goes_on(bridge: Bridge, sandbox: Sandbox) -> None:
    sandbox.fault("procapita", "slow", delay_ms=200, probability=1.0, seed=1)
    first = bridge.up()
    bridge.post(notes(40))
    sandbox.await_effects(3)
    assert first.stop(within=30) == 0
    sandbox.clear_faults()
    bridge.up()
    cases.await_all_verified(bridge)
    cases.assert_each_effect_once(sandbox, 40)


class TestWithServers:
    """PostgreSQL and Redis, the parts one by one."""

    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url

    @pytest.fixture
    def broker_url(self, redis_url: str) -> str:
        return redis_url

    def test_a_killed_worker_loses_and_doubles_nothing(
        self, bridge: Bridge, sandbox: Sandbox
    ) -> None:
        sandbox.fault("procapita", "slow", delay_ms=300, probability=1.0, seed=1)
        _, worker, _ = bridge.parts()
        bridge.post(notes(30))
        sandbox.await_effects(4)
        worker.kill()
        sandbox.clear_faults()
        bridge.start("worker")
        cases.await_all_verified(bridge)
        cases.assert_each_effect_once(sandbox, 30)

    @pytest.mark.parametrize("pool", ["prefork", "threads"])
    def test_both_pools_work_and_drain(self, bridge: Bridge, sandbox: Sandbox, pool: str) -> None:
        bridge.cli("migrate")
        bridge.start("serve", "--port", str(bridge.config.port)).ready(bridge.is_ready)
        worker = bridge.start("worker", "--pool", pool, "--concurrency", "2")
        bridge.post(notes(40))
        cases.await_all_verified(bridge)
        assert worker.stop() == 0
        cases.assert_each_effect_once(sandbox, 40)

    def test_two_workers_share_without_doubling(self, bridge: Bridge, sandbox: Sandbox) -> None:
        bridge.parts()
        bridge.start("worker")
        for start in range(0, 200, 50):
            bridge.post(notes(50, start), webhook_id=f"msg-{start}")
        cases.await_all_verified(bridge)
        cases.assert_each_effect_once(sandbox, 200)

    def test_a_frozen_broker_does_not_stop_intake_or_delivery(
        self, bridge: Bridge, sandbox: Sandbox, redis_server: Valkey
    ) -> None:
        bridge.parts()
        redis_server.process.freeze()
        try:
            for number in range(5):
                answer = bridge.post(notes(1, number), webhook_id=f"msg-{number}")
                assert answer.status_code == 202
            sandbox.await_effects(5)
        finally:
            redis_server.process.thaw()

    def test_a_flushed_broker_loses_nothing(
        self, bridge: Bridge, sandbox: Sandbox, redis_server: Valkey
    ) -> None:
        bridge.parts()
        for number in range(0, 60, 10):
            bridge.post(notes(10, number), webhook_id=f"msg-{number}")
            redis_server.flush()
        cases.await_all_verified(bridge)
        cases.assert_each_effect_once(sandbox, 60)
