"""Alerts: one when something begins to need a person, one when it ends; never a flood."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bbic_bridge.delivery.errors import Rejected, Transient
from bbic_bridge.services import audit, health
from bbic_bridge.services.alerts import Watcher, evaluate, tell_all
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.calling_off import cancel
from bbic_bridge.services.conditions import GRACE_S, MEANING
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.store.alerts import raised
from bbic_bridge.store.parts import take_turn
from tests.services.conftest import World, clock, database_url, world

__all__ = ["clock", "database_url", "world"]
LONG_AWAKE = GRACE_S + 1


@dataclass
class Duty:
    """Whoever is told, while they listen."""

    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deaf: bool = False
    refuses: str = ""

    def ring(self, message_id: str, body: bytes) -> None:
        if self.deaf:
            raise Transient("connect_failed", unreachable=True)
        if self.refuses and self.refuses == json.loads(body)["data"]["kommun"]:
            raise Transient("not_heard")
        self.heard.append((message_id, json.loads(body)))

    @property
    def told(self) -> list[tuple[str, str, str | None]]:
        """What, of which alert, of whom."""
        return [
            (body["type"].rpartition(".")[2], body["data"]["name"], body["data"]["kommun"])
            for _, body in self.heard
        ]


@pytest.fixture
def duty() -> Duty:
    return Duty()


@pytest.fixture
def bridge(world: World, duty: Duty) -> Bridge:
    return replace(world.bridge, ring=duty.ring)


@pytest.fixture
def log() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def look(bridge: Bridge, times: int = 3, awake_s: float = 0) -> None:
    for _ in range(times):
        evaluate(bridge, awake_s)
        tell_all(bridge, bridge.ring or (lambda *_: None))


def fail(world: World) -> str:
    world.vendor.trouble.append((Rejected("x"), False))
    world.send("beslut.fattat")
    world.work()
    return str(world.delivery("registrera_beslut").id)


def test_a_delivery_that_needs_a_person_is_told_of_once_and_its_end_once(
    world: World, bridge: Bridge, duty: Duty, log: list[Any]
) -> None:
    look(bridge)
    assert duty.told == []
    delivery = fail(world)
    look(bridge)
    assert duty.told == [("raised", "needs_person", "malmo")]
    world.clock.forward(60)
    replay_one(world.bridge, delivery, actor="x", reason="", dry_run=False)
    world.work()
    look(bridge)
    assert duty.told[1:] == [("resolved", "needs_person", "malmo")]
    transitions = [line for line in log if line["event"].startswith("alert_")]
    assert [(line["event"], line["code"], line["kommun"]) for line in transitions] == [
        ("alert_raised", "needs_person", "malmo"),
        ("alert_resolved", "needs_person", "malmo"),
    ]
    assert transitions[1]["seconds"] == 60


def test_a_vendor_that_is_down_is_one_alert_however_much_waits_for_it(
    world: World, bridge: Bridge, duty: Duty
) -> None:
    world.vendor.trouble.extend([(Transient("connect_failed", unreachable=True), False)] * 200)
    for number in range(20):
        world.send("aktanteckning.skriven", arende=f"A-{number}")
    for _ in range(4):
        world.work()
        world.clock.forward(8)
        look(bridge, times=1)
    assert duty.told == [("raised", "vendor_down", "malmo")]
    assert duty.heard[0][1]["data"]["system"] == "procapita"
    world.vendor.trouble.clear()
    world.clock.forward(70)
    world.work()
    look(bridge)
    assert duty.told == [
        ("raised", "vendor_down", "malmo"),
        ("resolved", "vendor_down", "malmo"),
    ]


def test_changes_that_are_not_read_are_told_of(world: World, bridge: Bridge, duty: Duty) -> None:
    sync_kommun(world.bridge, "malmo")
    world.clock.forward(250)
    look(bridge)
    assert duty.told == []
    world.clock.forward(100)
    look(bridge)
    sync_kommun(world.bridge, "malmo")
    look(bridge)
    assert duty.told == [("raised", "sync_late", "malmo"), ("resolved", "sync_late", "malmo")]


def test_a_bridge_without_workers_or_scheduler_is_told_of_when_they_had_time_to_start(
    bridge: Bridge, duty: Duty
) -> None:
    look(bridge, awake_s=GRACE_S - 1)
    assert duty.told == []
    look(bridge, awake_s=LONG_AWAKE)
    assert {name for _, name, _ in duty.told} == {"no_worker", "no_beat"}
    health.tell_of(bridge, health.Self("w", "worker", "host", 1), None, None)
    health.tell_of(bridge, health.Self("b", "beat", "host", 2), None, None)
    look(bridge, awake_s=LONG_AWAKE)
    assert {told[:2] for told in duty.told[2:]} == {
        ("resolved", "no_worker"),
        ("resolved", "no_beat"),
    }


def test_due_work_that_nobody_takes_is_told_of(world: World, bridge: Bridge, duty: Duty) -> None:
    world.send("aktanteckning.skriven")
    world.clock.forward(301)
    health.tell_of(bridge, health.Self("w", "worker", "host", 1), 0, 299)
    look(bridge)
    assert duty.told == []
    health.tell_of(bridge, health.Self("w", "worker", "host", 1), 0, 301)
    look(bridge)
    world.work()
    look(bridge)
    assert [told[:2] for told in duty.told] == [
        ("raised", "due_not_claimed"),
        ("resolved", "due_not_claimed"),
    ]


def test_audit_rows_that_are_not_sealed_are_told_of(
    world: World, bridge: Bridge, duty: Duty
) -> None:
    audit.record(world.bridge, "x", "y", "z", {})
    look(bridge)
    assert duty.told == []
    world.clock.forward(301)
    look(bridge)
    world.work()
    look(bridge)
    assert [told[:2] for told in duty.told] == [
        ("raised", "audit_unsealed"),
        ("resolved", "audit_unsealed"),
    ]


def test_a_disk_that_fills_up_is_told_of_before_intake_stops_and_not_at_each_ripple(
    bridge: Bridge, duty: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    least = bridge.settings.limits.min_free_bytes
    room = {"left": 4 * least - 1}
    monkeypatch.setattr(bridge.store.space, "free_bytes", lambda: room["left"])
    for ripple in (0, 2, 0, 2):
        room["left"] = 4 * least - 1 + ripple
        look(bridge)
    assert [told[:2] for told in duty.told] == [("raised", "storage_low")]
    room["left"] = 5 * least
    look(bridge)
    assert [told[:2] for told in duty.told[1:]] == [("resolved", "storage_low")]


def test_what_was_not_heard_is_told_again_until_it_is_also_by_another_process(
    world: World, bridge: Bridge, duty: Duty
) -> None:
    duty.deaf = True
    delivery = fail(world)
    look(bridge)
    cancel(world.bridge, delivery, actor="x", reason="")
    look(bridge)
    assert duty.heard == []
    duty.deaf = False
    look(replace(world.bridge, ring=duty.ring))
    assert duty.told == [
        ("raised", "needs_person", "malmo"),
        ("resolved", "needs_person", "malmo"),
    ]
    ids = [message_id for message_id, _ in duty.heard]
    assert len(set(ids)) == 2
    assert {one.rpartition(".")[0] for one in ids} == {duty.heard[0][1]["data"]["id"]}


def test_one_that_is_refused_holds_back_no_other(world: World, bridge: Bridge, duty: Duty) -> None:
    duty.refuses = "malmo"
    delivery = fail(world)
    look(bridge)
    world.vendor.trouble.append((Rejected("x"), False))
    world.send("beslut.fattat", arende="A-2", kommun="lund")
    world.work()
    cancel(world.bridge, delivery, actor="x", reason="")
    look(bridge)
    assert duty.told == [("raised", "needs_person", "lund")]
    duty.refuses = ""
    look(bridge)
    assert duty.told[1:] == [
        ("raised", "needs_person", "malmo"),
        ("resolved", "needs_person", "malmo"),
    ]


def test_a_message_holds_nothing_of_any_case(world: World, bridge: Bridge, duty: Duty) -> None:
    fail(world)
    look(bridge)
    ((_, body),) = duty.heard
    assert body["data"].keys() == {
        *("id", "name", "meaning", "kommun", "system", "since", "resolved")
    }
    assert "A-1" not in json.dumps(body)


def test_without_an_address_only_the_log_is_told(world: World, log: list[Any]) -> None:
    fail(world)
    evaluate(world.bridge, 0)
    heard = Duty()
    assert tell_all(world.bridge, heard.ring)
    assert heard.heard == []
    assert [line["code"] for line in log if line["event"] == "alert_raised"] == ["needs_person"]
    with world.bridge.store.read() as tx:
        assert [one.name for one in raised(tx)] == ["needs_person"]


def test_processes_take_turns_and_one_that_is_not_heard_grows_patient(
    world: World, bridge: Bridge, duty: Duty, log: list[Any]
) -> None:
    time = {"now": 0.0}
    watcher = Watcher(bridge, lambda: time["now"])
    fail(world)
    duty.deaf = True
    world.bridge.store.write(lambda tx: take_turn(tx, "alerts", 60))
    watcher.look()
    assert [line for line in log if line["event"] == "alert_raised"] == []
    for _ in range(20):
        bridge.store.write(lambda tx: tx.connection.exec_driver_sql("DELETE FROM turns"))
        watcher.look()
        time["now"] += 1
    assert len([line for line in log if line["event"] == "alert_raised"]) == 1
    assert len([line for line in log if line["event"] == "alert_not_told"]) == 4


def test_every_alert_has_a_meaning_and_a_place_in_the_manual() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in MEANING:
        assert f"| `{name}` |" in page
