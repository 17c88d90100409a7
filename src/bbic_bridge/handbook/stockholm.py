"""Legal dates and clock times are those of Europe/Stockholm."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def stockholm_date(moment: datetime) -> date:
    """The legal date of an aware moment."""
    return moment.astimezone(STOCKHOLM).date()


def in_words(moment: datetime) -> str:
    """An aware moment as a note says it: ``2026-03-03 kl. 14.00``."""
    return moment.astimezone(STOCKHOLM).strftime("%Y-%m-%d kl. %H.%M")
