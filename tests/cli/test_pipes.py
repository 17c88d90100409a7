"""A reader that leaves early (``| head``): what shows something ends quietly, what acts goes on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse

COMMAND = (sys.executable, "-m", "bbic_bridge.cli")
EVENTS = json.dumps([handelse("beslut.fattat"), handelse("beslut.verkstall") | {"id": "E-2"}])
SHOWING = [
    ("--help",),
    ("--version",),
    ("replay", "--help"),
    ("schema",),
    ("status", "--json"),
    ("deliveries", "list"),
    ("deliveries", "list", "--json"),
    ("case", "show", handelse("beslut.fattat")["subject"]),
    ("doctor",),
]


@contextmanager
def pipe_without_a_reader() -> Iterator[int]:
    """The end to write to of a real pipe whose other end is closed."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


def run(
    *words: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE, stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *words],
        check=False,
        input=stdin,
        stdout=stdout,
        stderr=stderr,
        text=True,
        timeout=60,
    )


def unread(*words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """The command, printing to nobody; stderr is kept."""
    with pipe_without_a_reader() as nobody:
        return run(*words, stdout=nobody, stdin=stdin)


@pytest.fixture
def sent(cli: Cli) -> Cli:
    """A folder in which events have been sent."""
    assert cli("send", "-", stdin=EVENTS).code == 0
    return cli


@pytest.mark.parametrize("words", SHOWING, ids=" ".join)
def test_what_shows_something_ends_quietly(sent: Cli, words: tuple[str, ...]) -> None:
    done = unread(*words)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_takes_one_line_of_many_gets_it(sent: Cli) -> None:
    with subprocess.Popen(
        [*COMMAND, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as p:
        assert p.stdout is not None
        assert p.stderr is not None
        assert p.stdout.readline() == b"{\n"
        p.stdout.close()
        assert (p.wait(60), p.stderr.read()) == (0, b"")


def test_what_acts_does_all_of_it(cli: Cli) -> None:
    done = unread("send", "-", stdin=EVENTS)
    assert (done.returncode, done.stderr) == (0, "")
    listed = cli("deliveries", "list", "--json").lines
    assert [found["operation"] for found in listed] == ["registrera_beslut", "verkstall_beslut"]
    done = unread("cancel", listed[0]["id"], "--reason", "prov")
    assert (done.returncode, done.stderr) == (0, "")
    assert {found["state"] for found in cli("deliveries", "list", "--json").lines} == {"cancelled"}


def test_an_act_that_needs_a_person_still_says_so_by_its_exit_code(cli: Cli) -> None:
    assert unread("send", "-", stdin="[{}]").returncode == 1


def test_every_failed_delivery_is_replayed(office: Office) -> None:
    office.refuse()
    office.refuse()
    about_another = handelse("beslut.fattat") | {"id": "E-2", "subject": "A-2"}
    office.send(handelse("beslut.fattat"), about_another)
    office.work()
    assert [found["state"] for found in office.deliveries()] == ["failed", "failed"]
    done = unread("replay", "--state", "failed")
    assert (done.returncode, done.stderr) == (0, "")
    assert {found["state"] for found in office.deliveries()} == {"ambiguous"}


@pytest.mark.parametrize("words", [("case", "show", "nowhere"), ("replay", "--rate", "x")])
def test_an_error_that_nobody_reads_keeps_its_exit_code(cli: Cli, words: tuple[str, ...]) -> None:
    with pipe_without_a_reader() as nobody:
        assert run(*words, stdout=nobody, stderr=nobody).returncode == 2


@pytest.mark.parametrize("words", [("deliveries", "list"), ("deliveries", "list", "--json")])
def test_closed_streams_are_no_fault(sent: Cli, folder: Path, words: tuple[str, ...]) -> None:
    shell = ["sh", "-c", '"$@" >&- 2>&-', "sh", *COMMAND, *words]
    assert subprocess.run(shell, check=False, timeout=60).returncode == 0
