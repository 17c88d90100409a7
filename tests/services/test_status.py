"""Status tells how things are: how old the oldest is, who stands in the way, who does nothing."""

from bbic_bridge.delivery.errors import Rejected, Transient
from bbic_bridge.services import deliver, gate, health
from bbic_bridge.services.queries import status
from bbic_bridge.store.pauses import Selection
from tests.services.conftest import World


def test_the_oldest_due_delivery_s_age_is_told_paused_or_not(world: World) -> None:
    """What is paused is due all the same: whoever forgot to resume must see it."""
    assert status(world.bridge).oldest_due_s is None
    world.send("aktanteckning.skriven")
    world.clock.forward(7)
    assert status(world.bridge).oldest_due_s == 7
    gate.pause(world.bridge, Selection(), actor="anna")
    world.clock.forward(5)
    assert status(world.bridge).oldest_due_s == 12
    gate.resume(world.bridge, Selection(), actor="anna")
    world.work()
    assert status(world.bridge).oldest_due_s is None


def test_the_oldest_lease_s_age_is_told(world: World) -> None:
    world.send("aktanteckning.skriven")
    (claim,) = deliver.claim(world.bridge, 10)
    world.clock.forward(9)
    assert status(world.bridge).oldest_lease_s == 9
    deliver.give_back(world.bridge, [claim])
    assert status(world.bridge).oldest_lease_s is None


def test_the_heads_that_others_wait_behind_are_counted(world: World) -> None:
    """One head, however many wait behind it; one that nobody waits for is none."""
    world.vendor.trouble += [(Rejected("EJ_TILLATET"), False)] * 2
    world.send("beslut.fattat")
    world.send("aktanteckning.skriven", arende="A-2")
    world.work()
    assert status(world.bridge).health.parked_heads == 0
    world.send("beslut.verkstall")
    world.send("resurs.tilldela")
    told = status(world.bridge)
    assert (told.health.parked_heads, told.parked_behind_failed) == (1, 2)


def test_what_is_held_back_is_nobody_s_to_take(world: World) -> None:
    """Its vendor is down and is spared: no worker is at fault for leaving it."""
    for number in range(20):
        world.send("aktanteckning.skriven", arende=f"A-{number}")
    world.clock.forward(1)
    assert status(world.bridge).health.claimable_s == 1
    world.vendor.trouble += [(Transient("connect_failed", unreachable=True), False)] * 8
    world.work()
    told = status(world.bridge)
    assert told.lanes[0].state == "open"
    assert (told.oldest_due_s, told.health.claimable_s) == (1, None)


def test_work_that_nobody_takes_is_told_by_readyz(world: World) -> None:
    world.send("aktanteckning.skriven")
    assert "due_not_claimed" not in health.degraded(world.bridge)
    world.clock.forward(world.bridge.settings.alerts.late_s + 1)
    assert "due_not_claimed" in health.degraded(world.bridge)
    world.work()
    assert "due_not_claimed" not in health.degraded(world.bridge)
