from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbic_bridge.handbook.kalender import add_days, add_months

DAGAR = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_a_month_on_is_the_same_day_or_the_months_last(day: date, months: int, there: date) -> None:
    assert add_months(day, months) == there


@given(DAGAR, st.integers(-120, 120))
def test_only_a_day_that_the_month_lacks_is_moved(day: date, months: int) -> None:
    there = add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    assert there.day == min(day.day, monthrange(there.year, there.month)[1])


@given(st.dates(), st.integers(-1_000_000, 1_000_000))
def test_neither_days_nor_months_lead_out_of_the_calendar(day: date, many: int) -> None:
    for there in (add_days(day, many), add_months(day, many)):
        assert (there >= day) if many >= 0 else (there <= day)
    assert add_days(date.max, 1) == add_months(date.max, 1) == date.max
    assert add_days(date.min, -1) == add_months(date.min, -1) == date.min


@given(DAGAR, st.integers(-2000, 2000))
def test_days_are_counted_one_by_one(day: date, days: int) -> None:
    assert (add_days(day, days) - day).days == days
