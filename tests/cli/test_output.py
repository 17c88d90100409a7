"""What is printed where, and that nothing printed can steer a terminal."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbic_bridge.cli.output import clean, print_json, print_ndjson, print_table
from bbic_bridge.services.views.accepting import Problem, Result, Violation


def test_control_characters_are_taken_out() -> None:
    assert clean("a\x1b[2Jb\r\nc\x00\u202ed") == "a [2Jb  c  d"
    assert clean("Åsa, Örjan") == "Åsa, Örjan"
    assert clean(None) == ""


def test_times_are_swedish() -> None:
    assert clean(datetime(2026, 1, 2, 23, 30, tzinfo=UTC)) == "2026-01-03 00:30:00"


def test_off_a_terminal_a_table_is_lines_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("id", "state"), [("1", "failed"), ("2\t\x1b", None)])
    assert capsys.readouterr().out.splitlines() == ["id\tstate", "1\tfailed", "2  \t"]


def test_on_a_terminal_a_table_is_drawn_and_markup_is_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbic_bridge.cli.output.on_terminal", lambda: True)
    print_table(("id",), [("[bold]1[/bold]",)])
    out = capsys.readouterr().out
    assert "[bold]1[/bold]" in out
    assert "─" in out


def test_values_become_json(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    problem = Problem(422, "invalid", "t", (Violation("/data/barn", "Åå"),))
    print_json({"at": at, "path": Path("x"), "set": frozenset({"b", "a"})})
    print_ndjson([Result("1", "rejected", problem), Result("2", "accepted")])
    document, _, lines = capsys.readouterr().out.partition("}\n")
    assert json.loads(document + "}") == {
        "at": "2026-01-02T00:00:00+00:00",
        "path": "x",
        "set": ["a", "b"],
    }
    first, second = map(json.loads, lines.splitlines())
    assert first["problem"]["errors"] == [{"pointer": "/data/barn", "detail": "Åå"}]
    assert second == {"id": "2", "status": "accepted"}


def test_what_has_no_json_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="object"):
        print_json(object())
