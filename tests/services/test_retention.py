"""What is kept for how long: never what is open, held or still needed; the rest goes, audited."""

from collections import Counter
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.delivery.errors import Rejected
from bbic_bridge.services import gate, queries, retention
from bbic_bridge.services.acts import NotPossible
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.settings import Retention
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.pauses import Selection
from bbic_bridge.store.schema import PRUNED, audit, events, feed, inbox, metadata, notiser
from bbic_bridge.store.sealer import seal
from tests.handbook.kanarie import full as full_event
from tests.services.conftest import World
from tests.services.full import note_at_vendor

DAY = 86_400
SAMORDNING = "200904682390"
EARLIER = {"personnummer": "202001012398", "namn": "Alva Test", "skydd": "ingen"}


def keeping(world: World, payload_days: float = 30, row_days: float = inf) -> Bridge:
    kept = Retention(payload_days=payload_days, row_days=row_days)
    settings = world.bridge.settings.model_copy(update={"retention": kept})
    return replace(world.bridge, settings=settings)


def prune(world: World, *, dry_run: bool = False, **days: Any) -> dict[tuple[str, str], Any]:
    found = retention.prune(keeping(world, **days), actor="anna", dry_run=dry_run)
    return {(one.arende, one.tier): dict(one.counts) for one in found}


def done(world: World, arende: str = "A-1") -> None:
    """A decision that is registered and executed."""
    for typ in ("beslut.fattat", "beslut.verkstall"):
        world.send(typ, arende=arende, beslut_id=f"B-{arende}")
    world.work()
    assert set(world.states(arende).values()) == {"verified"}


def ended(world: World, arende: str = "A-1") -> None:
    """A case whose only insats has been closed."""
    done(world, arende)
    world.send("insats.startad", arende=arende)
    world.send("insats.avsluta", arende=arende, resurs_id=None, avslutsbeslut_id=None)
    world.work()
    assert set(world.states(arende).values()) == {"verified"}


def rows(world: World, arende: str) -> Counter[str]:
    """How many rows of each table are the case's."""
    counts: Counter[str] = Counter()
    with world.bridge.store.read() as tx:
        for table in metadata.tables.values():
            if "arende" in table.c:
                where = table.c.arende == arende
                counted = sa.select(sa.func.count()).select_from(table).where(where)
                counts[table.name] = tx.connection.scalar(counted) or 0
    return counts


def payloads(world: World, table: sa.Table, arende: str) -> list[bool]:
    with world.bridge.store.read() as tx:
        found = tx.connection.scalars(sa.select(table.c.payload).where(table.c.arende == arende))
        return [one != PRUNED for one in found]


def test_payloads_go_when_all_of_the_case_has_been_done_for_so_long(world: World) -> None:
    done(world)
    world.clock.forward(30 * DAY - 60)
    assert prune(world) == {}
    world.clock.forward(120)
    counts = prune(world)["A-1", "payloads"]
    assert (counts["events"], counts["deliveries"] >= 2, counts["attempts"] >= 2) == (2, True, True)
    assert not any(payloads(world, events, "A-1") + payloads(world, feed, "A-1"))
    assert prune(world) == {}


def test_nothing_goes_that_is_not_configured_to(world: World) -> None:
    done(world)
    world.clock.forward(10_000 * DAY)
    assert list(retention.prune(world.bridge)) == []
    assert not retention.is_configured(world.bridge)


@pytest.mark.parametrize("why", ["failed", "waiting", "held"])
def test_what_is_unresolved_waits_or_is_held_stays(world: World, why: str) -> None:
    done(world)
    if why == "failed":
        world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
        world.send("aktanteckning.skriven")
    elif why == "waiting":
        world.send("beslut.verkstall", beslut_id="B-unknown")
    else:
        assert retention.hold(world.bridge, ("malmo", "A-1"), actor="anna", reason="IVO")
        assert not retention.hold(world.bridge, ("malmo", "A-1"), actor="anna", reason="IVO")
    world.work()
    world.clock.forward(1000 * DAY)
    assert prune(world, row_days=30) == {}
    assert all(payloads(world, events, "A-1"))


