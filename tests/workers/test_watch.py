"""When a worker is given up, and when it is not: judged by what it does."""

from itertools import count

import pytest

from bbic_bridge.workers.watch import Signs, Step, Watch

STALL_S, BUSY_S, TICK_S = 10.0, 30.0, 1.0


def verdict(
    *, step: Step, claimable: bool, claims: bool = False, moves: bool = False, alive: bool = True
) -> tuple[str | None, float | None]:
    """What is said within a hundred seconds, and after how many."""
    watch = Watch(STALL_S, BUSY_S)
    steps, claimed = count(), count()
    signs = Signs(alive, step, next(steps), next(claimed))
    for second in range(100):
        if moves or claims:
            signs = Signs(
                alive, step, next(steps) + 1, next(claimed) + 1 if claims else signs.claimed
            )
        found = watch.look(TICK_S, signs, claimable=claimable)
        if found is not None:
            return found, second
    return None, None


@pytest.mark.parametrize(
    ("step", "claimable", "moves", "said"),
    [
        # Nothing to do, or nothing that may be done: paused, the vendor down, all at their limit.
        ("idle", False, True, (None, None)),
        ("idle", False, False, (None, None)),
        # All lanes have their hands full within the time that a call may take: see below.
        ("lanes", False, False, (None, None)),
        # The store answers, work is there, and nothing is taken.
        ("idle", True, True, ("claims_nothing", 11)),
        # The pump itself waits for ever.
        ("idle", True, False, ("claims_nothing", 11)),
        # The database neither answers nor refuses; nobody can tell what is due.
        ("store", False, False, ("store_hangs", 11)),
        # It refuses: another process would fare no better.
        ("store", False, True, (None, None)),
        # No call takes this long: the lanes hang.
        ("lanes", True, False, ("lanes_hang", 31)),
    ],
)
def test_what_is_seen_decides(
    step: Step, claimable: bool, moves: bool, said: tuple[str | None, float | None]
) -> None:
    assert verdict(step=step, claimable=claimable, moves=moves) == said


@pytest.mark.parametrize("step", ["idle", "store", "lanes"])
def test_whoever_claims_now_and_then_works(step: Step) -> None:
    assert verdict(step=step, claimable=True, claims=True) == (None, None)


def test_a_pump_that_ended_is_seen_at_once() -> None:
    assert verdict(step="idle", claimable=False, alive=False) == ("pump_ended", 0)


def test_work_that_comes_and_goes_is_taken_by_somebody() -> None:
    watch = Watch(STALL_S, BUSY_S)
    for second in range(100):
        signs = Signs(alive=True, step="idle", steps=second, claimed=0)
        assert watch.look(TICK_S, signs, claimable=second % 9 != 0) is None


def test_lanes_that_are_busy_for_less_than_two_calls_are_left_to_it() -> None:
    watch = Watch(STALL_S, BUSY_S)
    for second in range(200):
        signs = Signs(alive=True, step="lanes", steps=second // 29, claimed=second // 29)
        assert watch.look(TICK_S, signs, claimable=True) is None
