"""`demo` as its user meets it, and its own arithmetic."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bbic_bridge.cli.demo.cases import load_case
from bbic_bridge.cli.demo.screen import Lines, rows
from bbic_bridge.cli.demo.summary import Summary
from tests.servers.process import Process, wait_until

COMMAND = [sys.executable, "-m", "bbic_bridge.cli", "demo"]
WITHIN_S = 300


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo makes its folder; a bridge of one's own in the environment is not touched."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("BBIC_CONFIG", str(tmp_path / "mine.toml"))
    monkeypatch.setenv("BBIC_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/x")
    return folder


def processes(folder: Path) -> list[str]:
    """The command lines of all processes that work in that folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and (entry / "cwd").readlink().is_relative_to(folder):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_everything_is_verified_and_nothing_doubled(temporary: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--json"], capture_output=True, text=True, timeout=WITHIN_S, check=False
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document == {
        "cases": 4,
        "events": 98,
        "deliveries": {"verified": 63, "failed": 0},
        "effects": 67,
        "duplicates": 0,
    }
    assert done.stderr == ""
    assert not list(temporary.iterdir())
    assert not processes(temporary)


def test_the_story_is_told_and_it_serves_until_interrupted(temporary: Path) -> None:
    demo = Process("demo", [*COMMAND, "--serve"], temporary.parent / "demo.log")
    demo.start().ready(lambda: "Running until Ctrl-C" in demo.tail(), within=WITHIN_S)
    told = demo.log.read_text()
    for promised in (
        "tilldela_resurs waits until the resource is registered",
        "the workflow's feed: resurs.registrerad",
        "the workflow's feed: genomforandeplan.inkommen",
        "failed: registrera_beslut (EJ_TILLATET), 3 waiting behind it",
        "the workflow's feed: aktanteckning.inkommen",
        "the workflow's feed: beslut.registrerat",
        "insats.avsluta\tavsluta_insats_och_resurs\tverified",
        "4 cases, 98 events: 63 deliveries verified, 0 failed; 67 effects, 0 of them doubled.",
    ):
        assert promised in told
    assert processes(temporary)
    os.kill(demo.pid, signal.SIGINT)
    assert demo.wait(within=60) == 0
    assert not list(temporary.iterdir())
    assert not processes(temporary)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing(temporary: Path, number: signal.Signals) -> None:
    demo = Process("demo", COMMAND, temporary.parent / "demo.log")
    demo.start().ready(lambda: len(processes(temporary)) > 2, within=60)
    os.kill(demo.pid, number)
    assert demo.wait(within=60) == 130
    assert not list(temporary.iterdir())
    assert not processes(temporary)


def test_a_killed_demo_leaves_no_process(temporary: Path) -> None:
    demo = Process("demo", COMMAND, temporary.parent / "demo.log")
    demo.start().ready(lambda: len(processes(temporary)) > 2, within=60)
    demo.kill()
    wait_until(lambda: not processes(temporary), what="no process is left")


GOOD = Summary(cases=1, events=2, verified=3, failed=0, others=0, effects=3, duplicates=0)


@pytest.mark.parametrize("wrong", ["failed", "others", "duplicates"])
def test_one_thing_wrong_is_not_good(wrong: str) -> None:
    fields = {name: getattr(GOOD, name) for name in Summary.__dataclass_fields__}
    assert GOOD.is_good()
    assert not Summary(**{**fields, wrong: 1}).is_good()
    assert not Summary(**{**fields, "verified": 0}).is_good()


def deliveries(*states: str) -> list[dict[str, str]]:
    return [{"arende": "A", "kommun": "malmo", "state": state} for state in states]


def test_a_case_is_counted_by_what_its_deliveries_do() -> None:
    found = rows(deliveries("verified", "claimed", "ambiguous", "waiting", "failed", "failed"))
    assert found == [("A, malmo", 6, 1, 2, 1, 2)]


def test_lines_tell_a_change_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for states in (("ready",), ("ready",), ("verified",)):
        lines.update(deliveries(*states))
    told = [line.split("s  ", 1)[1].strip() for line in capsys.readouterr().out.splitlines()]
    assert told == ["1 ready", "1 verified"]


def test_a_case_can_be_cut_where_something_happens() -> None:
    case = load_case("kontaktfamilj_malmo")
    before, since = case.before("beslut.fortsatt_bistand"), case.since("beslut.fortsatt_bistand")
    assert before + since == case.events
    assert since[0]["type"] == "se.bbic.beslut.fortsatt_bistand"
    assert case.value("resurs.tilldela", "resurs_id") == "R-KF-1"
