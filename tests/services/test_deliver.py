"""Carrying: sent once, read back, and never repeated on a guess."""

from types import SimpleNamespace

import pytest

from bbic_bridge.delivery.errors import (
    Ambiguous,
    Contract,
    NeedsPerson,
    Rejected,
    Throttled,
    Transient,
)
from bbic_bridge.services import deliver
from bbic_bridge.services.queries import show_delivery
from tests.services.conftest import World


def effects_of(world: World, reference: str) -> list[str]:
    """The endings of this reference's effects, in order."""
    return [one.removeprefix(reference) for one in world.vendor.effects if reference in one]


def test_what_was_sent_is_read_back_and_told(world: World) -> None:
    world.send("beslut.fattat")
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    (told,) = world.told("leverans.verifierad")
    assert told["data"]["leverans_id"] == world.delivery("registrera_beslut").id
    assert told["subject"] == "A-1"


def test_the_workflow_is_called_and_the_call_is_not_reported_about(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.work()
    assert [order.uppgift["type"] for order in world.workflow.sent] == [
        "se.bbic.leverans.verifierad"
    ]
    assert len(world.feed()) == 1


def test_a_refusal_fails_and_what_depends_on_it_waits_behind(world: World) -> None:
    world.vendor.trouble.append((Rejected("RESURS_SAKNAS"), False))
    world.send("beslut.fattat")
    world.send("beslut.verkstall")
    world.send("aktanteckning.skriven")
    world.work()
    assert world.states() == {
        "registrera_beslut": "failed",
        "verkstall_beslut": "waiting",
        "skapa_aktanteckning": "verified",
    }
    assert world.delivery("registrera_beslut").waiting_behind == 1
    behind = world.delivery("verkstall_beslut").behind
    assert behind == world.delivery("registrera_beslut").id
    assert len(world.told("leverans.misslyckad")) == 1


def test_what_needs_two_waits_for_both(world: World) -> None:
    """The first of them alone releases nothing."""
    world.send("resurs.tilldela")
    for typ in ("beslut.fattat", "beslut.verkstall"):
        world.send(typ)
    world.work()
    assert world.states()["verkstall_beslut"] == "verified"
    assert world.states()["tilldela_resurs"] == "waiting"


def test_transient_trouble_is_retried_with_backoff(world: World) -> None:
    world.vendor.trouble += [(Transient("connect_failed"), False)] * 2
    world.send("beslut.fattat")
    world.work()
    assert world.states() == {"registrera_beslut": "retrying"}
    world.clock.forward(1)
    world.work()
    world.clock.forward(1.9)
    world.work()
    assert world.states() == {"registrera_beslut": "retrying"}
    world.clock.forward(0.1)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.effects) == 1


def test_a_vendor_that_asks_for_time_gets_it(world: World) -> None:
    world.vendor.trouble.append((Throttled("http_429", retry_after=30), False))
    world.send("beslut.fattat")
    world.work()
    world.clock.forward(29)
    world.work()
    assert world.states() == {"registrera_beslut": "retrying"}
    world.clock.forward(1)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}


def test_it_gives_up_in_the_end(world: World) -> None:
    world.vendor.trouble += [(Transient("connect_failed"), False)] * 50
    world.send("beslut.fattat")
    for _ in range(20):
        world.work()
        world.clock.forward(20)
    delivery = world.delivery("registrera_beslut")
    assert (delivery.state, delivery.error_code) == ("failed", "gave_up")


def test_an_effect_whose_answer_was_lost_is_found_and_not_repeated(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.send("beslut.fattat")
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.effects) == 1


def test_a_negative_look_up_counts_only_when_it_has_settled(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.send("beslut.fattat")
    world.work()
    world.clock.forward(5)
    world.work()
    assert world.states() == {"registrera_beslut": "ambiguous"}
    world.clock.forward(5.1)
    world.work()
    world.clock.forward(2)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.effects) == 1


def test_each_attempt_settles_by_itself(world: World) -> None:
    """That the vendor had nothing of the first says nothing of what came of the second."""
    world.vendor.trouble += [(Ambiguous("read_timeout"), False)] * 2
    world.send("beslut.fattat")
    for seconds in (0, 11, 2, 5):
        world.clock.forward(seconds)
        world.work()
    assert len(world.vendor.sent) == 2
    assert world.states() == {"registrera_beslut": "ambiguous"}
    world.vendor.effects.append(world.delivery("registrera_beslut").id)
    world.clock.forward(60)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.sent) == 2