@pytest.mark.parametrize("last", ["event", "delivery", "told"])
def test_whatever_happened_last_begins_the_time_anew(world: World, last: str) -> None:
    """An event, the end of a delivery, or what the workflow was told: each by itself."""
    callbacks = Selection(system="workflow")
    if last == "delivery":
        gate.pause(world.bridge, callbacks, actor="anna")
    done(world)
    world.clock.forward(20 * DAY)
    gate.resume(world.bridge, callbacks, actor="anna")
    if last == "event":
        world.send("insats.startad")
    elif last == "told":
        world.vendor.tell(note_at_vendor("n:1"))
        quiet = world.bridge.settings.model_copy(update={"callback": None})
        sync_kommun(replace(world.bridge, settings=quiet), "malmo")
    world.work()
    world.clock.forward(20 * DAY)
    assert prune(world) == {}
    world.clock.forward(11 * DAY)
    assert set(prune(world)) == {("A-1", "payloads")}


def test_a_hold_ends_and_both_are_audited(world: World) -> None:
    done(world)
    retention.hold(world.bridge, ("malmo", "A-1"), actor="anna", reason="IVO")
    assert retention.release(world.bridge, ("malmo", "A-1"), actor="bo", reason="klart")
    assert not retention.release(world.bridge, ("malmo", "A-1"), actor="bo", reason="klart")
    with world.bridge.store.read() as tx:
        acts = [(a["actor"], a["action"], a["details"]["reason"]) for a in audit_of(tx, "A-1")]
    assert acts == [("anna", "hold", "IVO"), ("bo", "release", "klart")]
    world.clock.forward(31 * DAY)
    assert ("A-1", "payloads") in prune(world)


def test_a_dry_run_lists_what_then_goes_and_changes_nothing(world: World) -> None:
    done(world)
    ended(world, "A-2")
    world.clock.forward(400 * DAY)
    listed = prune(world, row_days=365, dry_run=True)
    assert set(listed) == {("A-2", "rows"), ("A-1", "payloads")}
    assert all(payloads(world, events, "A-1") + payloads(world, events, "A-2"))
    assert prune(world, row_days=365) == listed


def test_the_workflow_and_people_are_told_what_is_gone(world: World) -> None:
    done(world)
    pruned = world.delivery("registrera_beslut").id
    world.clock.forward(31 * DAY)
    prune(world)
    assert world.feed() == []
    shown = queries.show_delivery(world.bridge, pruned, reveal=True)
    assert shown is not None
    assert (shown.pruned, shown.uppgift) == (True, {})
    assert [one.answer for one in shown.attempts] == [""]
    case = queries.show_case(world.bridge, "A-1", reveal=True)
    assert case is not None
    assert case.pruned_at == world.clock.now
    assert len(case.steps) == 4
    item = replay_one(world.bridge, pruned, actor="anna")
    assert item.outcome == "already_done"
    assert item.detail.endswith("the payload has been pruned")


def test_what_a_vendor_told_still_stands_in_the_case(world: World) -> None:
    done(world)
    world.vendor.tell(note_at_vendor("n:1"))
    sync_kommun(world.bridge, "malmo")
    world.work()
    world.clock.forward(31 * DAY)
    prune(world)
    case = queries.show_case(world.bridge, "A-1")
    assert case is not None
    assert [step.name for step in case.steps if step.kind == "vendor"] == [
        "se.bbic.aktanteckning.inkommen"
    ]


def test_an_event_sent_again_is_still_a_duplicate(world: World) -> None:
    event = world.event("insats.startad")
    ended(world)
    world.accept(event)
    world.work()
    world.clock.forward(400 * DAY)
    assert ("A-1", "rows") in prune(world, row_days=365)
    assert world.accept(event)[0].status == "duplicate"


