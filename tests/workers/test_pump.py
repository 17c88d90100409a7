"""The pump: finds what is due by itself, never holds more than it can carry, drains."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.delivery.ports import Order, Receipt
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import queries, upkeep
from bbic_bridge.services.accept import accept
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.views.accepting import Grant
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.settings import Kommun, Settings
from bbic_bridge.workers.pump import Pump
from tests.handbook.minsta import handelse
from tests.servers.process import wait_until
from tests.services.twin import Twin


class Gated(Twin):
    """A vendor that answers when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.inside = 0
        self.most = 0
        self._count = threading.Lock()

    def send(self, order: Order, body: bytes) -> Receipt:
        with self._count:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.gate.wait(20)
        with self._count:
            self.inside -= 1
        return super().send(order, body)


@pytest.fixture
def vendor() -> Gated:
    return Gated()


@pytest.fixture
def bridge(tmp_path: Path, vendor: Gated) -> Iterator[Bridge]:
    settings = Settings(
        database_url=SecretStr(f"sqlite:///{tmp_path}/bridge.db"),
        master_key=SecretStr(new_root_key()),
        index_key=SecretStr(new_root_key()),
        kommun={"malmo": Kommun(system="procapita", write_url="-", read_url="-")},
    )
    upkeep.migrate(settings)
    opened = bootstrap(settings, systems=lambda _: vendor)
    yield opened
    vendor.gate.set()
    opened.close()


def send(bridge: Bridge, count: int) -> None:
    events = [
        handelse("aktanteckning.skriven") | {"id": f"E{n}", "subject": f"A{n}"}
        for n in range(count)
    ]
    accept(bridge, events, Grant())


def count(bridge: Bridge, state: str) -> int:
    return queries.status(bridge).deliveries.get(state, 0)


def test_it_finds_what_nobody_told_it_of(bridge: Bridge, vendor: Gated) -> None:
    vendor.gate.set()
    pump = Pump(bridge, lanes=4, sweep_s=0.05)
    pump.start()
    send(bridge, 30)
    wait_until(lambda: count(bridge, "verified") == 30)
    pump.stop(5)
    assert len(vendor.effects) == 30


def test_a_nudge_is_enough(bridge: Bridge, vendor: Gated) -> None:
    vendor.gate.set()
    pump = Pump(bridge, lanes=4, sweep_s=3600)
    pump.start()
    send(bridge, 30)
    pump.nudge()
    wait_until(lambda: count(bridge, "verified") == 30)
    pump.stop(5)


def test_it_claims_no_more_than_its_lanes(bridge: Bridge, vendor: Gated) -> None:
    send(bridge, 30)
    pump = Pump(bridge, lanes=3, sweep_s=0.05)
    pump.start()
    wait_until(lambda: vendor.inside == 3)
    assert count(bridge, "claimed") == 3
    vendor.gate.set()
    wait_until(lambda: count(bridge, "verified") == 30)
    pump.stop(5)
    assert vendor.most == 3


def test_stopping_finishes_what_is_under_way_and_begins_nothing(
    bridge: Bridge, vendor: Gated
) -> None:
    send(bridge, 10)
    pump = Pump(bridge, lanes=2, sweep_s=0.05)
    pump.start()
    wait_until(lambda: vendor.inside == 2)
    stopping = threading.Thread(target=pump.stop, args=(20,))
    pump.claim_no_more()
    stopping.start()
    vendor.gate.set()
    stopping.join(20)
    assert len(vendor.effects) == 2
    states = {view.state for view in queries.list_deliveries(bridge, Filter())}
    assert states == {"verified", "ready"}


def test_a_fault_of_our_own_does_not_cost_a_lane(
    bridge: Bridge, vendor: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.gate.set()
    broken = iter(range(3))

    def find(name: str) -> Twin:
        if next(broken, None) is not None:
            raise RuntimeError(name)
        return vendor

    pump = Pump(bridge, lanes=1, sweep_s=0.05)
    object.__setattr__(pump.bridge, "systems", find)
    pump.start()
    send(bridge, 6)
    wait_until(lambda: count(bridge, "verified") == 3)
    pump.stop(5)


def test_it_outlives_whatever_befalls_a_round(
    bridge: Bridge, vendor: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.gate.set()
    rounds = iter(range(3))

    def broken(opened: Bridge) -> int:
        if next(rounds, None) is not None:
            raise RuntimeError(str(opened))
        return 0

    monkeypatch.setattr(upkeep, "sweep", broken)
    pump = Pump(bridge, lanes=1, sweep_s=0.02)
    pump.start()
    send(bridge, 5)
    wait_until(lambda: count(bridge, "verified") == 5)
    wait_until(lambda: next(rounds, None) is None)
    send_late = handelse("aktanteckning.skriven") | {"id": "late", "subject": "late"}
    accept(bridge, [send_late], Grant())
    wait_until(lambda: count(bridge, "verified") == 6)
    pump.stop(5)
