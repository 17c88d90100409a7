"""What a lane has room for, as a table of values."""

from dataclasses import replace

import pytest

from bbic_bridge.delivery.lanes import (
    SECOND,
    Lane,
    LaneState,
    Rules,
    fetch,
    fetched,
    is_full,
    room,
    taken,
    wait_s,
)

NOW = 1_800_000_000 * SECOND
RULES = Rules(
    concurrency=4, rate_per_s=0, failures=3, probe_s=5, probe_max_s=60, chance=lambda: 0.5
)
LANE = Lane("malmo", "procapita")
OPEN = replace(LANE, state=LaneState.OPEN)
HELD = replace(LANE, held_from=NOW - SECOND, held_until=NOW + 9 * SECOND)


@pytest.mark.parametrize(
    ("lane", "leased", "expected"),
    [
        (LANE, 0, 4),
        (LANE, 3, 1),
        (LANE, 4, 0),
        (LANE, 9, 0),
        (HELD, 0, 0),
        (replace(HELD, held_until=NOW), 0, 4),
        (OPEN, 0, 1),
        (OPEN, 1, 0),
        (replace(OPEN, state=LaneState.HALF_OPEN), 0, 1),
        (replace(OPEN, state=LaneState.HALF_OPEN), 1, 0),
        (replace(HELD, state=LaneState.OPEN), 0, 0),
    ],
)
def test_room(lane: Lane, leased: int, expected: int) -> None:
    assert room(lane, leased, NOW, RULES) == expected


def test_without_limits_there_is_room_for_any_number() -> None:
    assert room(LANE, 1000, NOW, replace(RULES, concurrency=0)) is None


def test_a_clock_that_was_set_back_holds_nobody() -> None:
    assert room(HELD, 0, NOW - 3600 * SECOND, RULES) == 4
    assert room(HELD, 0, NOW - 2 * SECOND, RULES) == 0, "another machine's, that is a little slow"


def test_a_rate_is_kept_and_what_was_not_used_is_saved_for_a_second() -> None:
    rules = replace(RULES, concurrency=0, rate_per_s=10)
    assert room(LANE, 0, NOW, rules) == 10
    lane = taken(LANE, 10, NOW, rules)
    assert room(lane, 0, NOW, rules) == 0
    assert wait_s(lane, NOW, rules) == pytest.approx(0.1)
    assert room(lane, 0, NOW + SECOND // 2, rules) == 5
    assert room(lane, 0, NOW + 3600 * SECOND, rules) == 10
    assert room(lane, 0, NOW - SECOND, rules) == 0, "another machine's, that is a little slow"


def test_a_clock_that_was_set_back_withholds_no_rate() -> None:
    rules = replace(RULES, concurrency=0, rate_per_s=10)
    lane = taken(LANE, 10, NOW + 3600 * SECOND, rules)
    assert wait_s(lane, NOW, rules) is None
    assert room(taken(lane, 10, NOW, rules), 0, NOW, rules) == 0


def test_a_rate_below_one_a_second_lets_one_through() -> None:
    rules = replace(RULES, rate_per_s=0.5)
    lane = taken(LANE, 1, NOW, rules)
    assert (room(lane, 0, NOW + SECOND, rules), room(lane, 0, NOW + 2 * SECOND, rules)) == (0, 1)


def test_what_is_taken_from_an_open_lane_is_a_probe_and_the_next_waits_its_interval() -> None:
    lane = taken(replace(OPEN, probes=2), 1, NOW, RULES)
    assert lane.state is LaneState.HALF_OPEN
    assert lane.held_until == NOW + 20 * SECOND
    assert wait_s(lane, NOW, RULES) == 20


def test_what_nothing_is_taken_from_stays_as_it_was() -> None:
    assert taken(OPEN, 0, NOW, RULES) == OPEN


@pytest.mark.parametrize(
    ("lane", "leased", "full"),
    [(LANE, 3, False), (LANE, 4, True), (OPEN, 0, False), (OPEN, 1, True)],
)
def test_a_lane_is_full_where_the_end_of_one_makes_room(
    lane: Lane, leased: int, full: bool
) -> None:
    assert is_full(lane, leased, RULES) is full


def test_a_question_about_changes_takes_a_place_and_gives_it_back() -> None:
    lane, may_ask = fetch(LANE, 0, NOW, NOW + 9 * SECOND, RULES, mine=False)
    assert may_ask
    assert room(lane, 3, NOW, RULES) == 0
    assert room(fetched(lane), 3, NOW, RULES) == 1
    assert room(lane, 3, NOW + 9 * SECOND, RULES) == 1, "whoever had it is gone"
    assert room(lane, 3, NOW - 3600 * SECOND, RULES) == 1, "a clock that was set back"


def test_a_question_waits_for_a_place_that_nothing_else_takes_then() -> None:
    lane, may_ask = fetch(LANE, 4, NOW, NOW + 9 * SECOND, RULES, mine=False)
    assert not may_ask
    assert room(lane, 3, NOW, RULES) == 0
    assert fetch(lane, 3, NOW, NOW + 9 * SECOND, RULES, mine=True)[1]
    assert fetch(lane, 3, NOW, NOW + 9 * SECOND, RULES, mine=False) == (lane, False)


def test_a_question_is_counted_against_the_rate() -> None:
    rules = replace(RULES, rate_per_s=1)
    lane, may_ask = fetch(LANE, 0, NOW, NOW + 9 * SECOND, rules, mine=False)
    assert may_ask
    assert room(lane, 0, NOW, rules) == 0
    assert not fetch(lane, 0, NOW, NOW + 9 * SECOND, rules, mine=True)[1]
    assert fetch(lane, 0, NOW + SECOND, NOW + 9 * SECOND, rules, mine=True)[1]


def test_a_question_is_held_by_retry_after_and_not_by_an_open_breaker() -> None:
    assert not fetch(HELD, 0, NOW, NOW + 9 * SECOND, RULES, mine=False)[1]
    silent = replace(HELD, state=LaneState.OPEN)
    assert fetch(silent, 0, NOW, NOW + 9 * SECOND, RULES, mine=False)[1]