class TestActiveCase:
    """Its payloads are gone; what it must know to go on is not."""

    @pytest.fixture(autouse=True)
    def _pruned(self, world: World) -> None:
        other = [{"mal_id": "M1", "text": "Något annat mål."}]
        world.send("beslutsunderlag.upprattat")
        world.send("uppdrag.upprattat", beslut_id="B-A-1", mal=other)
        replaced = {**EARLIER, "tidigare_personnummer": [SAMORDNING]}
        world.send("aktanteckning.skriven", barn=replaced, anteckning_id="AN-0")
        done(world)
        for _ in range(3):
            world.clock.forward(20)
            world.work()
        world.clock.forward(400 * DAY)
        self.deviations = queries.show_case(world.bridge, "A-1")
        assert set(prune(world, row_days=365)) == {("A-1", "payloads")}

    def test_mal_facts_and_identities_are_kept(self, world: World) -> None:
        kept = rows(world, "A-1")
        assert min(kept[name] for name in ("notiser", "identities", "frister", "deliveries")) > 0
        assert all(payloads(world, notiser, "A-1"))
        case = queries.show_case(world.bridge, "A-1", reveal=True)
        assert case is not None
        assert self.deviations is not None
        assert [one.code for one in case.deviations] == [
            one.code for one in self.deviations.deviations
        ]
        assert {
            text.standing
            for one in case.deviations
            for text in (one.before, one.after)
            if text is not None
        } <= {"not_kept"}

    def test_what_comes_next_is_carried(self, world: World) -> None:
        world.send("aktanteckning.skriven")
        world.work()
        assert world.states()["skapa_aktanteckning"] == "verified"
        world.clock.forward(31 * DAY)
        assert prune(world)["A-1", "payloads"]["events"] == 1

    def test_another_child_is_still_stopped(self, world: World) -> None:
        other = {"personnummer": "201601022385", "namn": "Bo Test", "skydd": "ingen"}
        world.send("aktanteckning.skriven", barn=other)
        assert world.delivery("skapa_aktanteckning").error_code == "barnet_stammer_inte"

    def test_another_child_is_still_stopped_where_both_had_one_number(self, world: World) -> None:
        """What it takes to see that is the child's own number, of which only a hash is left."""
        other = {"personnummer": "201601022385", "namn": "Bo Test", "skydd": "ingen"}
        second = {**other, "tidigare_personnummer": [SAMORDNING]}
        told = world.send("aktanteckning.skriven", barn=second, anteckning_id="AN-2")
        assert told.status == "accepted"
        assert world.delivery("skapa_aktanteckning").error_code == "barnet_stammer_inte"


@pytest.mark.parametrize("skydd", ["ingen", "sekretessmarkering"])
def test_protection_of_a_parent_is_remembered(world: World, skydd: str) -> None:
    parent = {"personnummer": "198901012396", "namn": "Eva Test", "skydd": skydd}
    world.send("uppdrag.upprattat", beslut_id="B-A-1", foraldrar=[parent])
    done(world)
    for _ in range(3):
        world.clock.forward(20)
        world.work()

    def plan(number: int) -> Any:
        event = full_event("genomforandeplan.faststalld", subject="A-1", kommun="malmo")
        event["data"] |= {"insatstyp": "hvb", "plan_id": f"P-{number}"}
        world.accept(event | {"id": f"PLAN-{number}"})
        return world.delivery("registrera_dokument").error_code

    before = plan(1)
    for _ in range(3):
        world.clock.forward(20)
        world.work()
    if before is not None:
        from bbic_bridge.services.calling_off import cancel

        cancel(world.bridge, world.delivery("registrera_dokument").id, actor="anna", reason="-")
    world.work()
    world.clock.forward(400 * DAY)
    assert ("A-1", "payloads") in prune(world)
    assert plan(2) == before
    assert before == (None if skydd == "ingen" else "skyddade_uppgifter")


