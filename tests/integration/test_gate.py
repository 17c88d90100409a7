"""Sending is stopped, limited and spared, with real workers, vendors and databases."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.handbook.minsta import handelse
from tests.integration import cases
from tests.servers.bridge import Bridge
from tests.servers.configuration import PATIENCE, Configuration, write_configuration
from tests.servers.counting import Counting, counting
from tests.servers.process import wait_until
from tests.servers.sandbox import Sandbox


def notes(count: int, kommun: str) -> list[cases.Event]:
    """Unrelated notes, one ärende each."""
    return [
        handelse("aktanteckning.skriven", anteckning_id=f"AN-{kommun}-{number}")
        | {"id": f"{kommun}-{number}", "subject": f"{kommun}-{number}", "kommun": kommun}
        for number in range(count)
    ]


def lane(bridge: Bridge, kommun: str, system: str) -> dict[str, Any]:
    """What `status` tells of a lane; one that was never served is closed."""
    found = bridge.cli_json("status", exit_code=None)["lanes"]
    lanes: dict[tuple[str, str], dict[str, Any]] = {
        (one["kommun"], one["system"]): one for one in found
    }
    return lanes.get((kommun, system), {"state": "closed", "failures": 0})


def test_a_vendor_that_is_down_is_spared_and_the_other_kommun_goes_on(
    bridge: Bridge, sandbox: Sandbox
) -> None:
    sandbox.fault("procapita", "refuse")
    bridge.up()
    began = time.monotonic()
    bridge.post(notes(50, "malmo"), webhook_id="msg-malmo")
    wait_until(lambda: lane(bridge, "malmo", "procapita")["state"] != "closed", within=30)
    bridge.post(notes(20, "exempel"), webhook_id="msg-exempel")
    sandbox.await_effects(20, system="treserva")
    wait_until(lambda: lane(bridge, "malmo", "procapita")["failures"] >= 12, within=60)
    never_tried = cases.deliveries(bridge)["ready"]
    calls, took_s = sandbox.struck(), time.monotonic() - began
    # Twice four at once until it opened; probes after 0.2, 0.4 and 0.8 s; then one each second.
    assert calls <= 8 + 3 + took_s / 0.8
    assert never_tried >= 50 - calls
    sandbox.clear_faults()
    cases.await_all_verified(bridge, within=60)
    cases.assert_each_effect_once(sandbox, 70)
    assert lane(bridge, "malmo", "procapita")["state"] == "closed"


def test_pausing_stops_sending_and_not_intake_until_it_is_resumed(
    bridge: Bridge, sandbox: Sandbox
) -> None:
    first = bridge.up()
    bridge.cli("pause", "--kommun", "malmo", "--reason", "byte av server")
    assert bridge.post(notes(5, "malmo"), webhook_id="msg-malmo").status_code == 202
    assert bridge.post(notes(5, "exempel"), webhook_id="msg-exempel").status_code == 202
    sandbox.await_effects(5, system="treserva")
    assert first.stop(within=30) == 0
    bridge.up()
    assert bridge.post(notes(7, "exempel"), webhook_id="msg-more").status_code == 202
    sandbox.await_effects(7, system="treserva")
    assert not sandbox.journal(system="procapita")
    metrics = bridge.get("/metrics", holder="read").text
    assert 'bbic_paused{kommun="malmo",operation="*",system="*"} 1.0' in metrics
    assert 'bbic_lane_open{kommun="exempel",system="treserva"} 0.0' in metrics
    bridge.cli("resume", "--kommun", "malmo")
    cases.await_all_verified(bridge)
    cases.assert_each_effect_once(sandbox, 12)


# A call that is given up goes on at the vendor, and fetching goes beside: neither is to be counted.
COUNTED = (
    PATIENCE.replace("timeout_s = 1\n", "timeout_s = 5\n").replace(
        "sync_every_s = 1\n", "sync_every_s = 600\n"
    )
    + "concurrency = 3\n"
)


class TestTwoWorkers:
    """PostgreSQL and Redis, and a vendor that counts."""

    @pytest.fixture
    def vendors(self, sandbox: Sandbox) -> Iterator[Counting]:
        with counting(sandbox.url, delay_s=0.05) as proxy:
            yield proxy

    @pytest.fixture
    def config(
        self,
        tmp_path: Path,
        vendors: Counting,
        bridge_port: int,
        postgres_url: str,
        redis_url: str,
    ) -> Configuration:
        return write_configuration(
            tmp_path / "bridge",
            sandbox_url=vendors.url,
            port=bridge_port,
            database_url=postgres_url,
            broker_url=redis_url,
            patience=COUNTED,
        )

    def test_two_workers_never_exceed_a_lanes_concurrency(
        self, bridge: Bridge, sandbox: Sandbox, vendors: Counting
    ) -> None:
        bridge.parts()
        bridge.start("worker", "--name", "another")
        bridge.post(notes(60, "malmo"), webhook_id="msg-malmo")
        bridge.post(notes(60, "exempel"), webhook_id="msg-exempel")
        cases.await_all_verified(bridge)
        cases.assert_each_effect_once(sandbox, 120)
        assert vendors.most["/procapita/malmo/soap"] == 3
        assert vendors.most["/treserva/exempel/api/handelser"] <= 3
