"""The gate in the store, on both databases: pauses, room, turns and probes, shared by all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.delivery.breaker import Verdict, after
from bbic_bridge.delivery.lanes import SECOND, Lane, LaneState, Rules
from bbic_bridge.store.claims import Claim, Taken
from bbic_bridge.store.deliveries import NewDelivery, add_delivery
from bbic_bridge.store.lanes import keep_lanes, lane_to_judge, lanes_of
from bbic_bridge.store.pauses import Selection, add_pause, end_pauses, pauses_of
from bbic_bridge.store.queues import due_queues
from bbic_bridge.store.store import Store
from bbic_bridge.store.taking import BUSY_S
from bbic_bridge.store.tx import Tx
from tests.stores import Clock

RULES = Rules(
    concurrency=0, rate_per_s=0, failures=3, probe_s=5, probe_max_s=60, chance=lambda: 0.5
)
MALMO, LUND = ("malmo", "procapita"), ("lund", "treserva")


@pytest.fixture(autouse=True)
def keys(store: Store) -> None:
    """More kommuner than the fixture opens the store for."""
    store.open(["lund", "paused", "full"])


def add(
    store: Store, *names: str, lane: tuple[str, str] = MALMO, operation: str = "registrera_beslut"
) -> None:
    kommun, system = lane

    def job(tx: Tx) -> None:
        for name in names:
            add_delivery(
                tx,
                NewDelivery(
                    id=name,
                    kommun=kommun,
                    arende="A-1",
                    system=system,
                    operation=operation,
                    event_row="e",
                    event_type="se.bbic.beslut.fattat",
                    payload={"beslut_id": name},
                ),
            )

    store.write(job)


def some(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:03}" for number in range(count)]


def take(store: Store, rules: Rules = RULES, limit: int = 10, lease_s: float = 60) -> Taken:
    return store.claim(
        lambda tx: tx.claims.take(tx.connection, tx.now, limit, lease_s, lambda *_: rules)
    )


def ids(taken: Taken) -> list[str]:
    return sorted(claim.id for claim in taken.claims)


def finish(store: Store, *claims: Claim) -> None:
    def job(tx: Tx) -> None:
        for claim in claims:
            tx.claims.finish(tx.connection, claim, {"state": "verified", "due_at": None})

    store.write(job)


def judge(store: Store, verdict: Verdict, key: tuple[str, str] = MALMO) -> Lane:
    def job(tx: Tx) -> Lane:
        lane = lane_to_judge(tx.connection, key, only_in_trouble=False)
        assert lane is not None
        new = after(lane, verdict, tx.now, RULES)
        keep_lanes(tx.connection, [new])
        return new

    return store.write(job, lanes=[key])


def break_down(store: Store) -> None:
    """Three deliveries of malmo's get no answer, and are taken away."""
    taken = take(store, limit=3)
    assert len(taken.claims) == 3
    for _ in taken.claims:
        judge(store, Verdict.SILENT)
    finish(store, *taken.claims)


def test_two_workers_never_hold_more_of_a_lane_than_its_concurrency(store: Store) -> None:
    add(store, *some("m", 30))
    rules = replace(RULES, concurrency=5)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(store, rules, limit=4), range(16)))
    claims = [claim for one in taken for claim in one.claims]
    assert len(claims) == 5
    finish(store, *claims[:2])
    assert len(take(store, rules).claims) == 2


def test_what_stands_in_the_way_is_told(store: Store, clock: Clock) -> None:
    assert take(store) == Taken()
    add(store, *some("m", 30))
    assert take(store, replace(RULES, concurrency=2)).full
    taken = take(store, replace(RULES, rate_per_s=4))
    assert (len(taken.claims), taken.full, taken.again_s) == (4, False, 0.25)
    clock.forward(0.25)
    assert len(take(store, replace(RULES, rate_per_s=4)).claims) == 1


def test_lanes_are_served_in_turn_whatever_waits_in_each(store: Store, clock: Clock) -> None:
    add(store, *some("m", 50))
    clock.forward(5)
    add(store, "lund", lane=LUND)
    first = take(store, limit=1)
    assert ids(first) == ["m000"]
    clock.forward(1)
    assert ids(take(store, limit=1)) == ["lund"]
    assert len(take(store, limit=9).claims) == 9


def test_a_queue_that_has_less_than_its_share_leaves_the_rest_to_others(store: Store) -> None:
    add(store, *some("m", 50))
    add(store, "lund", lane=LUND)
    taken = take(store, limit=10)
    assert (len(taken.claims), taken.again_s) == (6, 0)


@pytest.mark.parametrize(
    "paused",
    [
        Selection("malmo", "procapita", "registrera_beslut"),
        Selection(kommun="malmo"),
        Selection(system="procapita"),
        Selection(operation="registrera_beslut", kommun="malmo"),
    ],
)
def test_what_is_paused_is_not_claimed_and_all_else_is(store: Store, paused: Selection) -> None:
    add(store, "malmo")
    add(store, "lund", lane=LUND)
    add(store, "told", lane=("lund", "workflow"), operation="notify_workflow")
    store.write(lambda tx: add_pause(tx, paused, "me"))
    assert ids(take(store)) == ["lund", "told"]
    store.write(lambda tx: end_pauses(tx, [paused]))
    assert ids(take(store)) == ["malmo"]


