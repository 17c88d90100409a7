"""The retry times that the operations page prints are those that the defaults lead to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bbic_bridge.delivery import decide
from bbic_bridge.delivery.errors import Transient
from bbic_bridge.delivery.states import State
from bbic_bridge.settings import Retry

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
RETRY = Retry()
POLICY = decide.Policy(RETRY, settle_s=0, verify_s=0, chance=lambda: 0.5)
DOCS = Path(__file__).parents[2] / "docs" / "operations.md"


def words(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s".replace(".0 ", " ")
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def tries() -> Iterator[tuple[int, datetime | None]]:
    """Each try and when it is made, jitter at its middle; in the end None for giving up."""
    now, number = FIRST, 1
    while True:
        yield number, now
        history = decide.History(number, 0, first_try_at=FIRST, ended_at=now)
        then = decide.after_error(Transient("connect_failed"), history, now, POLICY)
        number += 1
        if then.state is State.FAILED or then.due_at is None:
            yield number, None
            return
        now = then.due_at


def table() -> Iterator[str]:
    """A line for each try until the longest pause is reached, and one for all after it."""
    yield "| try | after the one before | since the first, about |"
    yield "|---|---|---|"
    made = list(tries())
    for number, at in made[1:-1]:
        assert at is not None
        delay = decide.retry_delay(number - 1, RETRY, 0.5)
        least, most = (decide.retry_delay(number - 1, RETRY, chance) for chance in (0, 1))
        span = f"{words(least)} to {words(most)}"
        if delay == RETRY.max_s:
            yield f"| {number} to {made[-2][0]} | {span} each | {words(RETRY.give_up_after_s)} |"
            break
        yield f"| {number} | {span} | {words((at - FIRST).total_seconds())} |"
    yield f"| none after {words(RETRY.give_up_after_s)} | | `failed`, as `gave_up` |"


def test_the_page_prints_the_times_that_the_defaults_lead_to() -> None:
    assert "\n".join(table()) in DOCS.read_text(encoding="utf-8")


def test_trying_ends_and_not_before_its_time() -> None:
    made = [at for _, at in tries() if at is not None]
    spent = (made[-1] - FIRST).total_seconds()
    assert RETRY.give_up_after_s - RETRY.max_s < spent <= RETRY.give_up_after_s
