"""Replay, edit and cancel: audited, never double, and in order."""

import pytest

from bbic_bridge.delivery.errors import Ambiguous, Rejected, Transient
from bbic_bridge.services.acts import NotPossible
from bbic_bridge.services.calling_off import cancel
from bbic_bridge.services.replay import replay_one
from bbic_bridge.store.audit import audit_of
from tests.services.conftest import World


def failed(world: World, *, happened: bool = False) -> str:
    """A refused decision with an execution behind it; returns the decision's delivery."""
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), happened))
    world.send("beslut.fattat")
    world.send("beslut.verkstall")
    world.work()
    return str(world.delivery("registrera_beslut").id)


def test_replaying_the_head_releases_the_rest_in_order(world: World) -> None:
    head = failed(world)
    item = replay_one(world.bridge, head, actor="anna")
    assert (item.outcome, item.waiting_behind) == ("released", 1)
    world.work()
    assert set(world.states().values()) == {"verified"}
    assert [order.operation for order in world.vendor.sent][-2:] == [
        "registrera_beslut",
        "verkstall_beslut",
    ]


def test_a_replay_of_what_the_vendor_holds_sends_nothing(world: World) -> None:
    head = failed(world, happened=True)
    replay_one(world.bridge, head, actor="anna")
    world.work()
    assert world.vendor.effects.count(head) == 1
    assert world.states()["registrera_beslut"] == "verified"


def test_a_dry_run_says_what_the_vendor_holds_and_changes_nothing(world: World) -> None:
    head = failed(world, happened=True)
    item = replay_one(world.bridge, head, actor="anna", dry_run=True)
    assert item.outcome == "would_release"
    assert "the vendor has it" in item.detail
    assert world.states()["registrera_beslut"] == "failed"


def test_replaying_twice_is_harmless(world: World) -> None:
    head = failed(world)
    replay_one(world.bridge, head, actor="anna")
    replay_one(world.bridge, head, actor="anna")
    for _ in range(3):
        world.clock.forward(11)
        world.work()
    assert world.vendor.effects.count(head) == 1


def test_what_is_done_is_not_replayed(world: World) -> None:
    world.send("beslut.fattat")
    world.work()
    item = replay_one(world.bridge, world.delivery("registrera_beslut").id, actor="anna")
    assert item.outcome == "already_done"


def test_another_childs_event_cannot_be_replayed(world: World) -> None:
    world.send("beslut.fattat")
    other = {"personnummer": "201601022385", "namn": "Bo Test", "skydd": "ingen"}
    world.send("beslut.verkstall", barn=other)
    item = replay_one(world.bridge, world.delivery("verkstall_beslut").id, actor="anna")
    assert item.outcome == "refused"


def test_an_edit_is_sent_under_the_same_reference_as_a_new_version(world: World) -> None:
    head = failed(world)
    edit = {**world.vendor.sent[0].uppgift, "beslutsfattare": "Rätt Person"}
    replay_one(world.bridge, head, actor="anna", edit=edit)
    world.clock.forward(11)
    world.work()
    world.clock.forward(2)
    world.work()
    order = next(one for one in world.vendor.sent[1:] if one.operation == "registrera_beslut")
    assert order.reference == head
    assert order.idempotency_key == f"{head}.v2"
    assert order.uppgift["beslutsfattare"] == "Rätt Person"


def test_an_edit_that_does_not_fit_names_the_field_and_not_the_value(world: World) -> None:
    head = failed(world)
    edit = {**world.vendor.sent[0].uppgift, "beslutsdatum": "hemligt"}
    with pytest.raises(NotPossible, match=r"^/beslutsdatum: ") as refused:
        replay_one(world.bridge, head, actor="anna", edit=edit)
    assert "hemligt" not in str(refused.value)


def test_every_replay_is_audited(world: World) -> None:
    head = failed(world)
    replay_one(world.bridge, head, actor="anna", reason="rättat i Procapita")
    with world.bridge.store.read() as tx:
        (act,) = audit_of(tx, head)
    assert (act["actor"], act["action"]) == ("anna", "replay")
    assert act["details"]["reason"] == "rättat i Procapita"


def test_cancel_takes_along_what_needs_it_and_says_so_first(world: World) -> None:
    head = failed(world)
    planned = cancel(world.bridge, head, actor="anna", reason="dubblett", dry_run=True)
    assert world.states()["registrera_beslut"] == "failed"
    assert cancel(world.bridge, head, actor="anna", reason="dubblett") == planned
    assert len(planned) == 2
    assert set(world.states().values()) == {"cancelled"}


