from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bbic_bridge.handbook.dokument.bas import Namn, Text, las_datum, las_tid

MOMENT = datetime(2026, 3, 3, 13, tzinfo=UTC)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_is_read_from_its_text_or_itself(day: date) -> None:
    assert las_datum(day.isoformat()) == las_datum(day) == day


@pytest.mark.parametrize(
    "value",
    [MOMENT, "2026-3-3", "2026-W10-2", "20260303", " 2026-03-03", "1899-12-31", "2200-01-01", None],
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"date|years"):
        las_datum(value)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-03T13:00:00Z",
        "2026-03-03t13:00:00.000000000z",
        "2026-03-03T14:00:00+01:00",
        "2026-03-03T08:30:00-04:30",
    ],
)
def test_a_moment_is_read_from_its_text_or_itself(text: str) -> None:
    assert las_tid(text) == las_tid(MOMENT) == MOMENT


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 3, 3, 13),  # noqa: DTZ001 - that it lacks an offset is the point
        date(2026, 3, 3),
        "2026-03-03T13:00:00",
        "2026-03-03 13:00:00Z",
        "2026-03-03T13:00Z",
        "2026-03-03T25:00:00Z",
        "2026-03-03T13:00:00+24:00",
        "1899-12-31T13:00:00Z",
        1772542800,
    ],
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"date and time|moment|years"):
        las_tid(value)


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_text_that_xml_cannot_carry_is_refused(sign: str) -> None:
    with pytest.raises(ValidationError, match="XML"):
        TypeAdapter(Text).validate_python(f"a{sign}b")


@pytest.mark.parametrize("sign", ["\t", "\n", "\r", "\x7f", "\ud7ff", "\ue000", "\U0010ffff"])
def test_text_that_xml_can_carry_is_kept(sign: str) -> None:
    assert TypeAdapter(Text).validate_python(f"a{sign}b") == f"a{sign}b"


def test_text_is_neither_blank_nor_too_long() -> None:
    assert len(TypeAdapter(Namn).validate_python("n" * 120)) == 120
    for wrong in ("", " \n", "n" * 121):
        with pytest.raises(ValidationError):
            TypeAdapter(Namn).validate_python(wrong)
