"""A wall clock that was wrong and is put right: what was written by it goes on as it was to go."""

import pytest

from bbic_bridge.delivery.errors import Ambiguous, DeliveryError, Throttled, Transient
from bbic_bridge.services import deliver, record
from tests.services.conftest import World

HOUR = 3600
DAY = 24 * HOUR
TROUBLE = Transient("connect_failed")


@pytest.mark.parametrize("seconds", [HOUR, DAY])
def test_what_became_ready_while_it_was_ahead_goes_at_once(world: World, seconds: float) -> None:
    world.clock.jump(seconds)
    world.send("beslut.fattat")
    world.clock.jump(-seconds)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}


@pytest.mark.parametrize("seconds", [HOUR, DAY])
@pytest.mark.parametrize("error", [TROUBLE, Throttled("throttled", retry_after=1)])
def test_what_was_put_off_while_it_was_ahead_waits_as_long_as_it_was_to(
    world: World, seconds: float, error: DeliveryError
) -> None:
    world.clock.jump(seconds)
    world.vendor.trouble.append((error, False))
    world.send("beslut.fattat")
    world.work()
    world.clock.jump(-seconds)
    world.work()
    assert world.states() == {"registrera_beslut": "retrying"}
    world.clock.forward(1)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}


def test_what_was_unclear_while_it_was_ahead_is_looked_up_and_settles(world: World) -> None:
    world.clock.jump(DAY)
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.send("beslut.fattat")
    world.work()
    world.clock.jump(-DAY)
    for _ in range(8):
        world.work()
        world.clock.forward(13)
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.effects) == 1


def test_what_was_put_off_before_it_was_set_back_waits_no_longer_for_that(world: World) -> None:
    world.vendor.trouble.append((TROUBLE, False))
    world.send("beslut.fattat")
    world.work()
    world.clock.jump(-HOUR)
    world.work()
    world.clock.forward(1)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}


def test_what_was_in_hand_while_it_was_ahead_is_given_back_as_due(world: World) -> None:
    world.clock.jump(DAY)
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.send("beslut.fattat")
    deliver.carry(world.bridge, *deliver.claim(world.bridge, 1))
    claims = deliver.claim(world.bridge, 1)
    world.clock.jump(-DAY)
    deliver.give_back(world.bridge, claims)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}


def test_it_may_be_set_between_the_call_and_its_being_written_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = record.record

    def set_back_first(*what: object) -> None:
        world.clock.jump(-DAY)
        write(*what)  # type: ignore[arg-type]

    world.clock.jump(DAY)
    world.vendor.trouble.append((TROUBLE, False))
    world.send("beslut.fattat")
    (claim,) = deliver.claim(world.bridge, 1)
    with monkeypatch.context() as patched:
        patched.setattr(record, "record", set_back_first)
        deliver.carry(world.bridge, claim)
    world.clock.forward(1)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}


def test_it_does_not_hurry_what_is_rightly_put_off(world: World) -> None:
    world.vendor.trouble.append((Throttled("throttled", retry_after=90), False))
    world.send("beslut.fattat")
    world.work()
    world.clock.forward(80)
    world.work()
    assert world.states() == {"registrera_beslut": "retrying"}
    world.clock.forward(10)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
