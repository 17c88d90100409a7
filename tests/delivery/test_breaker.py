"""What an attempt does to its lane, as a table of values."""

from dataclasses import replace

import pytest

from bbic_bridge.delivery.breaker import Verdict, after, verdict_of
from bbic_bridge.delivery.errors import (
    Ambiguous,
    Contract,
    DeliveryError,
    NeedsPerson,
    Rejected,
    Throttled,
    Transient,
)
from bbic_bridge.delivery.lanes import SECOND, Lane, LaneState, Rules

NOW = 1_800_000_000 * SECOND
RULES = Rules(
    concurrency=4, rate_per_s=0, failures=3, probe_s=5, probe_max_s=60, chance=lambda: 0.5
)
LANE = Lane("malmo", "procapita")
SINCE = NOW - 100 * SECOND
OPEN = replace(LANE, state=LaneState.OPEN, failures=3, changed_at=SINCE, held_until=NOW)
PROBED = replace(OPEN, state=LaneState.HALF_OPEN)


def judged(lane: Lane, *verdicts: Verdict) -> Lane:
    for verdict in verdicts:
        lane = after(lane, verdict, NOW, RULES)
    return lane


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (Transient("connect_failed", unreachable=True), Verdict.SILENT),
        (Ambiguous("timeout", unreachable=True), Verdict.SILENT),
        (Throttled("throttled", unreachable=True), Verdict.SILENT),
        (Contract("malformed"), Verdict.BROKEN),
        (Rejected("EJ_TILLATET"), Verdict.ANSWERED),
        (NeedsPerson("unknown_code"), Verdict.NOTHING),
        (Transient("unauthorised"), Verdict.NOTHING),
        (Ambiguous("internal_error"), Verdict.NOTHING),
    ],
)
def test_what_an_error_tells_of_the_line(error: DeliveryError, verdict: Verdict) -> None:
    assert verdict_of(error) is verdict


def test_failures_in_a_row_open_it_and_the_first_probe_waits_its_interval() -> None:
    assert judged(LANE, *[Verdict.SILENT] * 2).state is LaneState.CLOSED
    opened = judged(LANE, *[Verdict.SILENT] * 3)
    assert (opened.state, opened.changed_at) == (LaneState.OPEN, NOW)
    assert opened.held_until == NOW + 5 * SECOND


def test_an_answer_in_between_begins_the_count_anew() -> None:
    one = (Verdict.SILENT, Verdict.SILENT, Verdict.ANSWERED)
    assert judged(LANE, *one * 5) == LANE


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.NOTHING])
def test_what_one_message_deserves_never_opens_it_nor_counts_as_an_answer(
    verdict: Verdict,
) -> None:
    assert judged(LANE, *[verdict] * 100) == LANE
    assert judged(LANE, Verdict.SILENT, verdict, Verdict.SILENT, verdict).failures == 2


def test_an_answer_closes_it() -> None:
    assert judged(PROBED, Verdict.ANSWERED) == replace(LANE, changed_at=NOW)


@pytest.mark.parametrize("verdict", [Verdict.SILENT, Verdict.BROKEN])
def test_a_probe_without_a_good_answer_doubles_the_interval_up_to_the_cap(
    verdict: Verdict,
) -> None:
    lane, seconds = PROBED, []
    for _ in range(5):
        lane = judged(replace(lane, state=LaneState.HALF_OPEN), verdict)
        assert (lane.state, lane.changed_at) == (LaneState.OPEN, SINCE)
        seconds.append((lane.held_until - NOW) / SECOND)
    assert seconds == [10, 20, 40, 60, 60]


def test_a_probe_that_nobody_was_asked_by_makes_way_for_another_at_once() -> None:
    lane = judged(replace(PROBED, held_until=NOW + 60 * SECOND), Verdict.NOTHING)
    assert (lane.state, lane.probes, lane.is_held(NOW)) == (LaneState.OPEN, 0, False)


def test_what_was_begun_before_it_opened_does_not_lengthen_the_interval() -> None:
    lane = judged(OPEN, Verdict.SILENT)
    assert (lane.held_until, lane.failures) == (OPEN.held_until, OPEN.failures + 1)
    assert judged(OPEN, Verdict.NOTHING) == judged(OPEN, Verdict.BROKEN) == OPEN


def test_jitter_keeps_lanes_apart() -> None:
    soonest, latest = replace(RULES, chance=lambda: 0.0), replace(RULES, chance=lambda: 0.999)
    assert after(PROBED, Verdict.SILENT, NOW, soonest).held_until == NOW + 8 * SECOND
    assert after(PROBED, Verdict.SILENT, NOW, latest).held_until > NOW + 11.9 * SECOND


def test_the_wait_that_a_vendor_asks_for_holds_the_lane_and_is_never_cut_short() -> None:
    held = after(LANE, Verdict.SILENT, NOW, RULES, retry_after=30)
    assert (held.state, held.failures) == (LaneState.CLOSED, 1)
    assert held.held_until == NOW + 30 * SECOND
    shorter = after(held, Verdict.SILENT, NOW, RULES, retry_after=5)
    assert shorter.held_until == NOW + 30 * SECOND
    assert judged(held, Verdict.ANSWERED).held_until == NOW + 30 * SECOND
    opened = after(shorter, Verdict.SILENT, NOW, RULES, retry_after=1)
    assert (opened.state, opened.held_until) == (LaneState.OPEN, NOW + 30 * SECOND)


def test_what_a_clock_that_was_set_back_had_held_it_until_counts_no_more() -> None:
    rules = replace(RULES, failures=9)
    held = after(LANE, Verdict.SILENT, NOW + 86_400 * SECOND, rules, retry_after=1)
    again = after(held, Verdict.SILENT, NOW, rules, retry_after=2)
    assert again.held_until == NOW + 2 * SECOND
    assert after(again, Verdict.SILENT, NOW, rules, retry_after=1).held_until == again.held_until
