"""Edits: a new version, sent only when it is certain that the vendor has nothing of the earlier."""

from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.delivery.errors import Ambiguous, NeedsPerson, Rejected, Transient
from bbic_bridge.services.queries import show_delivery
from bbic_bridge.services.replay import look, replay_one, run
from bbic_bridge.services.replay_plan import Asked, plan
from bbic_bridge.services.views.replays import ReplayItem
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.schema import earlier_payloads
from tests.services.conftest import World

RIGHT = "Rätt Person"


def unclear(world: World, *, happened: bool) -> str:
    """A decision whose answer was lost; its delivery."""
    world.vendor.trouble.append((Ambiguous("read_timeout"), happened))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat")
    world.work()
    world.vendor.deaf = None
    return str(world.delivery("registrera_beslut").id)


def corrected(world: World) -> dict[str, Any]:
    return {**world.vendor.sent[0].uppgift, "beslutsfattare": RIGHT}


def edited(world: World, delivery: str) -> ReplayItem:
    edit = corrected(world)
    return replay_one(world.bridge, delivery, actor="anna", edit=edit, reason="fel namn")


def correction(world: World, delivery: str) -> str | None:
    detail = show_delivery(world.bridge, delivery)
    assert detail is not None
    return detail.correction


def test_an_edit_is_held_until_the_look_up_has_settled(world: World) -> None:
    one = unclear(world, happened=False)
    assert edited(world, one).outcome == "released"
    world.clock.forward(5)
    world.work()
    assert world.states() == {"registrera_beslut": "ambiguous"}
    assert correction(world, one) == "held"
    assert len(world.vendor.sent) == 1
    world.clock.forward(10)
    world.work()
    world.clock.forward(2)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert [order.idempotency_key for order in world.vendor.sent] == [f"{one}.v1", f"{one}.v2"]
    assert world.vendor.sent[-1].uppgift["beslutsfattare"] == RIGHT
    assert correction(world, one) is None


@pytest.mark.parametrize("reveal", [True, False])
def test_what_an_edit_changed_is_shown_beside_what_was_sent(world: World, reveal: bool) -> None:
    one = unclear(world, happened=False)
    wrong = world.vendor.sent[0].uppgift["beslutsfattare"]
    edited(world, one)
    for seconds in (10, 10, 2):
        world.clock.forward(seconds)
        world.work()
    detail = show_delivery(world.bridge, one, reveal=reveal)
    assert detail is not None
    (edit,) = detail.edits
    (change,) = edit.changes
    assert (detail.version, edit.version, change.path) == (2, 2, "/beslutsfattare")
    assert ((change.before, change.after) == (wrong, RIGHT)) is reveal
    sent = [attempt.version for attempt in detail.attempts if attempt.action == "send"]
    assert sent == [1, 2]


def test_an_edit_of_what_the_vendor_has_is_not_sent_and_shown_so(world: World) -> None:
    one = unclear(world, happened=True)
    edited(world, one)
    world.clock.forward(20)
    world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.vendor.sent) == 1
    assert correction(world, one) == "not_sent"


def test_an_edit_waits_where_nobody_can_look(world: World) -> None:
    world.vendor.lookup = "none"
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.send("beslut.fattat")
    world.work()
    one = world.delivery("registrera_beslut").id
    edited(world, one)
    world.clock.forward(1000)
    world.work()
    assert world.states() == {"registrera_beslut": "with_person"}
    assert len(world.vendor.sent) == 1
    assert correction(world, one) == "held"


def test_the_last_edit_counts(world: World) -> None:
    one = unclear(world, happened=False)
    edited(world, one)
    last = {**corrected(world), "beslutsfattare": "Sista Ordet"}
    replay_one(world.bridge, one, actor="anna", edit=last)
    for _ in range(3):
        world.clock.forward(11)
        world.work()
    assert world.vendor.sent[-1].uppgift["beslutsfattare"] == "Sista Ordet"
    assert world.vendor.sent[-1].idempotency_key == f"{one}.v2"


def test_what_was_never_sent_is_edited_at_once(world: World) -> None:
    world.vendor.unmappable = Rejected("x")
    world.send("beslut.fattat")
    world.work()
    world.vendor.unmappable = None
    one = world.delivery("registrera_beslut").id
    detail = show_delivery(world.bridge, one, reveal=True)
    assert detail is not None
    edit = {**detail.uppgift, "beslutsfattare": RIGHT}
    replay_one(world.bridge, one, actor="anna", edit=edit)
    world.work()
    assert [order.uppgift["beslutsfattare"] for order in world.vendor.sent] == [RIGHT]


