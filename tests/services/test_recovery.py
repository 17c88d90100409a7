"""After a restore: nothing is lost and nothing doubled, whatever the copy has forgotten.

The copy is a real one: SQLite's backup, or what pg_dump and psql make of a PostgreSQL database.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.delivery.errors import ConfigurationError, NeedsPerson, Rejected, Transient
from bbic_bridge.services import deliver, health, queries, recovery
from bbic_bridge.services.alerts import evaluate
from bbic_bridge.services.bridge import WORKFLOW
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.store.audit import audit_of
from tests.servers.copies import Copy, PostgresCopy, SqliteCopy
from tests.services.conftest import World
from tests.services.full import note_at_vendor


class Copies:
    """Takes a copy of the world's database, and puts it back."""

    def __init__(self, world: World, copy: Copy) -> None:
        self._world, self._copy = world, copy

    def take(self) -> None:
        self._copy.take()

    def put_back(self) -> None:
        """The bridge is closed, its database replaced by the copy, and opened again."""
        self._world.bridge.close()
        self._copy.put_back()
        before = self._world.bridge
        self._world.bridge = bootstrap(
            before.settings,
            clock=self._world.clock,
            ahead=self._world.clock.ahead,
            chance=lambda: 0.5,
            systems=lambda name: self._world.workflow if name == WORKFLOW else self._world.vendor,
            wake=before.wake,
            wait=self._world.clock.forward,
        )


