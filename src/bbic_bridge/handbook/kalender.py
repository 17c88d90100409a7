"""Days and calendar months as the law counts them; both stay within the calendar.

A month on is the same day of that month, or its last. A date far off, which some systems write
for "no end", counts as the calendar's own end.
"""

from calendar import monthrange
from datetime import date

_YEAR = 12


def add_months(day: date, months: int) -> date:
    """The same day so many months on (back, where negative), clamped to the month's end."""
    year, month = divmod(day.year * _YEAR + day.month - 1 + months, _YEAR)
    if not date.min.year <= year <= date.max.year:
        return date.min if months < 0 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """So many days on (back, where negative)."""
    number = day.toordinal() + days
    return date.fromordinal(min(max(number, date.min.toordinal()), date.max.toordinal()))
