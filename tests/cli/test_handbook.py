"""The handbook's points as `case show` prints them."""

from datetime import date

import pytest

from bbic_bridge.cli.handbook import print_handbook, rows
from bbic_bridge.services.views.cases import HandbookState, HandbookView


def point(step: int, name: str, state: HandbookState = "to_come") -> HandbookView:
    day = date(2026, 3, 1) if state == "done" else None
    return HandbookView(
        "I1", "kontaktfamilj", step, f"Process {step}", name, "ska", state, day, None
    )


def test_a_process_is_named_once() -> None:
    points = [point(4, "Beslut", "done"), point(5, "Uppdrag"), point(5, "Mottaget", "on_its_way")]
    assert list(rows(points)) == [
        (4, "Process 4", "Beslut", "ska", "done", date(2026, 3, 1)),
        (5, "Process 5", "Uppdrag", "ska", "to come", ""),
        ("", "", "Mottaget", "ska", "on its way", ""),
    ]


def test_each_insats_has_its_own_table(capsys: pytest.CaptureFixture[str]) -> None:
    other = HandbookView(None, None, 1, "Process 1", "Ärendet", "kan", "done", None, None)
    print_handbook([point(4, "Beslut"), other])
    headings = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("Handbook,")
    ]
    assert headings == [
        "Handbook, I1 (kontaktfamilj)",
        "Handbook, no insats yet (kind unknown)",
    ]


def test_a_case_without_points_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_handbook([])
    assert capsys.readouterr().out == ""
