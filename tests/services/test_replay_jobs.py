"""Replay jobs: exactly what was shown, once, and as it stands when its turn comes."""

import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from bbic_bridge.delivery.errors import Rejected, Transient
from bbic_bridge.services import queries, replay, replays, upkeep
from bbic_bridge.services.acts import NoDelivery, NotPossible
from bbic_bridge.services.replay import NoJob, replay_one
from bbic_bridge.services.replay_plan import Asked, plan
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.replay_jobs import Job
from bench.replay import fill
from tests.services.conftest import World

FAILED = Asked("anna", reason="rättat hos leverantören")


def stopped(world: World, count: int) -> list[str]:
    """Refused decisions, one case each; returns their deliveries in order."""
    for number in range(count):
        world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
        world.send("beslut.fattat", arende=f"A-{number}")
    for _ in range(count):
        world.work()
    return [str(world.delivery("registrera_beslut", f"A-{n}").id) for n in range(count)]


def planned(world: World, asked: Asked = FAILED) -> Job:
    job = plan(world.bridge, asked)
    assert job is not None
    return job


def ran(world: World, job: Job) -> list[str]:
    """Runs the job to its end; the outcomes in order."""
    parts = replay.run(world.bridge, job.id, actor="anna")
    return [item.outcome for part in parts for item in part]


def outcomes(world: World, job: Job) -> dict[str, int]:
    return dict(replays.show_job(world.bridge, job.id).outcomes)


def test_a_job_is_what_was_chosen_and_not_what_came_later(world: World) -> None:
    ids = stopped(world, 3)
    job = planned(world)
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    world.send("beslut.fattat", arende="A-later")
    world.work()
    assert job.total == 3
    assert job.digest == hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()
    assert ran(world, job) == ["released"] * 3
    assert world.states("A-later") == {"registrera_beslut": "failed"}
    world.work()
    assert [world.states(f"A-{n}")["registrera_beslut"] for n in range(3)] == ["verified"] * 3


def test_looking_makes_nothing_happen_and_shows_the_very_job(world: World) -> None:
    ids = stopped(world, 3)
    job = planned(world)
    looked = list(replay.look(world.bridge, job))
    assert [(one.id, one.outcome, one.job) for one in looked] == [
        (one, "would_release", job.id) for one in ids
    ]
    assert outcomes(world, job) == {"open": 3}
    assert world.states("A-0")["registrera_beslut"] == "failed"


def test_what_changed_since_it_was_shown_is_told_and_not_sent(world: World) -> None:
    ids = stopped(world, 3)
    job = planned(world)
    replay_one(world.bridge, ids[0], actor="bo")
    world.work()
    replay_one(world.bridge, ids[1], actor="bo")
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    world.work()
    assert ran(world, job) == ["changed", "changed", "released"]
    detail = replays.show_replay(world.bridge, job.id, outcome="changed", limit=10)
    assert [item.detail for item in detail.items] == [
        "it was failed and is verified now",
        "it has been edited or tried since it was chosen",
    ]
    world.work()
    assert world.vendor.effects.count(ids[0]) == 1


def test_a_delivery_is_in_one_job_at_a_time(world: World) -> None:
    ids = stopped(world, 2)
    first = planned(world)
    running = replay.run(world.bridge, first.id, actor="anna", rate=1)
    next(running)
    refused = replay_one(world.bridge, ids[1], actor="bo")
    assert (refused.outcome, refused.detail) == ("refused", f"already in job {first.id}")
    assert ran(world, first) == ["released"]
    assert outcomes(world, first) == {"released": 2}


def test_a_job_that_was_only_shown_holds_nothing(world: World) -> None:
    (one,) = stopped(world, 1)
    planned(world)
    assert replay_one(world.bridge, one, actor="bo").outcome == "released"


def test_a_job_that_is_called_off_lets_go_of_what_it_held(world: World) -> None:
    ids = stopped(world, 2)
    job = planned(world)
    next(replay.run(world.bridge, job.id, actor="anna", rate=1))
    replays.call_off(world.bridge, job.id, actor="anna", reason="fel urval")
    assert outcomes(world, job) == {"released": 1, "cancelled": 1}
    assert replay_one(world.bridge, ids[1], actor="bo").outcome == "released"
    with pytest.raises(NotPossible, match="cancelled"):
        ran(world, job)