def test_every_try_travels_under_the_same_key(world: World) -> None:
    """So that a vendor that honours it makes one effect of them all."""
    world.vendor.trouble += [(Transient("connect_failed"), False), (Ambiguous("timeout"), False)]
    world.send("beslut.fattat")
    for seconds in (0, 2, 11, 60):
        world.clock.forward(seconds)
        world.work()
    one = world.delivery("registrera_beslut").id
    assert world.states() == {"registrera_beslut": "verified"}
    assert [order.idempotency_key for order in world.vendor.sent] == [f"{one}.v1"] * 3


def test_an_effect_that_a_vendor_had_in_its_queue_while_it_stood_still_is_not_repeated(
    world: World,
) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.vendor.deaf = Transient("read_timeout")
    world.send("beslut.fattat")
    world.work()
    world.clock.forward(40)
    world.work()
    world.vendor.deaf = None
    world.clock.forward(5)
    world.work()
    assert world.states() == {"registrera_beslut": "ambiguous"}
    world.vendor.effects.append(world.delivery("registrera_beslut").id)
    world.clock.forward(11)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.sent) == 1


@pytest.mark.parametrize("seconds", [86_400, -30])
def test_a_wall_clock_that_jumps_settles_nothing(world: World, seconds: float) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.send("beslut.fattat")
    world.work()
    world.clock.jump(seconds)
    world.work()
    assert world.states() == {"registrera_beslut": "ambiguous"}
    world.vendor.effects.append(world.delivery("registrera_beslut").id)
    world.clock.forward(60)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.sent) == 1


def test_an_effect_that_lands_late_is_not_repeated(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.send("beslut.fattat")
    world.work()
    world.clock.forward(5)
    world.work()
    world.vendor.effects.append(world.delivery("registrera_beslut").id)
    world.clock.forward(6)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.sent) == 1


def test_a_vendor_that_cannot_be_asked_leaves_it_open(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat")
    for _ in range(10):
        world.work()
        world.clock.forward(30)
    assert world.states() == {"registrera_beslut": "ambiguous"}
    world.vendor.deaf = None
    world.clock.forward(60)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.sent) == 1


def test_without_a_look_up_a_person_decides(world: World) -> None:
    world.vendor.lookup = "none"
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.send("beslut.fattat")
    world.work()
    delivery = world.delivery("registrera_beslut")
    assert (delivery.state, delivery.error_code) == ("with_person", "outcome_unknown")