def test_rows_of_an_ended_case_go_and_leave_the_inbox_and_the_chain(world: World) -> None:
    ended(world)
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    world.send("aktanteckning.skriven")
    world.work()
    stopped = world.delivery("skapa_aktanteckning").id
    replay_one(world.bridge, stopped, actor="anna", reason="Kim ringde")
    for _ in range(3):
        world.clock.forward(20)
        world.work()
    world.bridge.store.write(seal)
    world.clock.forward(364 * DAY)
    assert set(prune(world, row_days=365)) == {("A-1", "payloads")}
    with world.bridge.store.read() as tx:
        before = tx.connection.execute(sa.select(audit).order_by(audit.c.row)).all()
    world.clock.forward(2 * DAY)
    assert set(prune(world, row_days=365)) == {("A-1", "rows")}
    assert set(rows(world, "A-1").values()) == {0}
    with world.bridge.store.read() as tx:
        after = {row.id: row for row in tx.connection.execute(sa.select(audit))}
        told = tx.connection.scalar(sa.select(sa.func.count()).select_from(inbox))
        (replayed,) = audit_of(tx, stopped)
    assert told == world.count
    assert replayed["details"] == {}
    for row in before:
        kept = after[row.id]
        assert (kept.digest, kept.chain, kept.seq) == (row.digest, row.chain, row.seq)
    assert world.bridge.store.write(seal) is not None


def test_a_case_that_wakes_meanwhile_is_left_alone(world: World) -> None:
    done(world)
    done(world, "A-2")
    world.clock.forward(31 * DAY)
    found = retention.prune(keeping(world), actor="anna")
    assert next(found).arende == "A-1"
    world.send("aktanteckning.skriven", arende="A-2")
    assert list(found) == []
    assert all(payloads(world, events, "A-2"))


def test_who_pruned_and_how_much_is_audited(world: World) -> None:
    done(world)
    world.clock.forward(31 * DAY)
    counts = prune(world)["A-1", "payloads"]
    with world.bridge.store.read() as tx:
        (act,) = audit_of(tx, "A-1")
    assert (act["actor"], act["action"]) == ("anna", "prune_payloads")
    assert act["details"]["counts"] == counts


def test_what_belongs_to_no_case_goes_too(world: World) -> None:
    world.vendor.tell(replace(note_at_vendor("n:1"), arende=None))
    sync_kommun(world.bridge, "malmo")
    world.work()
    assert len(world.feed()) == 1
    world.clock.forward(31 * DAY)
    assert prune(world)["", "payloads"] == {"feed": 1, "deliveries": 1}
    assert world.feed() == []
    world.clock.forward(400 * DAY)
    assert prune(world, row_days=365)["", "rows"] == {"feed": 1, "deliveries": 1}
    assert prune(world, row_days=365) == {}


def test_an_edit_of_what_is_pruned_says_so(world: World) -> None:
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    world.send("beslut.fattat")
    world.work()
    uppgift = world.vendor.sent[0].uppgift
    head = world.delivery("registrera_beslut").id
    emptied = sa.update(metadata.tables["deliveries"]).values(payload=PRUNED)
    world.bridge.store.write(lambda tx: tx.connection.execute(emptied).rowcount)
    with pytest.raises(NotPossible, match="the payload has been pruned"):
        replay_one(world.bridge, head, actor="anna", edit=uppgift)


def write_much(world: World, first: int) -> None:
    for number in range(first, first + 60):
        world.send("aktanteckning.skriven", arende=f"A-{number}", text="x" * 20_000)
    world.work(200)


def test_the_space_is_given_back_or_used_again(world: World) -> None:
    write_much(world, 0)
    world.clock.forward(31 * DAY)
    full = size(world.bridge)
    prune(world)
    assert world.bridge.store.reclaim()
    if world.bridge.settings.sqlalchemy_url().startswith("sqlite"):
        assert size(world.bridge) < full / 2
    write_much(world, 60)
    assert size(world.bridge) < full * 1.25


def size(bridge: Bridge) -> int:
    """Bytes that the database takes."""
    url = bridge.settings.sqlalchemy_url()
    if url.startswith("sqlite"):
        bridge.store.reclaim()
        return Path(url.removeprefix("sqlite:///")).stat().st_size
    with bridge.store.read() as tx:
        tables = ("events", "deliveries", "feed", "attempts")
        found = [
            tx.connection.scalar(sa.select(sa.func.pg_total_relation_size(name))) for name in tables
        ]
    return sum(map(int, filter(None, found)))
