"""A vendor that is down costs a probe per interval; what is paused waits; others go on."""

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bbic_bridge.delivery.errors import Ambiguous, DeliveryError, Throttled, Transient
from bbic_bridge.services import deliver, gate
from bbic_bridge.services.queries import status
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.lanes import LaneView
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.pauses import Selection
from tests.services.conftest import World

DOWN = Transient("connect_failed", unreachable=True)
UNCLEAR = Ambiguous("timeout", unreachable=True)


def notes(world: World, count: int, kommun: str = "malmo") -> None:
    world.accept(
        *(
            world.event("aktanteckning.skriven", arende=f"{kommun}-{n}", kommun=kommun)
            for n in range(count)
        )
    )


def fails(world: World, error: DeliveryError, times: int = 1000) -> None:
    world.vendor.trouble += [(error, False)] * times


def lane(world: World, kommun: str = "malmo", system: str = "procapita") -> LaneView:
    found = {(one.kommun, one.system): one for one in status(world.bridge).lanes}
    return found[kommun, system]


def work_for(world: World, seconds: int) -> None:
    for _ in range(seconds):
        world.work()
        world.clock.forward(1)


@pytest.mark.parametrize("error", [DOWN, UNCLEAR])
def test_a_vendor_that_is_down_costs_a_probe_per_interval(
    world: World, error: DeliveryError
) -> None:
    notes(world, 30)
    world.vendor.deaf = DOWN
    fails(world, error)
    work_for(world, 40)
    calls = len(world.vendor.sent) + len(world.vendor.asked)
    assert calls == 8 + 3  # two times 4 at once until it opened, then after 5, 15 and 35 s
    assert lane(world).state == "open"
    world.vendor.trouble.clear()
    world.vendor.deaf = None
    work_for(world, 90)
    assert status(world.bridge).deliveries == {"verified": 30}
    assert sorted(world.vendor.effects) == sorted(set(world.vendor.effects))
    assert lane(world).state == "closed"


def test_a_vendor_that_can_only_be_read_is_left_alone_too(world: World) -> None:
    notes(world, 30)
    fails(world, UNCLEAR)
    work_for(world, 120)
    assert len(world.vendor.sent) <= 16
    assert lane(world).state != "closed"


def test_the_other_kommuner_and_the_workflow_go_on(world: World) -> None:
    notes(world, 1, kommun="lund")
    world.work()
    notes(world, 30)
    fails(world, DOWN, times=8)
    world.work()
    assert lane(world).state == "open"
    world.accept(
        *(
            world.event("aktanteckning.skriven", arende=f"lund-later-{n}", kommun="lund")
            for n in range(10)
        )
    )
    world.work()
    assert status(world.bridge).deliveries["verified"] == 11
    assert status(world.bridge).callbacks == {"verified": 11}


def test_the_workflow_has_lanes_of_its_own(world: World) -> None:
    world.workflow.trouble += [(DOWN, False)] * 1000
    notes(world, 20)
    world.work()
    assert lane(world, system="workflow").state == "open"
    assert status(world.bridge).deliveries == {"verified": 20}


def test_what_one_message_deserves_stops_no_other(world: World) -> None:
    notes(world, 12)
    fails(world, Transient("UPPTAGET"), times=10)
    world.work()
    assert lane(world).state == "closed"
    world.vendor.trouble.clear()
    work_for(world, 3)
    assert status(world.bridge).deliveries == {"verified": 12}


def test_a_vendor_that_asks_for_time_gets_it_from_the_whole_lane(world: World) -> None:
    notes(world, 12)
    fails(world, Throttled("throttled", retry_after=30, unreachable=True), times=1)
    world.work(rounds=1)
    sent = len(world.vendor.sent)
    assert sent == 4
    work_for(world, 29)
    assert len(world.vendor.sent) == sent
    assert lane(world).next_probe is not None
    work_for(world, 3)
    assert status(world.bridge).deliveries == {"verified": 12}


def test_an_outage_is_told_once_when_it_begins_and_once_when_it_ends(
    world: World,
) -> None:
    notes(world, 10)
    fails(world, DOWN, times=8)
    with capture_logs() as lines:
        work_for(world, 100)
    told = [line["event"] for line in lines if line["event"].startswith("lane_")]
    assert told == ["lane_opened", "lane_closed"]


def test_since_tells_when_the_outage_began_and_when_it_ended(world: World) -> None:
    notes(world, 10)
    fails(world, DOWN, times=8)
    began = world.clock.now
    work_for(world, 4)
    assert (lane(world).state, lane(world).since) == ("open", began)
    work_for(world, 80)
    since = lane(world).since
    assert lane(world).state == "closed"
    assert since is not None
    assert since > began


def test_what_is_paused_waits_and_goes_when_it_is_resumed(world: World) -> None:
    gate.pause(world.bridge, Selection(kommun="malmo", system="procapita"), actor="me")
    notes(world, 3)
    notes(world, 3, kommun="lund")
    world.work()
    assert status(world.bridge).deliveries == {"ready": 3, "verified": 3}
    gate.resume(world.bridge, Selection(kommun="malmo"), actor="me")
    world.work()
    assert status(world.bridge).deliveries == {"verified": 6}


