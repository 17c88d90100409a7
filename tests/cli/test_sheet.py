"""What a Swedish Excel is given: its separators, its numbers, and nothing that it would run."""

import csv
import io
from datetime import date

import pytest

from bbic_bridge.cli.sheet import cell, sheet


def test_a_sheet_reads_back_as_it_was() -> None:
    rows = [("Åsa; Öberg", 'sa "nej"'), ("rad ett\nrad två", None)]
    raw = sheet(("vem", "vad"), rows).encode()
    assert raw.startswith(b"\xef\xbb\xbfvem;vad\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n") == 3
    read = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    assert list(read) == [["vem", "vad"], ["Åsa; Öberg", 'sa "nej"'], ["rad ett rad två", ""]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "ja"),
        (False, "nej"),
        (0, "0"),
        (1234, "1234"),
        (4.06, "4,1"),
        (112.0, "112,0"),
        (date(2026, 9, 30), "2026-09-30"),
        ("B1", "B1"),
        ("3-6 månader", "3-6 månader"),
        ("ARENDE-2026-7", "ARENDE-2026-7"),
    ],
)
def test_a_value_is_written_as_swedes_write_it(value: object, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t=", "\r\n@"])
def test_no_cell_is_run_as_a_formula(start: str) -> None:
    assert cell(f"{start}HYPERLINK(1)").startswith("'")
    assert cell(f"a{start}b")[0] == "a"


@pytest.mark.parametrize("text", ["0012", "2026-12", "12/7", "1E5", "202001012398", "1 000", "7.5"])
def test_no_id_is_read_as_a_number_or_a_date(text: str) -> None:
    assert cell(text) == f"'{text}"
