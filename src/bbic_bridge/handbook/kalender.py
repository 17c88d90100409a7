"""Calendar months as the law counts them: the same day of another month, or that month's last."""

from calendar import monthrange
from datetime import date

_YEAR = 12


def add_months(day: date, months: int) -> date:
    """The same day so many months on (back, where negative), clamped to the month's end."""
    year, month = divmod(day.year * _YEAR + day.month - 1 + months, _YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