def test_nothing_is_looked_up_while_it_is_paused(world: World) -> None:
    fails(world, Ambiguous("timeout", unreachable=True), times=1)
    notes(world, 1)
    world.work(rounds=1)
    asked = len(world.vendor.asked)
    gate.pause(world.bridge, Selection(), actor="me")
    work_for(world, 60)
    assert len(world.vendor.asked) == asked
    gate.resume(world.bridge, Selection(), actor="me")
    work_for(world, 20)
    assert status(world.bridge).deliveries == {"verified": 1}


def test_the_kill_switch_stops_callbacks_too_and_intake_goes_on(world: World) -> None:
    notes(world, 2)
    world.work(rounds=1)
    told = len(world.workflow.sent)
    gate.pause(world.bridge, Selection(), actor="me")
    notes(world, 3, kommun="lund")
    work_for(world, 5)
    assert len(world.workflow.sent) == told
    assert status(world.bridge).deliveries == {"verified": 2, "ready": 3}


def acts(world: World, subject: str) -> list[Any]:
    with world.bridge.store.read() as tx:
        return [
            (act["actor"], act["action"], act["details"]["reason"]) for act in audit_of(tx, subject)
        ]


def test_pausing_and_resuming_are_audited_once(world: World) -> None:
    malmo = Selection(kommun="malmo")
    assert gate.pause(world.bridge, malmo, actor="me", reason="byte")
    assert not gate.pause(world.bridge, malmo, actor="you")
    ended, left = gate.resume(world.bridge, malmo, actor="you", reason="klart")
    assert ([one.kommun for one in ended], left) == (["malmo"], [])
    assert gate.resume(world.bridge, malmo, actor="you") == ([], [])
    assert acts(world, "malmo/*/*") == [("me", "pause", "byte"), ("you", "resume", "klart")]


@pytest.mark.parametrize(
    ("asked", "ended", "left"),
    [
        (Selection(), ["*/*/*", "malmo/*/*", "*/*/tilldela_resurs"], []),
        (Selection(kommun="malmo"), ["malmo/*/*"], ["*/*/*", "*/*/tilldela_resurs"]),
        (Selection(kommun="lund"), [], ["*/*/*", "*/*/tilldela_resurs"]),
        (Selection(kommun="lund", operation="registrera_beslut"), [], ["*/*/*"]),
        (Selection(operation="tilldela_resurs"), ["*/*/tilldela_resurs"], ["*/*/*", "malmo/*/*"]),
    ],
)
def test_resuming_ends_what_lies_within_and_tells_what_still_holds(
    world: World, asked: Selection, ended: list[str], left: list[str]
) -> None:
    for one in (Selection(), Selection(kommun="malmo"), Selection(operation="tilldela_resurs")):
        gate.pause(world.bridge, one, actor="me")
        world.clock.forward(1)
    found = gate.resume(world.bridge, asked, actor="me")
    told = [[f"{v.kommun}/{v.system}/{v.operation}" for v in views] for views in found]
    assert told == [ended, left]


class TestFetching:
    """Asking a vendor what was changed keeps to the limits of its lane."""

    def test_takes_one_of_the_places_while_it_asks(self, world: World) -> None:
        notes(world, 10)
        pages = world.vendor.changes
        taken: list[int] = []

        def changes(*asked: Any) -> Any:
            taken.append(len(deliver.claim(world.bridge, 10)))
            yield from pages(*asked)

        world.vendor.changes = changes  # type: ignore[method-assign,assignment]
        sync_kommun(world.bridge, "malmo")
        assert taken == [3]
        assert len(deliver.claim(world.bridge, 10)) == 1

    @staticmethod
    def claimed(world: World) -> int:
        claims = deliver.claim(world.bridge, 10)
        return sum(claim.system == "procapita" for claim in claims)

    def test_waits_for_a_place_and_keeps_it_from_others(self, world: World) -> None:
        notes(world, 10)
        under_way = deliver.claim(world.bridge, 10)
        waiting: list[int] = []

        def wait(seconds: float) -> None:
            world.clock.forward(seconds)
            if len(waiting) == 2:
                deliver.carry(world.bridge, under_way[0])
            waiting.append(self.claimed(world))

        report = sync_kommun(replace(world.bridge, wait=wait), "malmo")
        assert report.problems == ()
        assert waiting == [0, 0, 0]
        assert self.claimed(world) == 1

    def test_gives_up_where_no_place_becomes_free(self, world: World) -> None:
        notes(world, 10)
        under_way = deliver.claim(world.bridge, 10)
        report = sync_kommun(world.bridge, "malmo")
        assert [problem.code for problem in report.problems] == ["lane_full"]
        deliver.give_back(world.bridge, under_way)
        assert len(deliver.claim(world.bridge, 10)) == 4, "the place is not kept"
        assert sync_kommun(world.bridge, "lund").problems == ()

    def test_is_told_to_wait_and_the_lane_waits(self, world: World) -> None:
        notes(world, 1)
        world.vendor.silence = Throttled("http_429", retry_after=30)
        sync_kommun(world.bridge, "malmo")
        assert deliver.claim(world.bridge, 10) == []
        world.clock.forward(30)
        assert len(deliver.claim(world.bridge, 10)) == 1

    def test_goes_on_while_writing_is_what_fails(self, world: World) -> None:
        notes(world, 30)
        fails(world, DOWN)
        world.work()
        assert lane(world).state == "open"
        assert sync_kommun(world.bridge, "malmo").problems == ()
        assert lane(world).state == "open"
