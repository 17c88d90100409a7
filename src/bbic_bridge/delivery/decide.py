"""What happens to a delivery after an attempt or a look-up. Pure: values in, a ``Next`` out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bbic_bridge.delivery.errors import (
    Ambiguous,
    DeliveryError,
    NeedsPerson,
    Rejected,
    Throttled,
    Transient,
)
from bbic_bridge.delivery.ports import Finding
from bbic_bridge.delivery.states import State

LOOK_AGAIN_FIRST_S = 0.25
LOOK_AGAIN_MAX_S = 60.0


class RetryPolicy(Protocol):
    """Exponential backoff with jitter; all times in seconds."""

    @property
    def base_s(self) -> float: ...
    @property
    def factor(self) -> float: ...
    @property
    def max_s(self) -> float: ...
    @property
    def jitter(self) -> float: ...
    @property
    def give_up_after_s(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """How one kommun's vendor is treated. ``chance`` gives a number in [0, 1)."""

    retry: RetryPolicy
    settle_s: float
    verify_s: float
    chance: Callable[[], float]


@dataclass(frozen=True, slots=True)
class History:
    """What has been: attempts made (this one counted), look-ups made since, and when.

    ``ended_at`` is when the last attempt to send ended; ``absent_for_s`` how long ago a look-up
    since was first answered that there is no effect, by a clock that nobody sets; ``contract`` that
    the attempt ended in an answer that broke the contract; ``refused`` that it ended in the
    vendor's definite no.
    """

    attempts: int
    checks: int
    first_try_at: datetime
    ended_at: datetime
    absent_for_s: float | None = None
    contract: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """The state to go to; ``due_at`` when to look at it again, None for never by itself.

    ``absent``: the vendor has answered for the first time that there is no effect.
    """

    state: State
    due_at: datetime | None = None
    kind: str | None = None
    code: str | None = None
    done: bool = False
    absent: bool = False


def after_error(error: DeliveryError, history: History, now: datetime, policy: Policy) -> Next:
    """After an attempt to send that did not end well (architecture: errors have kinds)."""
    match error:
        case Ambiguous():
            return Next(State.AMBIGUOUS, now, error.kind, error.code)
        case Rejected():
            return Next(State.FAILED, None, error.kind, error.code)
        case NeedsPerson():
            return Next(State.WITH_PERSON, None, error.kind, error.code)
        case _:
            return _again(error, history, now, policy)


def after_accepted(
    finding: Finding | None, history: History, now: datetime, policy: Policy
) -> Next:
    """The vendor accepted. Done once read back; failed as unverified when that takes too long."""
    if finding is not None and finding.outcome == "found":
        return Next(State.VERIFIED, done=True)
    if finding is not None and finding.outcome == "several":
        return Next(State.WITH_PERSON, None, "with_person", "several_matches")
    if now - history.ended_at >= timedelta(seconds=policy.verify_s):
        return Next(State.FAILED, None, "contract", "unverified")
    return Next(State.SENT, now + timedelta(seconds=_look_again(history.checks)))


def after_look_up(finding: Finding, history: History, now: datetime, policy: Policy) -> Next:
    """A delivery whose outcome was unknown has been looked up.

    A positive answer counts at once; a negative one only ``settle_s`` after the first one, because
    the request may still be on its way inside the vendor: one that stood still, and begins to
    answer again, may have it in its queue. What the vendor has
    refused is on no such way: it is sent again at once, unless it is found.
    """
    if finding.outcome == "found":
        return Next(State.VERIFIED, done=True)
    if finding.outcome == "several":
        return Next(State.WITH_PERSON, None, "with_person", "several_matches")
    if history.refused:
        return Next(State.RETRYING, now, Transient.kind, "looked_up_absent")
    if finding.outcome == "unknowable":
        return Next(State.WITH_PERSON, None, "with_person", "outcome_unknown")
    return _absent(history, now, policy)


def _absent(history: History, now: datetime, policy: Policy) -> Next:
    left_s = policy.settle_s - (history.absent_for_s or 0)
    if left_s > 0:
        due = now + timedelta(seconds=min(_look_again(history.checks), left_s))
        first = history.absent_for_s is None
        return Next(State.AMBIGUOUS, due, "ambiguous", "not_settled", absent=first)
    if history.contract:
        return Next(State.FAILED, None, "contract", "broken_answer")
    return _again(Transient("looked_up_absent"), history, now, policy)


def cannot_ask(error: DeliveryError, history: History, now: datetime) -> Next:
    """The vendor could not be asked: the outcome stays unknown, and visible as such."""
    due = now + timedelta(seconds=max(_look_again(history.checks), error.retry_after or 0))
    return Next(State.AMBIGUOUS, due, "ambiguous", error.code)


def retry_delay(attempt: int, policy: RetryPolicy, chance: float) -> float:
    """Seconds before attempt ``attempt + 1``; ``chance`` in [0, 1) places it in the jitter."""
    plain = min(policy.max_s, policy.base_s * policy.factor ** min(attempt - 1, 64))
    return float(plain * (1 + policy.jitter * (2 * chance - 1)))


def _again(error: DeliveryError, history: History, now: datetime, policy: Policy) -> Next:
    delay = retry_delay(max(history.attempts, 1), policy.retry, policy.chance())
    if isinstance(error, Throttled) and error.retry_after is not None:
        delay = max(delay, error.retry_after)
    due = now + timedelta(seconds=delay)
    if due - history.first_try_at > timedelta(seconds=policy.retry.give_up_after_s):
        return Next(State.FAILED, None, error.kind, "gave_up")
    return Next(State.RETRYING, due, error.kind, error.code)


def _look_again(checks: int) -> float:
    return float(min(LOOK_AGAIN_MAX_S, LOOK_AGAIN_FIRST_S * 2 ** min(checks, 32)))