@pytest.fixture
def copies(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Copies:
    url = world.bridge.settings.sqlalchemy_url()
    if url.startswith("sqlite"):
        return Copies(world, SqliteCopy(Path(url.removeprefix("sqlite:///")), tmp_path / "kept.db"))
    server = request.getfixturevalue("postgres_server")
    return Copies(world, PostgresCopy(server, url, tmp_path / "dump"))


def case(world: World, number: int) -> list[Any]:
    """A decision, its execution and a note: three effects, in an ärende of their own."""
    arende = f"A-{number}"
    return [
        world.event("beslut.fattat", arende=arende, beslut_id=f"B-{number}"),
        world.event("beslut.verkstall", arende=arende, beslut_id=f"B-{number}"),
        world.event("aktanteckning.skriven", arende=arende, anteckning_id=f"AN-{number}"),
    ]


def settle(world: World) -> None:
    """Lets all that can come to an end do so."""
    for _ in range(8):
        world.work(100)
        world.clock.forward(13)


def states(world: World) -> set[str]:
    return {view.state for view in queries.list_deliveries(world.bridge, Filter(limit=1000))}


def assert_each_effect_once(world: World, expected: int) -> None:
    assert len(world.vendor.effects) == len(set(world.vendor.effects)) == expected
    assert states(world) == {"verified"}


def recover(world: World, since: Any) -> recovery.Recovery:
    return recovery.recover(world.bridge, since, actor="anna", reason="disken gick sönder")


def resume(world: World) -> bool:
    return recovery.resume(world.bridge, actor="anna", reason="allt är sänt igen")


def test_every_effect_is_there_once_after_all_was_sent_again(world: World, copies: Copies) -> None:
    before = [event for number in range(7) for event in case(world, number)]
    world.accept(*before)
    world.work(100)
    since = world.clock.now
    copies.take()
    world.clock.forward(60)
    later = [event for number in range(7, 14) for event in case(world, number)]
    world.accept(*later)
    world.work(100)
    assert len(world.vendor.effects) == 42
    copies.put_back()
    world.clock.forward(60)
    found = recover(world, since)
    assert [(one.source, one.event_id) for one in found.sources] == [(before[0]["source"], "E-9")]
    world.work(100)
    assert {one.status for one in world.accept(*before[-3:])} == {"duplicate"}
    assert {one.status for one in world.accept(*later)} == {"accepted"}
    world.work(100)
    assert len(world.vendor.sent) == 42
    assert resume(world)
    settle(world)
    assert_each_effect_once(world, 42)
    assert len(world.vendor.sent) == 42


def test_what_was_open_in_the_copy_and_sent_since_is_not_sent_again(
    world: World, copies: Copies
) -> None:
    world.accept(*case(world, 1))
    since = world.clock.now
    copies.take()
    world.work(100)
    assert len(world.vendor.effects) == 3
    copies.put_back()
    assert recover(world, since).unsure >= 3
    assert states(world) == {"ambiguous"}
    resume(world)
    settle(world)
    assert_each_effect_once(world, 3)


def test_what_was_open_in_the_copy_and_never_sent_is_sent_in_order(
    world: World, copies: Copies
) -> None:
    world.accept(*case(world, 1))
    copies.take()
    copies.put_back()
    recover(world, world.clock.now)
    resume(world)
    settle(world)
    assert_each_effect_once(world, 3)
    operations = [order.operation for order in world.vendor.sent]
    assert operations.index("registrera_beslut") < operations.index("verkstall_beslut")


def test_what_was_not_there_still_waits_for_what_it_needs(world: World, copies: Copies) -> None:
    world.accept(*case(world, 1)[:2])
    copies.take()
    copies.put_back()
    recover(world, world.clock.now)
    resume(world)
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    settle(world)
    assert world.states() == {"registrera_beslut": "failed", "verkstall_beslut": "waiting"}
    assert [order.operation for order in world.vendor.sent] == ["registrera_beslut"]


def test_the_second_effect_is_looked_for_too(world: World, copies: Copies) -> None:
    for typ in ("beslut.fattat", "beslut.verkstall"):
        world.send(typ)
    world.work()
    world.send("insats.avsluta", resurs_id=None, avslutsbeslut_id=None)
    copies.take()
    world.work()
    assert len(world.vendor.effects) == 4
    copies.put_back()
    recover(world, world.clock.now)
    resume(world)
    settle(world)
    assert_each_effect_once(world, 4)


def test_what_was_with_a_person_is_looked_for_when_it_is_let_go(
    world: World, copies: Copies
) -> None:
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    world.send("beslut.fattat")
    world.work()
    stopped = world.delivery("registrera_beslut").id
    copies.take()
    replay_one(world.bridge, stopped, actor="anna")
    settle(world)
    assert len(world.vendor.effects) == 1
    copies.put_back()
    recover(world, world.clock.now)
    resume(world)
    assert states(world) == {"failed"}
    replay_one(world.bridge, stopped, actor="anna")
    settle(world)
    assert_each_effect_once(world, 1)


def test_what_was_with_a_person_unsent_is_looked_for_when_it_is_let_go(
    world: World, copies: Copies
) -> None:
    """In the copy it was never sent; since then it was mended, let go and sent."""
    world.vendor.unmappable = NeedsPerson("unknown_code")
    world.send("beslut.fattat")
    world.work()
    stopped = world.delivery("registrera_beslut").id
    assert world.delivery("registrera_beslut").attempts == 0
    copies.take()
    world.vendor.unmappable = None
    replay_one(world.bridge, stopped, actor="anna")
    settle(world)
    copies.put_back()
    recover(world, world.clock.now)
    resume(world)
    replay_one(world.bridge, stopped, actor="anna")
    settle(world)
    assert_each_effect_once(world, 1)
    assert len(world.vendor.sent) == 1


def test_an_event_that_comes_again_after_sending_went_on_is_looked_for(
    world: World, copies: Copies
) -> None:
    copies.take()
    events = case(world, 1)
    for event in events:
        event["time"] = world.clock.now.isoformat()
    world.accept(*events)
    world.work()
    copies.put_back()
    world.clock.forward(60)
    recover(world, world.clock.now)
    resume(world)
    world.clock.forward(3600)
    world.accept(*events)
    settle(world)
    assert_each_effect_once(world, 3)
    assert len(world.vendor.sent) == 3


def test_what_was_accepted_and_never_sent_is_sent_when_it_comes_again(
    world: World, copies: Copies
) -> None:
    copies.take()
    events = case(world, 1)
    world.accept(*events)
    copies.put_back()
    recover(world, world.clock.now)
    world.accept(*events)
    resume(world)
    settle(world)
    assert_each_effect_once(world, 3)


def test_a_new_event_is_sent_at_once(world: World) -> None:
    recover(world, world.clock.now)
    resume(world)
    world.clock.forward(3600)
    event = world.event("beslut.fattat") | {"time": world.clock.now.isoformat()}
    world.accept(event)
    world.work()
    shown = queries.show_delivery(world.bridge, world.delivery("registrera_beslut").id)
    assert shown is not None
    assert [attempt.action for attempt in shown.attempts] == ["send"]


def test_a_vendor_that_cannot_be_asked_is_not_sent_to(world: World, copies: Copies) -> None:
    world.accept(*case(world, 1))
    copies.take()
    world.work()
    copies.put_back()
    recover(world, world.clock.now)
    resume(world)
    world.vendor.deaf = Transient("connect_failed")
    settle(world)
    assert states(world) == {"ambiguous"}
    world.vendor.deaf = None
    world.clock.forward(120)
    settle(world)
    assert_each_effect_once(world, 3)


def test_what_only_a_person_can_tell_goes_to_one(world: World, copies: Copies) -> None:
    world.vendor.lookup = "none"
    world.send("beslut.fattat")
    copies.take()
    copies.put_back()
    recover(world, world.clock.now)
    resume(world)
    settle(world)
    assert world.delivery("registrera_beslut").error_code == "outcome_unknown"
    assert world.vendor.effects == []


def test_our_own_forgotten_writes_are_no_news(world: World, copies: Copies) -> None:
    """What a vendor shows of a delivery that the copy has forgotten is held until it is back."""
    copies.take()
    event = world.event("aktanteckning.skriven")
    world.accept(event)
    world.work()
    reference = world.vendor.effects[0]
    copies.put_back()
    shown = replace(note_at_vendor("n:1"), reference=reference)
    world.vendor.tell(shown, note_at_vendor("n:2"))
    found = recover(world, world.clock.now)
    assert {one.kommun: one.held for one in found.sync}["malmo"] == 2
    world.accept(event)
    resume(world)
    settle(world)
    told = world.told("aktanteckning.inkommen")
    assert [one["data"]["vendor_id"] for one in told if one["kommun"] == "malmo"] == ["n:2"]


def test_nothing_is_claimed_until_sending_goes_on(world: World) -> None:
    world.accept(*case(world, 1))
    recover(world, world.clock.now)
    recover(world, world.clock.now)
    assert deliver.claim(world.bridge, 10) == []
    assert recovery.is_under_way(world.bridge)
    assert resume(world)
    assert not resume(world)
    assert deliver.claim(world.bridge, 10) != []


def test_that_it_lasts_is_told_and_no_worker_ends_because_of_it(world: World) -> None:
    world.send("beslut.fattat")
    recover(world, world.clock.now)
    world.clock.forward(3600)
    assert not health.is_passed_over(world.bridge)
    assert {"recovering", "due_not_claimed"} & {*health.degraded(world.bridge)} == {"recovering"}
    assert "due_not_claimed" not in {
        alert.name for _, alert in evaluate(world.bridge, awake_s=3600)
    }
    assert resume(world)
    assert "recovering" not in health.degraded(world.bridge)
    world.clock.forward(3600)
    assert health.is_passed_over(world.bridge)


def test_every_open_delivery_is_ambiguous_until_it_has_been_looked_for(world: World) -> None:
    """Ready, waiting and to be tried again; what is done or with a person stays as it is."""
    world.vendor.trouble += [(Rejected("EJ_TILLATET"), False), (Transient("down"), False)]
    for number, typ in enumerate(("beslut.fattat", "beslut.fattat", "aktanteckning.skriven")):
        world.send(typ, arende=f"A-{number}")
        world.work()
    world.send("beslut.verkstall", arende="A-3")
    world.send("beslut.fattat", arende="A-4")
    views = queries.list_deliveries(world.bridge, Filter(limit=1000))
    assert [one.state for one in views] == ["failed", "retrying", "verified", "waiting", "ready"]
    recover(world, world.clock.now)
    views = queries.list_deliveries(world.bridge, Filter(limit=1000))
    assert [one.state for one in views] == ["failed", "ambiguous", "verified", *["ambiguous"] * 2]


def test_it_reads_the_vendors_again_and_names_what_must_be_resent(world: World) -> None:
    """Before anything goes: what the vendors tell by now, and each source's last known event."""
    known = world.event("aktanteckning.skriven")
    world.accept(known)
    since = world.clock.now
    world.clock.forward(60)
    world.send("aktanteckning.skriven", anteckning_id="AN-2")
    world.vendor.tell(note_at_vendor("n:1"))
    found = recover(world, since)
    assert {report.kommun: report.read for report in found.sync}["malmo"] == 1
    assert [(one.source, one.event_id) for one in found.sources] == [(known["source"], known["id"])]


def test_a_worker_that_has_one_in_hand_loses_it(world: World) -> None:
    world.send("beslut.fattat")
    (claim,) = deliver.claim(world.bridge, 1)
    recover(world, world.clock.now)
    deliver.carry(world.bridge, claim)
    assert states(world) == {"ambiguous"}
    resume(world)
    settle(world)
    assert len(world.vendor.effects) == 1


def test_a_cursor_from_before_the_restore_is_refused_and_later_misses_nothing(
    world: World, copies: Copies
) -> None:
    world.accept(*case(world, 1))
    world.work()
    copies.take()
    world.accept(*case(world, 2))
    world.work()
    cursor = queries.feed(world.bridge, None, 1000, ("*",)).cursor
    copies.put_back()
    with pytest.raises(ValueError, match="beyond the end"):
        queries.feed(world.bridge, cursor, 1000, ("*",))
    recover(world, world.clock.now)
    resume(world)
    world.accept(*case(world, 3))
    settle(world)
    page = queries.feed(world.bridge, cursor, 1000, ("*",))
    assert {event["subject"] for event in page.events} == {"A-3"}
    verified = [one for one in page.events if one["type"] == "se.bbic.leverans.verifierad"]
    assert len(verified) == 3


def test_who_recovered_and_why_is_audited(world: World) -> None:
    recover(world, world.clock.now)
    resume(world)
    with world.bridge.store.read() as tx:
        acts = [(act["actor"], act["action"]) for act in audit_of(tx, "sending")]
    assert acts == [("anna", "recover"), ("anna", "recovered")]


def test_a_time_to_come_is_refused(world: World) -> None:
    with pytest.raises(ConfigurationError, match="after now"):
        recover(world, world.clock.now + timedelta(hours=1))
    assert not recovery.is_under_way(world.bridge)