def test_cancelling_is_audited_with_what_went_along(world: World) -> None:
    """Who called it off, why, and what else that ended."""
    head = failed(world)
    waiting = world.delivery("verkstall_beslut").id
    cancel(world.bridge, head, actor="anna", reason="dubblett")
    with world.bridge.store.read() as tx:
        acts = audit_of(tx, head)
    assert [(act["actor"], act["action"], act["details"]) for act in acts] == [
        ("anna", "cancel", {"reason": "dubblett", "with": [waiting]})
    ]


def test_what_is_let_go_before_its_turn_waits_for_it(world: World) -> None:
    """A person may let go what was stopped before it was sent; its turn comes in order."""
    mottagare = {"enhet_id": "okand", "enhetschef": "Eva Lund"}
    world.send("uppdrag.upprattat", insatstyp="oppenvard", mottagare=mottagare)
    assert world.states()["vidarebefordra_uppdrag"] == "with_person"
    one = world.delivery("vidarebefordra_uppdrag").id
    assert replay_one(world.bridge, one, actor="anna").outcome == "released"
    world.work()
    assert world.states()["vidarebefordra_uppdrag"] == "waiting"
    assert world.vendor.sent == []
    world.send("beslut.fattat")
    world.work()
    assert world.states()["vidarebefordra_uppdrag"] == "verified"


def test_what_may_have_reached_the_vendor_cannot_be_cancelled(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat")
    world.work()
    with pytest.raises(NotPossible, match="ambiguous"):
        cancel(world.bridge, world.delivery("registrera_beslut").id, actor="anna", reason="-")


def test_a_fault_corrected_after_the_weekend_is_sent_again(world: World) -> None:
    head = failed(world)
    world.clock.forward(3 * 86_400)
    replay_one(world.bridge, head, actor="anna")
    world.work()
    world.clock.forward(2)
    world.work()
    assert world.states()["registrera_beslut"] == "verified"


def test_what_is_replayed_is_tried_for_its_whole_span_again(world: World) -> None:
    """What was spent before a person mended it is not counted."""
    head = failed(world)
    world.clock.forward(3 * 86_400)
    replay_one(world.bridge, head, actor="anna")
    world.vendor.trouble.append((Transient("connect_failed"), False))
    world.work()
    assert world.states()["registrera_beslut"] == "retrying"
    world.clock.forward(2)
    world.work()
    assert world.states()["registrera_beslut"] == "verified"


def test_cancelling_leaves_what_another_delivery_will_release(world: World) -> None:
    failed(world)
    wrong = world.delivery("registrera_beslut").id
    world.vendor.trouble.append((Transient("connect_failed"), False))
    world.send("beslut.fattat", beslutsfattare="Rätt Person")
    world.work()
    assert cancel(world.bridge, wrong, actor="anna", reason="dubblett") == [wrong]
    world.clock.forward(2)
    world.work()
    assert world.states()["verkstall_beslut"] == "verified"


def test_what_is_half_done_is_not_cancelled(world: World) -> None:
    closing = world.close_half()
    with pytest.raises(NotPossible, match="ready"):
        cancel(world.bridge, closing, actor="anna", reason="-")


def test_a_callback_cut_short_is_made_again(world: World) -> None:
    world.workflow.lookup = "reference"
    world.workflow.trouble.append((Ambiguous("worker_lost"), False))
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.work()
    world.clock.forward(2)
    world.work()
    assert len(world.workflow.effects) == 1


@pytest.mark.parametrize("number", ["201601022385", "201605032381"])
def test_an_edit_is_about_the_same_child(world: World, number: str) -> None:
    head = failed(world)
    uppgift = world.vendor.sent[0].uppgift
    edit = {**uppgift, "barn": {**uppgift["barn"], "personnummer": number}}
    with pytest.raises(NotPossible, match=r"^/barn/personnummer: ") as refused:
        replay_one(world.bridge, head, actor="anna", edit=edit)
    assert number not in str(refused.value)


def test_an_edit_alters_no_id_that_others_wait_by(world: World) -> None:
    head = failed(world)
    edit = {**world.vendor.sent[0].uppgift, "beslut_id": "ANOTHER"}
    with pytest.raises(NotPossible, match=r"^/beslut_id: .*send a new event"):
        replay_one(world.bridge, head, actor="anna", edit=edit)
    assert world.delivery("registrera_beslut").state == "failed"
