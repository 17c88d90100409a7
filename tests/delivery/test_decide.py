"""Retry and settle decisions, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from bbic_bridge.delivery import decide
from bbic_bridge.delivery.errors import (
    Ambiguous,
    Contract,
    DeliveryError,
    NeedsPerson,
    Rejected,
    Throttled,
    Transient,
)
from bbic_bridge.delivery.ports import Finding
from bbic_bridge.delivery.states import State
from bbic_bridge.settings import Retry

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RETRY = Retry(base_s=2, factor=2, max_s=60, jitter=0.5, give_up_after_s=3600)
POLICY = decide.Policy(RETRY, settle_s=30, verify_s=600, chance=lambda: 0.5)


def history(**changes: object) -> decide.History:
    values: dict[str, object] = {
        "attempts": 1,
        "checks": 0,
        "first_try_at": NOW,
        "ended_at": NOW,
        **changes,
    }
    return decide.History(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "state", "seconds"),
    [
        (Transient("connect_failed"), State.RETRYING, 2),
        (Throttled("http_429", retry_after=45), State.RETRYING, 45),
        (Throttled("http_429"), State.RETRYING, 2),
        (Ambiguous("read_timeout"), State.AMBIGUOUS, 0),
        (Contract("malformed"), State.AMBIGUOUS, 0),
        (Rejected("OPPEN_RESURS"), State.FAILED, None),
        (NeedsPerson("unknown_code"), State.WITH_PERSON, None),
    ],
)
def test_after_an_error(error: DeliveryError, state: State, seconds: float | None) -> None:
    then = decide.after_error(error, history(), NOW, POLICY)
    assert then.state is state
    assert then.due_at == (None if seconds is None else NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [
        (1, 0.5, 2),
        (2, 0.5, 4),
        (3, 0.5, 8),
        (6, 0.5, 60),
        (500, 0.5, 60),
        (1, 0, 1),
        (2, 0.999, 5.996),
    ],
)
def test_the_delay_doubles_with_jitter_up_to_its_maximum(
    attempt: int, chance: float, seconds: float
) -> None:
    assert decide.retry_delay(attempt, RETRY, chance) == pytest.approx(seconds)


def test_it_gives_up_when_the_next_try_would_be_too_late() -> None:
    then = decide.after_error(
        Transient("connect_failed"),
        history(attempts=9, first_try_at=NOW - timedelta(seconds=3550)),
        NOW,
        POLICY,
    )
    assert (then.state, then.code) == (State.FAILED, "gave_up")


@pytest.mark.parametrize(
    ("outcome", "ended_s_ago", "state"),
    [
        ("found", 0, State.VERIFIED),
        ("found", 100, State.VERIFIED),
        ("absent", 0, State.AMBIGUOUS),
        ("absent", 29.9, State.AMBIGUOUS),
        ("absent", 30, State.RETRYING),
        ("several", 100, State.WITH_PERSON),
        ("unknowable", 0, State.WITH_PERSON),
    ],
)
def test_a_look_up(outcome: str, ended_s_ago: float, state: State) -> None:
    ended = NOW - timedelta(seconds=ended_s_ago)
    then = decide.after_look_up(
        Finding(outcome),  # type: ignore[arg-type]
        history(ended_at=ended, absent_for_s=ended_s_ago, first_try_at=ended),
        NOW,
        POLICY,
    )
    assert then.state is state


@pytest.mark.parametrize(
    ("absent_s_ago", "state"),
    [(None, State.AMBIGUOUS), (29.9, State.AMBIGUOUS), (30, State.RETRYING)],
)
def test_a_vendor_that_stood_still_is_asked_twice(absent_s_ago: float | None, state: State) -> None:
    """Its first answer may come before it has taken up what was waiting in its queue."""
    past = history(ended_at=NOW - timedelta(seconds=500), absent_for_s=absent_s_ago)
    then = decide.after_look_up(Finding("absent"), past, NOW, POLICY)
    assert (then.state, then.absent) == (state, absent_s_ago is None)


def test_an_unsettled_look_up_is_repeated_no_later_than_when_it_settles() -> None:
    ended = NOW - timedelta(seconds=29)
    then = decide.after_look_up(
        Finding("absent"), history(ended_at=ended, absent_for_s=29, checks=9), NOW, POLICY
    )
    assert then.due_at == ended + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("found", State.VERIFIED),
        ("absent", State.RETRYING),
        ("unknowable", State.RETRYING),
        ("several", State.WITH_PERSON),
    ],
)
def test_what_the_vendor_refused_need_not_settle(outcome: str, state: State) -> None:
    refused = history(ended_at=NOW, refused=True)
    then = decide.after_look_up(Finding(outcome), refused, NOW, POLICY)  # type: ignore[arg-type]
    assert then.state is state
    if state is State.RETRYING:
        assert then.due_at == NOW


def test_a_broken_answer_whose_effect_is_absent_is_a_persons_matter() -> None:
    ended = NOW - timedelta(seconds=31)
    then = decide.after_look_up(
        Finding("absent"), history(ended_at=ended, absent_for_s=31, contract=True), NOW, POLICY
    )
    assert (then.state, then.code) == (State.FAILED, "broken_answer")


def test_accepted_but_not_seen_waits_then_fails_as_unverified() -> None:
    waiting = decide.after_accepted(Finding("absent"), history(), NOW, POLICY)
    assert waiting.state is State.SENT
    late = history(ended_at=NOW - timedelta(seconds=600))
    assert decide.after_accepted(None, late, NOW, POLICY).code == "unverified"