def test_several_matches_are_a_persons_matter(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    event = world.event("beslut.fattat")
    world.accept(event)
    world.vendor.effects.append(world.delivery("registrera_beslut").id)
    world.work()
    assert world.states() == {"registrera_beslut": "with_person"}


@pytest.mark.parametrize("happened", [True, False])
def test_a_broken_answer_is_kept_and_looked_up(world: World, happened: bool) -> None:
    world.vendor.trouble.append((Contract("malformed", answer=b"<halv"), happened))
    world.send("beslut.fattat")
    world.work()
    world.clock.forward(11)
    world.work()
    delivery = world.delivery("registrera_beslut")
    assert delivery.state == ("verified" if happened else "failed")
    assert len(world.vendor.sent) == 1
    detail = show_delivery(world.bridge, delivery.id, reveal=True)
    assert detail is not None
    assert detail.attempts[0].answer == "<halv"


def test_what_cannot_be_mapped_goes_to_a_person_unsent(world: World) -> None:
    world.vendor.unmappable = NeedsPerson("unknown_code", reason="procapita/standard: insatstyp")
    world.send("beslut.fattat")
    world.work()
    assert world.states() == {"registrera_beslut": "with_person"}
    assert world.vendor.sent == []


def test_what_is_accepted_but_never_seen_fails_as_unverified(world: World) -> None:
    event = world.event("beslut.fattat")
    world.accept(event)
    world.vendor.hidden.add(world.delivery("registrera_beslut").id)
    world.work()
    assert world.states() == {"registrera_beslut": "sent"}
    for _ in range(12):
        world.clock.forward(10)
        world.work()
    delivery = world.delivery("registrera_beslut")
    assert (delivery.state, delivery.error_code) == ("failed", "unverified")
    assert delivery.attempts == 1


def test_an_adapters_own_fault_is_not_taken_for_unsent(world: World) -> None:
    def explode(*_: object) -> None:
        raise KeyError("bug")

    world.vendor.send = explode  # type: ignore[method-assign,assignment]
    world.send("beslut.fattat")
    world.work()
    delivery = world.delivery("registrera_beslut")
    assert (delivery.state, delivery.error_code) == ("ambiguous", "internal_error")


def test_an_operation_with_two_effects_does_them_in_order(world: World) -> None:
    for typ in ("beslut.fattat", "beslut.verkstall"):
        world.send(typ)
    world.send("insats.avsluta", resurs_id=None, avslutsbeslut_id=None)
    world.work()
    delivery = world.delivery("avsluta_insats_och_resurs")
    assert delivery.state == "verified"
    assert effects_of(world, delivery.id) == ["/resurs", "/insats"]
    assert len(world.told("leverans.verifierad")) == 3


def test_the_second_effect_alone_is_tried_again(world: World) -> None:
    world.close_half()
    world.vendor.trouble.append((Transient("connect_failed"), False))
    world.work()
    world.clock.forward(2)
    world.work()
    delivery = world.delivery("avsluta_insats_och_resurs")
    assert delivery.state == "verified"
    assert effects_of(world, delivery.id) == ["/resurs", "/insats"]


def test_a_lost_lease_writes_nothing(world: World) -> None:
    world.send("beslut.fattat")
    (claim,) = deliver.claim(world.bridge, 1)
    world.bridge.store.write(
        lambda tx: tx.claims.finish(
            tx.connection, claim, {"state": "ready", "due_at": tx.now, "lease": claim.lease + 1}
        )
    )
    deliver.carry(world.bridge, claim)
    assert world.vendor.sent == []
    assert world.states() == {"registrera_beslut": "ready"}


def stall(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The write that counts an attempt stands still for so long after it has checked the lease."""
    read = iter((0.0, seconds))
    monkeypatch.setattr(deliver, "time", SimpleNamespace(monotonic=lambda: next(read)))


def test_a_write_that_stood_still_sends_while_the_lease_covers_the_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.send("beslut.fattat")
    (claim,) = deliver.claim(world.bridge, 1)
    timeout_s = world.bridge.settings.kommun["malmo"].timeout_s
    stall(monkeypatch, world.bridge.settings.worker.lease_s - timeout_s - 1)
    deliver.carry(world.bridge, claim)
    assert world.states() == {"registrera_beslut": "verified"}


def test_a_write_that_stood_still_too_long_sends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.send("beslut.fattat")
    (claim,) = deliver.claim(world.bridge, 1)
    timeout_s = world.bridge.settings.kommun["malmo"].timeout_s
    stall(monkeypatch, world.bridge.settings.worker.lease_s - timeout_s)
    deliver.carry(world.bridge, claim)
    assert world.vendor.sent == []


def test_what_the_childs_other_case_holds_is_not_taken_for_this_ones(world: World) -> None:
    world.send("beslut.fattat", arende="A-1")
    world.work()
    held = f"V-{world.delivery('registrera_beslut', 'A-1').id}"
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.send("beslut.fattat", arende="A-2")
    world.work()
    assert ("beslut", held) in world.vendor.asked[-1].taken


def test_an_adapters_fault_while_looking_is_recorded_and_looked_up_again(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    find = world.vendor.find

    def explode(*_: object) -> None:
        raise KeyError("bug")

    world.vendor.find = explode  # type: ignore[method-assign,assignment]
    world.send("beslut.fattat")
    world.work()
    delivery = world.delivery("registrera_beslut")
    assert delivery.state == "ambiguous"
    detail = show_delivery(world.bridge, delivery.id)
    assert detail is not None
    assert detail.attempts[-1].error_code == "internal_error"
    world.vendor.find = find  # type: ignore[method-assign]
    world.clock.forward(60)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
