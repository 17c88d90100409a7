"""Claims are atomic, leased and fenced, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bbic_bridge.delivery.lanes import Rules
from bbic_bridge.delivery.states import State
from bbic_bridge.security.envelope import RootKeys
from bbic_bridge.store import engine
from bbic_bridge.store.claims import Claim, LeaseLost
from bbic_bridge.store.deliveries import NewDelivery, add_delivery
from bbic_bridge.store.migrate import migrate
from bbic_bridge.store.overview import get_delivery
from bbic_bridge.store.store import Store
from bbic_bridge.store.taking import BUSY_S
from bbic_bridge.store.tx import Tx
from tests.stores import Clock

UNLIMITED = Rules(
    concurrency=0, rate_per_s=0, failures=5, probe_s=5, probe_max_s=60, chance=lambda: 0.5
)


def new(name: str) -> NewDelivery:
    return NewDelivery(
        id=name,
        kommun="malmo",
        arende="A-1",
        system="procapita",
        operation="registrera_beslut",
        event_row="e",
        event_type="se.bbic.beslut.fattat",
        payload={"beslut_id": name},
    )


def add(store: Store, *names: str) -> None:
    def job(tx: Tx) -> None:
        for name in names:
            add_delivery(tx, new(name))

    store.write(job)


def take(store: Store, limit: int = 10, lease_s: float = 60) -> list[Claim]:
    """What a worker gets that asks again for a lane that another is just taking from."""
    while True:
        taken = store.claim(
            lambda tx: tx.claims.take(tx.connection, tx.now, limit, lease_s, lambda *_: UNLIMITED)
        )
        if taken.claims or taken.again_s != BUSY_S:
            return list(taken.claims)


def begin(store: Store, claim: Claim, needed_s: float = 1) -> None:
    store.write(lambda tx: tx.claims.begin(tx.connection, claim, needed_s, tx.now))


def finish(store: Store, claim: Claim, state: State, *, due: bool = False) -> None:
    def job(tx: Tx) -> None:
        values = {"state": state.value, "due_at": tx.now if due else None}
        tx.claims.finish(tx.connection, claim, values)

    store.write(job)


def expire(store: Store) -> list[tuple[str, str]]:
    return store.write(lambda tx: tx.claims.expire(tx.connection, tx.now))


def state(store: Store, name: str) -> str:
    with store.read() as tx:
        row = get_delivery(tx, name)
    assert row is not None
    return str(row.state)


def attempts(store: Store, name: str) -> int:
    with store.read() as tx:
        row = get_delivery(tx, name)
    assert row is not None
    return int(row.attempts)


def test_a_claim_takes_no_more_than_its_limit_and_nobody_takes_it_twice(store: Store) -> None:
    names = [f"d{number:03}" for number in range(60)]
    add(store, *names)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(store, limit=7), range(16)))
    assert all(len(claims) <= 7 for claims in taken)
    ids = [claim.id for claims in taken for claim in claims]
    assert sorted(ids) == names


def test_a_claim_is_not_due_again_until_it_is_finished(store: Store) -> None:
    add(store, "d")
    (claim,) = take(store)
    assert claim.was is State.READY
    assert state(store, "d") == "claimed"
    assert take(store) == []


def test_what_is_due_later_is_not_claimed_before(store: Store, clock: Clock) -> None:
    add(store, "d")
    (claim,) = take(store)
    later = {"state": "retrying", "due_at": claim.ended_at}
    with store.read() as tx:
        later["due_at"] = tx.now + 5_000_000
    store.write(lambda tx: tx.claims.finish(tx.connection, claim, later))
    assert take(store) == []
    clock.forward(5)
    assert [again.id for again in take(store)] == ["d"]


def test_the_attempt_is_counted_before_the_call(store: Store) -> None:
    add(store, "d")
    (claim,) = take(store)
    begin(store, claim)
    assert attempts(store, "d") == 1


def test_nothing_is_sent_unless_the_lease_covers_the_whole_request(store: Store) -> None:
    add(store, "d")
    (claim,) = take(store, lease_s=5)
    with pytest.raises(LeaseLost):
        begin(store, claim, needed_s=6)
    assert attempts(store, "d") == 0


def test_a_lost_lease_can_never_write(store: Store) -> None:
    add(store, "d")
    (old,) = take(store, lease_s=0)
    assert expire(store) == [("d", "registrera_beslut")]
    (fresh,) = take(store)
    with pytest.raises(LeaseLost):
        finish(store, old, State.FAILED)
    assert state(store, "d") == "claimed"
    finish(store, fresh, State.VERIFIED)
    assert state(store, "d") == "verified"


def test_a_lost_lease_can_never_begin(store: Store) -> None:
    """Whoever was away too long sends nothing while another has it."""
    add(store, "d")
    (old,) = take(store, lease_s=0)
    expire(store)
    (fresh,) = take(store)
    with pytest.raises(LeaseLost):
        begin(store, old)
    begin(store, fresh)
    assert attempts(store, "d") == 1


def test_a_lease_that_has_run_out_writes_nothing(store: Store) -> None:
    """Also before anybody has noticed that it has."""
    add(store, "d")
    (late,) = take(store, lease_s=0)
    with pytest.raises(LeaseLost):
        finish(store, late, State.VERIFIED)
    assert state(store, "d") == "claimed"


def test_a_lease_from_before_a_restart_of_the_machine_is_nobody_s(
    tmp_path: Path, roots: RootKeys, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's leases are told by a clock that begins anew when the machine is started."""
    url = f"sqlite:///{tmp_path}/bridge.db"
    boot = tmp_path / "boot_id"
    monkeypatch.setattr(engine, "_BOOT_ID", boot)
    migrate(url)
    boot.write_text("first")
    with closing(Store(url, roots, clock)) as before:
        before.open(["malmo"])
        add(before, "d")
        (claim,) = take(before)
    boot.write_text("second")
    with closing(Store(url, roots, clock)) as after:
        with pytest.raises(LeaseLost):
            begin(after, claim)
        with pytest.raises(LeaseLost):
            finish(after, claim, State.VERIFIED)
        assert expire(after) == [("d", "registrera_beslut")]
        assert [one.id for one in take(after)] == ["d"]