def test_a_paused_job_goes_on_where_it_was(world: World) -> None:
    stopped(world, 3)
    job = planned(world)
    running = replay.run(world.bridge, job.id, actor="anna", rate=1)
    next(running)
    assert replays.pause(world.bridge, job.id, actor="bo").state == "paused"
    assert list(running) == []
    assert outcomes(world, job) == {"released": 1, "open": 2}
    assert ran(world, job) == ["released"] * 2
    assert replays.show_job(world.bridge, job.id).state == "done"


def test_whoever_is_overtaken_stops(world: World) -> None:
    stopped(world, 3)
    job = planned(world)
    first = replay.run(world.bridge, job.id, actor="anna", rate=1)
    next(first)
    second = replay.run(world.bridge, job.id, actor="bo")
    next(second)
    assert list(first) == []
    assert len(list(second)) == 1
    assert outcomes(world, job) == {"released": 3}


def test_running_a_job_that_is_done_does_nothing(world: World) -> None:
    stopped(world, 1)
    job = planned(world)
    assert ran(world, job) == ["released"]
    assert ran(world, job) == []


def test_a_runner_that_fell_silent_is_shown_as_interrupted(world: World) -> None:
    stopped(world, 2)
    job = planned(world)
    running = replay.run(world.bridge, job.id, actor="anna", rate=1)
    next(running)
    assert replays.show_job(world.bridge, job.id).state == "running"
    world.clock.forward(100)
    assert replays.show_job(world.bridge, job.id).state == "interrupted"
    (listed,) = replays.list_replays(world.bridge, 10)
    assert listed.state == "interrupted"


def test_a_job_shows_how_each_delivery_fares_since(world: World) -> None:
    stopped(world, 2)
    job = planned(world)
    assert ran(world, job) == ["released"] * 2
    before = replays.show_replay(world.bridge, job.id, outcome=None, limit=10)
    assert [(item.outcome, item.last_try) for item in before.items] == [("released", None)] * 2
    world.clock.forward(1)
    world.vendor.deaf = Transient("connect_failed")
    world.work(1)
    world.vendor.deaf = None
    detail = replays.show_replay(world.bridge, job.id, outcome=None, limit=1)
    (item,) = detail.items
    assert detail.more
    assert (item.outcome, item.state) == ("released", "ambiguous")
    assert item.last_try is not None
    assert (item.last_try.action, item.last_try.error_code) == ("look_up", "connect_failed")
    assert detail.states == {"ambiguous": 2}


def test_jobs_and_their_steering_are_audited(world: World) -> None:
    (one,) = stopped(world, 1)
    job = planned(world)
    replays.call_off(world.bridge, job.id, actor="bo", reason="fel urval")
    again = planned(world, replace(FAILED, name="rattat"))
    ran(world, again)
    with world.bridge.store.read() as tx:
        (called_off,) = audit_of(tx, job.id)
        (act,) = audit_of(tx, one)
    assert (called_off["actor"], called_off["action"]) == ("bo", "replay_cancelled")
    assert act["details"]["job"] == again.id
    assert act["details"]["reason"] == FAILED.reason
    assert again.name == "rattat"


def test_a_filter_and_a_limit_choose(world: World) -> None:
    stopped(world, 3)
    assert planned(world, replace(FAILED, chosen=Filter(limit=2))).total == 2
    assert planned(world, replace(FAILED, chosen=Filter(arende="A-1", limit=9))).total == 1
    assert plan(world.bridge, replace(FAILED, chosen=Filter(states=("ambiguous",)))) is None
    assert plan(world.bridge, replace(FAILED, chosen=Filter(error="OKANT"))) is None
    assert len(replays.list_replays(world.bridge, 10)) == 2


def test_what_does_not_exist_is_told(world: World) -> None:
    stopped(world, 1)
    with pytest.raises(NoDelivery):
        plan(world.bridge, replace(FAILED, ids=("okand",)))
    with pytest.raises(NoJob):
        replays.show_job(world.bridge, "okand")
    assert replays.list_replays(world.bridge, 10) == []


@pytest.mark.parametrize("name", ["201601022385", "two words", "x" * 65])
def test_a_job_s_name_names_no_one(world: World, name: str) -> None:
    stopped(world, 1)
    with pytest.raises(NotPossible) as refused:
        plan(world.bridge, replace(FAILED, name=name))
    assert name not in str(refused.value)


