"""Who is at work, and whose turn it is: on a clock that no one can set back."""

from datetime import timedelta

from bbic_bridge.store.parts import Part, forget_part, keep_turn, parts_of, take_turn, tell_part
from bbic_bridge.store.store import Store
from tests.stores import Clock


def part(name: str, **told: float | None) -> Part:
    ages = {"seen_s": 0.0, "looked_s": None, "claimed_s": None} | told
    return Part(name, "worker", "host", 7, 1, **ages)  # type: ignore[arg-type]


def test_what_a_process_tells_last_is_known(store: Store) -> None:
    store.write(lambda tx: tell_part(tx, part("a")))
    store.write(lambda tx: tell_part(tx, part("a", looked_s=2, claimed_s=50)))
    with store.read() as tx:
        (known,) = parts_of(tx)
    assert (known.id, known.kind, known.host, known.pid) == ("a", "worker", "host", 7)
    assert 0 <= known.seen_s < 30
    assert 2 <= (known.looked_s or 0) < 32
    assert 50 <= (known.claimed_s or 0) < 80
    store.write(lambda tx: forget_part(tx, "a"))
    with store.read() as tx:
        assert parts_of(tx) == []


def test_a_wall_clock_that_jumps_makes_nobody_look_dead(store: Store, clock: Clock) -> None:
    store.write(lambda tx: tell_part(tx, part("a")))
    for jump in (timedelta(days=400), timedelta(days=-800)):
        clock.now += jump
        with store.read() as tx:
            assert parts_of(tx)[0].seen_s < 30
        assert store.write(lambda tx: take_turn(tx, "x", 60)) is (jump.days > 0)


def test_a_turn_is_one_processs_at_a_time(store: Store) -> None:
    assert store.write(lambda tx: take_turn(tx, "x", 60))
    assert not store.write(lambda tx: take_turn(tx, "x", 60))
    assert store.write(lambda tx: take_turn(tx, "y", -1))
    assert store.write(lambda tx: take_turn(tx, "y", -1))
    store.write(lambda tx: keep_turn(tx, "y", 60))
    assert not store.write(lambda tx: take_turn(tx, "y", 60))
