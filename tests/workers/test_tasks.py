"""What the scheduler starts does what it is named for."""

from datetime import datetime

from bbic_bridge.handbook.stockholm import STOCKHOLM
from bbic_bridge.workers import tasks
from tests.services.conftest import World, clock, database_url, world
from tests.services.test_retention import DAY, done, keeping

__all__ = ["clock", "database_url", "world"]


def test_the_beat_tells_of_limits_and_of_what_waits_too_long(world: World) -> None:
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    world.send("resurs.tilldela")
    world.clock.now = datetime(2026, 5, 16, 0, 1, tzinfo=STOCKHOLM)
    for _ in range(2):
        tasks.watch(world.bridge)
    assert [event["data"]["frist"] for event in world.told("frist.overskriden")] == [
        "ej_verkstallt"
    ]
    kinds = [event["data"]["avvikelse"] for event in world.told("avvikelse.upptackt")]
    assert kinds.count("vantar_for_lange") == 1


def test_the_beat_prunes_what_is_kept_no_longer(world: World) -> None:
    done(world)
    world.clock.forward(31 * DAY)
    assert len(world.feed()) > 0
    tasks.take_away(keeping(world))
    assert world.feed() == []
