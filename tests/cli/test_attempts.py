"""A delivery's attempts as `deliveries show` prints them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bbic_bridge.cli.attempts import rows
from bbic_bridge.services.views.deliveries import AttemptView

AT = datetime(2026, 1, 1, 9, tzinfo=UTC)


def attempt(action: str, minute: int, **more: Any) -> AttemptView:
    started = AT + timedelta(minutes=minute)
    found = {"error_kind": "ambiguous", "error_code": "not_settled"} | more
    return AttemptView(
        number=1,
        effect=None,
        action=action,
        started_at=started,
        ended_at=started + timedelta(seconds=1),
        outcome="ambiguous",
        **found,
    )


def told(*attempts: AttemptView) -> list[tuple[object, ...]]:
    return [row[2:4] for row in rows(attempts)]


def test_only_look_ups_in_a_row_that_came_to_the_same_are_one_line() -> None:
    assert told(
        attempt("send", 0, error_code="timeout"),
        attempt("send", 1, error_code="timeout"),
        attempt("look_up", 2),
        attempt("look_up", 3),
        attempt("look_up", 4, error_code="http_500"),
        attempt("look_up", 5),
        attempt("verify", 6, error_kind=None, error_code=None),
        attempt("verify", 9, error_kind=None, error_code=None),
    ) == [
        ("send", "2026-01-01 10:00:00 to 10:00:01"),
        ("send", "2026-01-01 10:01:00 to 10:01:01"),
        ("2 look-ups, not found", "2026-01-01 10:02:00 to 10:03:01"),
        ("look-up", "2026-01-01 10:04:00 to 10:04:01"),
        ("look-up, not found", "2026-01-01 10:05:00 to 10:05:01"),
        ("2 read-backs", "2026-01-01 10:06:00 to 10:09:01"),
    ]


def test_a_vendor_s_other_words_are_another_line() -> None:
    assert len(told(attempt("look_up", 0, reason="a"), attempt("look_up", 1, reason="b"))) == 2


def test_another_day_is_written_out() -> None:
    (row,) = told(attempt("look_up", 0), attempt("look_up", 24 * 60))
    assert row[1] == "2026-01-01 10:00:00 to 2026-01-02 10:00:01"