def test_the_rate_is_kept_with_the_job(world: World) -> None:
    stopped(world, 3)
    job = planned(world, replace(FAILED, rate=1))
    paced: list[tuple[float | None, int]] = []
    parts = replay.run(
        world.bridge, job.id, actor="anna", pace=lambda rate, done: paced.append((rate, done))
    )
    assert [len(part) for part in parts] == [1, 1, 1]
    assert paced == [(1, 0), (1, 1), (1, 2)]


def test_the_very_bytes_are_sent_again_under_the_same_key(world: World) -> None:
    (one,) = stopped(world, 1)
    first = world.vendor.bodies[-1]
    world.vendor.wording = b"otherwise: "
    job = planned(world, replace(FAILED, same_bytes=True))
    assert ran(world, job) == ["released"]
    world.work()
    assert world.vendor.bodies[-1] == first
    assert {order.idempotency_key for order in world.vendor.sent} == {f"{one}.v1"}
    assert world.states("A-0")["registrera_beslut"] == "verified"


def test_the_same_bytes_go_on_being_sent_until_they_arrive(world: World) -> None:
    stopped(world, 1)
    first = world.vendor.bodies[-1]
    world.vendor.wording = b"otherwise: "
    world.vendor.trouble.append((Transient("connect_failed"), False))
    ran(world, planned(world, replace(FAILED, same_bytes=True)))
    world.work()
    world.clock.forward(2)
    world.work()
    assert world.vendor.bodies[-2:] == [first, first]
    assert world.states("A-0")["registrera_beslut"] == "verified"


def test_mapped_anew_is_the_rule_also_after_the_same_bytes(world: World) -> None:
    stopped(world, 1)
    world.vendor.wording = b"otherwise: "
    world.vendor.trouble.append((Rejected("EJ_TILLATET"), False))
    ran(world, planned(world, replace(FAILED, same_bytes=True)))
    world.work()
    ran(world, planned(world))
    world.work()
    assert world.vendor.bodies[-1].startswith(b"otherwise: ")


def test_bytes_that_were_never_sent_cannot_be_sent_again(world: World) -> None:
    world.vendor.unmappable = Rejected("x")
    world.send("beslut.fattat")
    world.work()
    one = world.delivery("registrera_beslut").id
    item = replay_one(world.bridge, one, actor="anna", same_bytes=True)
    assert (item.outcome, item.detail) == (
        "refused",
        "it was never sent: there are no bytes to send again",
    )


def test_bytes_of_a_lost_attempt_are_not_guessed(world: World) -> None:
    """A worker that dies while it sends leaves no copy of what it sent."""
    world.send("beslut.fattat")
    store = world.bridge.store
    rules = world.bridge.rules
    taken = store.write(lambda tx: tx.claims.take(tx.connection, tx.now, 1, -5, rules))
    (lost,) = taken.claims
    store.write(lambda tx: tx.claims.begin(tx.connection, lost, -10, tx.now))
    upkeep.sweep(world.bridge)
    item = replay_one(world.bridge, lost.id, actor="anna", same_bytes=True)
    assert item.outcome == "refused"
    assert "not kept" in item.detail


def test_looking_shows_where_what_would_be_sent_differs(world: World) -> None:
    stopped(world, 1)
    same = next(replay.look(world.bridge, planned(world)))
    assert same.changes == ()
    assert "mapped as last time" in same.detail
    world.vendor.wording = b"otherwise: "
    item = next(replay.look(world.bridge, planned(world)))
    assert "mapped otherwise than last time" in item.detail
    assert len(item.changes) == 1


def test_what_the_vendor_holds_is_told_in_the_same_look(world: World) -> None:
    (one,) = stopped(world, 1)
    job = planned(world, replace(FAILED, ids=(one,)))
    world.vendor.effects = [one]
    assert "the vendor has it" in next(replay.look(world.bridge, job)).detail
    world.vendor.effects = [one, one]
    assert "left to a person" in next(replay.look(world.bridge, job)).detail


def test_thousands_are_released_in_parts_and_each_once(world: World) -> None:
    count = 3_000
    fill(world.bridge.store, count)
    woken = len(world.woken)
    job = planned(world)
    assert job.total == count
    parts = list(replay.run(world.bridge, job.id, actor="anna"))
    assert max(map(len, parts)) <= replay.AT_ONCE
    assert Counter(item.outcome for part in parts for item in part) == {"released": count}
    assert len(world.woken) - woken == count
    assert queries.status(world.bridge).deliveries == {"ready": count}
