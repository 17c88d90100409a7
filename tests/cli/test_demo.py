"""`demo` as its user meets it, and its own arithmetic."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.cli.demo.cases import load_case
from bbic_bridge.cli.demo.outcome import handbook_lines
from bbic_bridge.cli.demo.screen import Lines, rows
from bbic_bridge.cli.demo.story import PARTED
from bbic_bridge.cli.demo.summary import EXPECTED, Summary, Told, told
from bbic_bridge.handbook.frister import frister, skede
from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import notis
from bbic_bridge.services.views.cases import HandbookState, HandbookView
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
        "cases": 6,
        "events": 191,
        "deliveries": {"verified": 127, "failed": 0},
        "effects": 134,
        "duplicates": 0,
        "limits": {
            "overdue": 1,
            "near": 0,
            "running": 1,
            "met": 27,
            "met_late": 0,
            "ended": 2,
        },
        "deviations": 1,
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
        "failed: registrera_beslut (EJ_TILLATET), 5 waiting behind it",
        "mal.andrat: KP-M1, for a person to see",
        "uppfoljning of KP-I-1: 2025-07-20 at the latest",
        "the workflow's feed: aktanteckning.inkommen",
        "the workflow's feed: beslut.registrerat",
        "insats.avsluta\tavsluta_insats_och_resurs\tverified",
        "Handbook, FH-I-2 (bim_grupp): 14 done.",
        "Handbook, HVB-I-1 (hvb): 21 done.",
        "(kontaktperson): 27 done; overdue: Uppföljning är dokumenterad (2025-07-20).",
        "Uppföljning\tska\tA:103\tMALMO-BOU-2024-203\tKP-I-1\t2025-07-20",
        "was uppdrag.upprattat 2024-08-27 09:30:00 /mal/0/text: Leo har »minst en vuxen",
        "is  uppfoljning.dokumenterad 2025-01-20 14:30:00 /mal/0/text: Leo har »en vuxen",
        "6 cases, 191 events: 127 deliveries verified, 0 failed; 134 effects, 0 of them doubled; "
        "1 of 31 time limits overdue, 1 deviation.",
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


GOOD = Summary(
    cases=1,
    events=2,
    verified=3,
    failed=0,
    others=0,
    effects=3,
    duplicates=0,
    limits={"overdue": 1, "met": 4},
    told=EXPECTED,
)
NEAR = Told("frist.narmar_sig", "uppfoljning", "KP-I-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"failed": 1},
        {"others": 1},
        {"duplicates": 1},
        {"verified": 0},
        {"limits": {"overdue": 0}},
        {"limits": {"overdue": 2}},
        {"told": ()},
        {"told": EXPECTED[:1]},
        {"told": (*EXPECTED, NEAR)},
        {"told": (EXPECTED[0], *EXPECTED)},
        {"told": (EXPECTED[0]._replace(objekt_id="KP-M2"), EXPECTED[1])},
    ],
)
def test_one_thing_wrong_is_not_good(wrong: dict[str, Any]) -> None:
    assert GOOD.is_good()
    assert not replace(GOOD, **wrong).is_good()


def test_all_that_the_workflow_was_told_of_the_handbook_counts() -> None:
    feed = [
        {"type": "se.bbic.leverans.verifierad", "data": {"leverans_id": "1"}},
        {"type": "se.bbic.frist.narmar_sig", "data": {"frist": "uppfoljning", "objekt_id": "I1"}},
        {"type": "se.bbic.avvikelse.upptackt", "data": {"avvikelse": "vantar_for_lange"}},
    ]
    assert list(told(iter(feed))) == [
        Told("frist.narmar_sig", "uppfoljning", "I1"),
        Told("avvikelse.upptackt", "vantar_for_lange", ""),
    ]


def point(name: str, state: HandbookState, weight: str = "ska") -> HandbookView:
    day = date(2025, 7, 20)
    return HandbookView("I1", "hvb", 4, "Beslut", name, weight, state, day, None)


def test_of_the_handbook_only_what_somebody_has_to_see_to_is_named() -> None:
    points = [point("Beslut", "done"), point("Plan", "to_come"), point("Möte", "to_come", "kan")]
    assert list(handbook_lines([*points, point("Uppföljning", "overdue")])) == [
        "Handbook, I1 (hvb): 1 done; overdue: Uppföljning (2025-07-20); to come: Plan."
    ]


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


def test_a_case_can_be_parted_where_something_happens() -> None:
    case = load_case("kontaktfamilj_malmo")
    before, since = case.parted("beslut.fortsatt_bistand")
    assert before + since == case.events
    assert since[0]["type"] == "se.bbic.beslut.fortsatt_bistand"
    assert case.value("resurs.tilldela", "resurs_id") == "R-KF-1"


@pytest.mark.parametrize(("name", "where"), PARTED.items())
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2060, 1, 1)])
def test_no_limit_passes_while_the_rest_of_a_case_is_not_sent(
    name: str, where: str, today: date
) -> None:
    sent, _ = load_case(name).parted(where)
    remembered = [notis(event["id"], parse_event(event)) for event in sent]
    made = frister(Lage(one for one in remembered if one is not None), {})
    assert made
    assert {skede(frist, today) for frist in made} <= {"uppfylld", "upphord"}