def test_an_expired_claim_that_had_not_begun_is_ready_again(store: Store) -> None:
    add(store, "d")
    take(store, lease_s=0)
    expire(store)
    assert state(store, "d") == "ready"


def test_an_expired_claim_that_had_begun_sending_is_ambiguous(store: Store) -> None:
    add(store, "d")
    (claim,) = take(store, lease_s=0)
    begin(store, claim, needed_s=-1)
    expire(store)
    assert state(store, "d") == "ambiguous"
    (again,) = take(store)
    assert again.was is State.AMBIGUOUS


@pytest.mark.parametrize("ends", ["given_back", "expired"])
def test_a_look_up_that_nobody_ended_is_made_again_and_nothing_is_sent(
    store: Store, ends: str
) -> None:
    """What may be at the vendor never becomes something to send by a worker's end."""
    add(store, "d")
    (claim,) = take(store)
    finish(store, claim, State.AMBIGUOUS, due=True)
    looking = take(store, lease_s=60 if ends == "given_back" else 0)
    assert [one.was for one in looking] == [State.AMBIGUOUS]
    if ends == "given_back":
        store.write(lambda tx: tx.claims.release(tx.connection, looking, tx.now))
    else:
        expire(store)
    assert state(store, "d") == "ambiguous"
    (again,) = take(store)
    assert not again.is_to_send


def test_a_lease_that_still_runs_does_not_expire(store: Store) -> None:
    add(store, "d")
    take(store, lease_s=60)
    assert expire(store) == []


def test_unstarted_claims_are_given_back_as_they_were(store: Store) -> None:
    add(store, "d")
    claims = take(store)
    store.write(lambda tx: tx.claims.release(tx.connection, claims, tx.now))
    assert state(store, "d") == "ready"
    assert [claim.id for claim in take(store)] == ["d"]


def test_the_longest_due_is_claimed_first(store: Store, clock: Clock) -> None:
    add(store, "young-a")
    clock.forward(-10)
    add(store, "old")
    clock.forward(20)
    assert [claim.id for claim in take(store, limit=1)] == ["old"]