def test_one_operation_can_be_paused_and_the_rest_of_its_lane_goes_on(store: Store) -> None:
    add(store, *some("b", 20))
    add(store, "note", operation="skapa_aktanteckning")
    store.write(lambda tx: add_pause(tx, Selection(operation="registrera_beslut"), "me"))
    assert ids(take(store)) == ["note"]


def test_everything_can_be_paused_once(store: Store) -> None:
    add(store, "malmo")
    add(store, "told", lane=("malmo", "workflow"), operation="notify_workflow")
    assert [store.write(lambda tx: add_pause(tx, Selection(), "me")) for _ in range(2)] == [
        True,
        False,
    ]
    assert take(store) == Taken()
    with store.read() as tx:
        assert [pause.selection for pause in pauses_of(tx)] == [Selection()]


def test_a_silent_vendor_is_tried_with_one_delivery_per_interval(
    store: Store, clock: Clock
) -> None:
    add(store, *some("m", 20))
    break_down(store)
    taken = take(store)
    assert (taken.claims, taken.again_s) == ((), 5)
    clock.forward(5)
    (probe,) = take(store).claims
    assert probe.probe
    assert take(store).claims == ()
    finish(store, probe)
    assert judge(store, Verdict.SILENT).held_until == int(clock.now.timestamp() + 10) * SECOND
    clock.forward(9.9)
    assert take(store).claims == ()
    clock.forward(0.1)
    (probe,) = take(store).claims
    finish(store, probe)
    assert judge(store, Verdict.ANSWERED).state is LaneState.CLOSED
    assert len(take(store).claims) == 10


def test_no_probe_goes_while_something_that_was_begun_before_is_under_way(
    store: Store, clock: Clock
) -> None:
    add(store, *some("m", 20))
    (slow,) = take(store, limit=1).claims
    break_down(store)
    clock.forward(5)
    taken = take(store)
    assert (taken.claims, taken.full) == ((), True)
    finish(store, slow)
    assert len(take(store).claims) == 1


def test_a_probe_whose_worker_died_is_followed_by_another(store: Store, clock: Clock) -> None:
    add(store, *some("m", 20))
    break_down(store)
    clock.forward(5)
    assert len(take(store, lease_s=0).claims) == 1
    clock.forward(4.9)
    store.write(lambda tx: tx.claims.expire(tx.connection, tx.now))
    assert take(store).claims == ()
    clock.forward(0.1)
    assert len(take(store).claims) == 1


def test_a_lane_that_is_down_full_or_paused_holds_up_no_other(store: Store) -> None:
    add(store, *some("m", 20))
    break_down(store)
    add(store, *some("p", 20), lane=("paused", "procapita"))
    store.write(lambda tx: add_pause(tx, Selection(kommun="paused"), "me"))
    add(store, *some("f", 20), lane=("full", "procapita"))
    full = take(store, replace(RULES, concurrency=3)).claims
    assert {claim.kommun for claim in full} == {"full"}
    add(store, *some("l", 3), lane=LUND)
    assert ids(take(store, replace(RULES, concurrency=3))) == some("l", 3)


def test_looking_for_what_is_due_costs_the_same_however_much_is(store: Store) -> None:
    add(store, *some("l", 2), lane=LUND)
    add(store, "note", operation="skapa_aktanteckning")
    costs = []
    for more in ("a", "b"):
        add(store, *some(more, 300))
        costs.append(store.claim(cost_of_looking))
    assert costs[1] <= costs[0] + 2


def cost_of_looking(tx: Tx) -> int:
    """Steps of SQLite's machine in hundreds, or index entries that PostgreSQL read."""
    if tx.connection.dialect.name == "sqlite":
        steps: list[None] = []
        raw: Any = tx.connection.connection.driver_connection
        raw.set_progress_handler(lambda: steps.append(None), 100)
        due_queues(tx.connection, tx.now)
        raw.set_progress_handler(None, 0)
        return len(steps)
    tx.connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
    before = entries_read(tx.connection)
    assert len(due_queues(tx.connection, tx.now)) == 3
    return entries_read(tx.connection) - before


def entries_read(connection: sa.Connection) -> int:
    index = "'ix_deliveries_queue'::regclass"
    return int(connection.scalar(sa.text(f"SELECT pg_stat_get_xact_tuples_returned({index})")) or 0)


def test_a_worker_that_is_frozen_while_it_claims_stops_no_other(
    store: Store, database_url: str
) -> None:
    add(store, "m")
    add(store, "l", lane=LUND)
    finish(store, *take(store).claims)
    add(store, "m2")
    add(store, "l2", lane=LUND)
    if database_url.startswith("sqlite"):
        return  # one writer at a time, and a frozen one holds the whole file
    frozen = sa.create_engine(database_url)
    with frozen.begin() as connection:
        connection.exec_driver_sql("SELECT * FROM lanes WHERE kommun = 'malmo' FOR UPDATE")
        taken = take(store)
        assert ids(taken) == ["l2"]
        assert taken.again_s == BUSY_S
    frozen.dispose()
    assert ids(take(store)) == ["m2"]


def test_every_lane_that_was_ever_served_is_shown(store: Store) -> None:
    add(store, *some("m", 3))
    add(store, "l", lane=LUND)
    take(store)
    judge(store, Verdict.SILENT)
    with store.read() as tx:
        found = [(*lane.key, lane.failures) for lane in lanes_of(tx.connection)]
    assert found == [(*LUND, 0), (*MALMO, 1)]
