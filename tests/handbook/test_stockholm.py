from datetime import UTC, date, datetime

import pytest

from bbic_bridge.handbook.stockholm import in_words, stockholm_date


@pytest.mark.parametrize(
    ("moment", "day", "words"),
    [
        ("2026-07-03T22:30:00", date(2026, 7, 4), "2026-07-04 kl. 00.30"),
        ("2026-12-31T23:00:00", date(2027, 1, 1), "2027-01-01 kl. 00.00"),
        ("2026-12-31T22:59:00", date(2026, 12, 31), "2026-12-31 kl. 23.59"),
    ],
)
def test_the_legal_day_turns_at_swedish_midnight(moment: str, day: date, words: str) -> None:
    utc = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert stockholm_date(utc) == day
    assert in_words(utc) == words
