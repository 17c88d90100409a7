"""The runner of the benchmarks: what it shows, writes and answers."""

import json
from pathlib import Path

import pytest

import bench
import bench.__main__ as runner

MODULE = """
def run():
    return [{{"name": "accept", "value": 0.31, "bar": 0.25, "met": {met}}}]
"""


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(bench, "__path__", [*bench.__path__, str(tmp_path)])
    for name, met in (("quick_enough", True), ("too_slow", False)):
        (tmp_path / f"{name}.py").write_text(MODULE.format(met=met))
    (tmp_path / "helper.py").write_text("def anything(): ...")
    return tmp_path / "results"


def test_bars_are_shown_and_written_with_the_machine(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(["quick_enough", "helper"]) == 0
    assert "accept" in capsys.readouterr().out
    (written,) = results.glob("*.json")
    document = json.loads(written.read_text())
    assert document["bars"] == [{"name": "accept", "value": 0.31, "bar": 0.25, "met": True}]
    assert document["machine"]["cores"] >= 1


def test_a_bar_that_is_not_met_is_the_exit_code(results: Path) -> None:
    assert runner.main(["quick_enough", "too_slow"]) == 1
    assert list(results.glob("*.json"))


def test_a_wrong_name_runs_nothing(results: Path) -> None:
    assert runner.main(["quick_enough", "quikc"]) == 2
    assert not results.exists()
