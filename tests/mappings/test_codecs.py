"""How single values are written and read back."""

from typing import Any

import pytest

from bbic_bridge.mappings import codecs
from bbic_bridge.mappings.codecs import Codec

VALUES = [
    (codecs.TEXT, " å\r\n", " å\r\n"),
    (codecs.DATE, "2024-02-29", "2024-02-29"),
    (codecs.DATETIME, "2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"),
    (codecs.DATETIME, "2026-03-01T09:00:00.120000+01:00", "2026-03-01T09:00:00.120000+01:00"),
    (codecs.LOCAL_DATETIME, "2026-03-01T09:00:00+01:00", "2026-03-01T09:00:00"),
    (codecs.LOCAL_DATETIME, "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00"),
    (codecs.INT, -7, "-7"),
    (codecs.DECIMAL, "12.50", "12.50"),
    (codecs.bool_codec(), False, "false"),
    (codecs.bool_codec("Ja", "Nej"), True, "Ja"),
    (codecs.code_codec({"hvb": "7"}), "hvb", "7"),
    (codecs.PERSONNUMMER, "201401012396", "201401012396"),
    (codecs.DASHED_PERSONNUMMER, "201401012396", "20140101-2396"),
    (codecs.DASHED_PERSONNUMMER, "198300662395", "19830066-2395"),
    (codecs.DASHED_PERSONNUMMER, "20140101TF12", "20140101-TF12"),
]


@pytest.mark.parametrize(("codec", "ours", "theirs"), VALUES)
def test_both_ways(codec: Codec, ours: Any, theirs: str) -> None:
    assert codec.encode(ours) == theirs
    assert codec.decode(theirs) == ours


@pytest.mark.parametrize(
    ("codec", "theirs", "ours"),
    [
        (codecs.DATE, " 2026-03-01 ", "2026-03-01"),
        (codecs.DATETIME, "2026-03-01T09:00:00.1234567+00:00", "2026-03-01T09:00:00.123456Z"),
        (codecs.LOCAL_DATETIME, "2026-07-01T09:00:00", "2026-07-01T09:00:00+02:00"),
        (codecs.INT, " +7 ", 7),
        (codecs.DECIMAL, " +12.5 ", "12.5"),
        (codecs.bool_codec(), "1", True),
        (codecs.bool_codec(), "0", False),
        (codecs.PERSONNUMMER, "20140101-2396", "201401012396"),
    ],
)
def test_other_forms_are_read(codec: Codec, theirs: str, ours: Any) -> None:
    assert codec.decode(theirs) == ours


@pytest.mark.parametrize(
    ("codec", "ours"),
    [
        (codecs.LOCAL_DATETIME, "2026-07-01T07:00:00Z"),
        (codecs.LOCAL_DATETIME, "2026-07-01T09:00:00+02:00"),
        (codecs.LOCAL_DATETIME, "2026-07-01T12:30:00+05:30"),
    ],
)
def test_one_moment_is_one_time_on_the_clock(codec: Codec, ours: str) -> None:
    assert codec.encode(ours) == "2026-07-01T09:00:00"


@pytest.mark.parametrize(
    ("codec", "ours"),
    [
        (codecs.TEXT, 7),
        (codecs.TEXT, b"x"),
        (codecs.DATE, "2026-3-1"),
        (codecs.DATE, "2026-03-01T00:00:00"),
        (codecs.DATE, "2026-W10-1"),
        (codecs.DATETIME, "2026-03-01T09:00:00"),
        (codecs.LOCAL_DATETIME, "2026-03-01T09:00:00"),
        (codecs.LOCAL_DATETIME, "2026-10-25T02:30:00+01:00"),
        (codecs.LOCAL_DATETIME, "9999-12-31T23:59:59Z"),
        (codecs.INT, True),
        (codecs.INT, 1.0),
        (codecs.DECIMAL, "NaN"),
        (codecs.DECIMAL, "Infinity"),
        (codecs.DECIMAL, "12,50"),
        (codecs.DECIMAL, 12.5),
        (codecs.bool_codec(), 1),
        (codecs.bool_codec("Ja", "Nej"), "Ja"),
        (codecs.code_codec({"hvb": "7"}), "7"),
        (codecs.code_codec({"hvb": "7"}), {}),
        (codecs.PERSONNUMMER, "20140101-2396"),
        (codecs.DASHED_PERSONNUMMER, "1401012396"),
    ],
)
def test_what_cannot_be_written_is_refused_without_being_quoted(codec: Codec, ours: Any) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|falls)") as caught:
        codec.encode(ours)
    assert str(ours) not in str(caught.value)


@pytest.mark.parametrize(
    ("codec", "theirs"),
    [
        (codecs.DATE, "2026-03-01Z"),
        (codecs.DATETIME, "2026-03-01T24:00:01Z"),
        (codecs.LOCAL_DATETIME, "2026-03-01T09:00:00+01:00"),
        (codecs.LOCAL_DATETIME, "2026-03-29T02:30:00"),
        (codecs.INT, "7.0"),
        (codecs.INT, "9" * 5000),
        (codecs.DECIMAL, ""),
        (codecs.DECIMAL, "1E9999999"),
        (codecs.LOCAL_DATETIME, "2026-03-01"),
        (codecs.LOCAL_DATETIME, "0001-01-01T00:00:00"),
        (codecs.bool_codec(), "TRUE"),
        (codecs.bool_codec("Ja", "Nej"), "JA"),
        (codecs.code_codec({"hvb": "7"}), "hvb"),
        (codecs.constant_codec("x"), "y"),
        (codecs.PERSONNUMMER, "201401012397"),
        (codecs.PERSONNUMMER, "1401012396"),
    ],
)
def test_what_cannot_be_read_is_refused_without_being_quoted(codec: Codec, theirs: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|needs)") as caught:
        codec.decode(theirs)
    assert not theirs or theirs not in str(caught.value)