@pytest.mark.parametrize("reveal", [False, True])
def test_an_edit_shows_what_it_corrects(world: World, reveal: bool) -> None:
    one = unclear(world, happened=False)
    job = plan(world.bridge, Asked("anna", (one,), reason="fel namn", edit=corrected(world)))
    assert job is not None
    (looked,) = look(world.bridge, job, reveal=reveal)
    ((acted,),) = run(world.bridge, job.id, actor="anna", reveal=reveal)
    for item in (looked, acted):
        (change,) = item.changes
        assert change.path == "/beslutsfattare"
        assert (change.after == RIGHT) == reveal
        assert (change.before == "•••") != reveal
    with world.bridge.store.read() as tx:
        acts = audit_of(tx, one)
    assert [act["action"] for act in acts] == ["reveal"] * (2 * reveal) + ["replay"]
    before = world.vendor.sent[0].uppgift["beslutsfattare"]
    assert acts[-1]["details"]["changes"] == [["/beslutsfattare", before, RIGHT]]


def test_the_same_bytes_are_not_sent_past_a_held_edit(world: World) -> None:
    one = unclear(world, happened=False)
    edited(world, one)
    item = replay_one(world.bridge, one, actor="anna", same_bytes=True)
    assert item.outcome == "refused"
    assert "correction" in item.detail


def test_bytes_from_before_an_edit_are_not_sent_after_it(world: World) -> None:
    one = unclear(world, happened=False)
    edited(world, one)
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    for _ in range(3):
        world.clock.forward(11)
        world.work()
    assert world.states() == {"registrera_beslut": "failed"}
    replay_one(world.bridge, one, actor="anna", same_bytes=True)
    world.work()
    assert world.vendor.sent[-1].idempotency_key == f"{one}.v2"
    assert world.vendor.sent[-1].uppgift["beslutsfattare"] == RIGHT


def test_bytes_from_before_an_edit_are_refused_after_it(world: World) -> None:
    """The edit has taken the uppgift's place, and nothing has been sent of it yet."""
    one = unclear(world, happened=False)
    edited(world, one)
    world.vendor.unmappable = NeedsPerson("unknown_code")
    for _ in range(3):
        world.clock.forward(11)
        world.work()
    assert world.states() == {"registrera_beslut": "with_person"}
    item = replay_one(world.bridge, one, actor="anna", same_bytes=True)
    assert (item.outcome, "has been edited" in item.detail) == ("refused", True)


def test_the_original_of_an_edit_is_kept_as_it_was_sent(world: World) -> None:
    """Each version stands for itself; a later one takes nothing from those before."""
    one = unclear(world, happened=False)
    original = dict(world.vendor.sent[0].uppgift)
    edited(world, one)
    for _ in range(3):
        world.clock.forward(11)
        world.work()
    assert world.vendor.sent[-1].uppgift == corrected(world)
    with world.bridge.store.read() as tx:
        kept = tx.connection.execute(sa.select(earlier_payloads)).all()
        opened = [
            tx.open_json(
                "malmo", row.payload, "earlier_payloads", f"{one}/{row.version}", "payload"
            )
            for row in kept
        ]
    assert [(row.version, uppgift) for row, uppgift in zip(kept, opened, strict=True)] == [
        (1, original)
    ]


def test_what_remains_of_a_half_found_closing_goes_as_edited(world: World) -> None:
    """The first effect was there already; the second was never tried."""
    for typ in ("beslut.fattat", "beslut.verkstall"):
        world.send(typ)
    world.work()
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.vendor.deaf = Transient("connect_failed")
    world.send("insats.avsluta", resurs_id=None, avslutsbeslut_id=None)
    world.work()
    world.vendor.deaf = None
    closing = world.delivery("avsluta_insats_och_resurs").id
    uppgift = dict(world.vendor.sent[-1].uppgift)
    replay_one(world.bridge, closing, actor="anna", edit={**uppgift, "slutdatum": "2026-02-27"})
    for _ in range(3):
        world.clock.forward(11)
        world.work()
    assert world.states()["avsluta_insats_och_resurs"] == "verified"
    assert world.vendor.sent[-1].uppgift["slutdatum"] == "2026-02-27"
    assert len([one for one in world.vendor.effects if one.startswith(closing)]) == 2
