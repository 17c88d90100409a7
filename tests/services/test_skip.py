"""Skipping: done outside the bridge, on a person's word, and what then becomes of the rest."""

import pytest

from bbic_bridge.delivery.errors import Ambiguous, NeedsPerson, Rejected, Transient
from bbic_bridge.delivery.states import TERMINAL, State
from bbic_bridge.services import deliver
from bbic_bridge.services.acts import AT_WORK, NoDelivery, NotPossible
from bbic_bridge.services.calling_off import cancel, skip
from bbic_bridge.services.replay import replay_one
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.facts import add_facts, origin_of, release
from tests.services.conftest import World

FACT = ("A-1", "beslut_registrerat:B1")


def stopped(world: World) -> str:
    """A refused decision, an execution behind it; the decision's delivery."""
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    world.send("beslut.fattat")
    world.send("beslut.verkstall")
    world.work()
    return str(world.delivery("registrera_beslut").id)


def skipped(world: World, delivery: str, *, assume_done: bool = False) -> tuple[str, ...]:
    act = skip(world.bridge, delivery, actor="anna", reason="för hand", assume_done=assume_done)
    return act.released


def test_what_waits_goes_when_the_vendor_shows_what_it_needs(world: World) -> None:
    head = stopped(world)
    assert skipped(world, head) == ()
    world.work()
    assert world.states() == {"registrera_beslut": "skipped", "verkstall_beslut": "waiting"}
    assert world.delivery("verkstall_beslut").behind == head
    assert world.delivery("registrera_beslut").waiting_behind == 1

    def seen() -> None:
        add = world.bridge.store.write
        add(lambda tx: add_facts(tx, "malmo", [FACT], ("vendor", "x")))
        add(lambda tx: release(tx, "malmo", [FACT]))

    seen()
    world.work()
    assert world.states() == {"registrera_beslut": "skipped", "verkstall_beslut": "verified"}
    assert world.delivery("registrera_beslut").waiting_behind == 0


def test_what_waits_goes_at_once_on_a_person_s_word(world: World) -> None:
    head = stopped(world)
    waiting = world.delivery("verkstall_beslut").id
    assert skipped(world, head, assume_done=True) == (waiting,)
    assert world.woken[-1] == (waiting, "verkstall_beslut")
    with world.bridge.store.read() as tx:
        assert origin_of(tx, "malmo", FACT) == "person"
    world.work()
    assert world.states() == {"registrera_beslut": "skipped", "verkstall_beslut": "verified"}
    assert world.vendor.effects == [waiting]


def test_skipping_is_audited_and_final(world: World) -> None:
    head = stopped(world)
    skipped(world, head)
    with world.bridge.store.read() as tx:
        (act,) = audit_of(tx, head)
    assert (act["actor"], act["action"]) == ("anna", "skip")
    assert act["details"] == {"reason": "för hand", "assume_done": False, "was": "failed"}
    with pytest.raises(NotPossible, match="it is skipped"):
        skipped(world, head)


def test_a_dry_run_lists_what_waits_and_changes_nothing(world: World) -> None:
    head = stopped(world)
    act = skip(world.bridge, head, actor="anna", reason="-", dry_run=True)
    assert act.waits == (world.delivery("verkstall_beslut").id,)
    assert world.states()["registrera_beslut"] == "failed"


@pytest.mark.parametrize("state", ["waiting", "ready", "retrying", "with_person"])
def test_what_is_not_under_way_can_be_skipped(world: World, state: str) -> None:
    if state == "waiting":
        world.send("beslut.verkstall")
    else:
        world.send("beslut.fattat")
    if state == "retrying":
        world.vendor.trouble.append((Transient("connect_failed"), False))
        world.work()
    if state == "with_person":
        world.vendor.unmappable = NeedsPerson("unknown_code")
        world.work()
    ((operation, was),) = world.states().items()
    assert was == state
    skipped(world, world.delivery(operation).id)
    world.clock.forward(1000)
    world.work()
    assert world.states() == {operation: "skipped"}
    assert world.vendor.effects == []


def test_what_may_be_at_the_vendor_needs_a_person_s_word(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat")
    world.work()
    unclear = world.delivery("registrera_beslut").id
    with pytest.raises(NotPossible, match="--assume-done"):
        skipped(world, unclear)
    skipped(world, unclear, assume_done=True)
    assert world.states() == {"registrera_beslut": "skipped"}


def test_what_is_done_or_under_way_cannot_be_skipped(world: World) -> None:
    world.send("beslut.fattat")
    world.work()
    with pytest.raises(NotPossible, match="verified"):
        skipped(world, world.delivery("registrera_beslut").id)
    with pytest.raises(NoDelivery):
        skipped(world, "okand")


def test_what_is_being_looked_up_is_left_to_the_worker(world: World) -> None:
    """A person's act never changes what a worker has in hand: the worker's own would be lost."""
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.send("beslut.fattat")
    for claim in deliver.claim(world.bridge, 10):
        deliver.carry(world.bridge, claim)
    one = world.delivery("registrera_beslut").id
    (looking,) = (claim for claim in deliver.claim(world.bridge, 10) if claim.id == one)
    assert looking.was is State.AMBIGUOUS
    with pytest.raises(NotPossible, match="a worker has it"):
        skipped(world, looking.id, assume_done=True)
    assert replay_one(world.bridge, looking.id, actor="anna").detail == AT_WORK
    deliver.carry(world.bridge, looking)
    assert world.states() == {"registrera_beslut": "verified"}


@pytest.mark.parametrize("ended", sorted(TERMINAL))
def test_no_command_moves_what_has_ended(world: World, ended: State) -> None:
    """Verified, skipped and cancelled are for good, whatever is asked for."""
    if ended is State.VERIFIED:
        world.send("beslut.fattat")
        world.work()
        one = str(world.delivery("registrera_beslut").id)
    else:
        one = stopped(world)
        end = skip if ended is State.SKIPPED else cancel
        end(world.bridge, one, actor="anna", reason="-")
    sent = len(world.vendor.sent)
    assert replay_one(world.bridge, one, actor="bo").outcome in ("refused", "already_done")
    for act in (skip, cancel):
        with pytest.raises(NotPossible, match=f"it is {ended}"):
            act(world.bridge, one, actor="bo", reason="-")
    world.clock.forward(1000)
    world.work()
    assert world.delivery("registrera_beslut").state == ended
    assert len(world.vendor.sent) == sent


def test_the_rest_of_what_is_half_done_can_be_skipped(world: World) -> None:
    closing = world.close_half()
    skipped(world, closing, assume_done=True)
    assert world.states()["avsluta_insats_och_resurs"] == "skipped"
