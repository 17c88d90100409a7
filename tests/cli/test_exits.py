"""Which ending becomes which exit code, told in one or two lines."""

import click
import pytest

from bbic_bridge.cli import app
from bbic_bridge.cli.exits import OurFault, Unreachable, WrongUse
from bbic_bridge.delivery.errors import ConfigurationError, Transient
from bbic_bridge.store.engine import StoreUnavailable
from tests.cli.conftest import Cli

ENDINGS = [
    (WrongUse("no such thing"), 2, "no such thing"),
    (ConfigurationError("setting x: missing"), 2, "setting x: missing"),
    (Unreachable("the broker is gone"), 3, "the broker is gone"),
    (StoreUnavailable("x"), 3, "the database cannot be reached"),
    (Transient("connect_failed"), 3, "connect_failed"),
    (OurFault("given up"), 70, "given up"),
    (ZeroDivisionError("hemligt"), 70, "--debug"),
    (KeyboardInterrupt(), 130, "Interrupted"),
]


@pytest.mark.parametrize(("error", "code", "told"), ENDINGS, ids=lambda value: repr(value)[:30])
def test_each_ending_has_its_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str
) -> None:
    @click.command("end")
    def end() -> None:
        raise error

    monkeypatch.setitem(app.app.commands, "end", end)
    outcome = cli("end")
    assert outcome.code == code
    assert told in outcome.err
    assert 1 <= len(outcome.err.splitlines()) <= 2
    assert "hemligt" not in outcome.err
    assert "Traceback" not in outcome.err


def test_debug_shows_the_trace(cli: Cli, folder: object) -> None:
    outcome = cli("status", "--config", "nowhere.toml", "--debug")
    assert "Traceback" in outcome.err
    assert outcome.code == 2


@pytest.mark.parametrize("words", [("nonsense",), ("up", "--nonsense"), ("replay", "--rate", "x")])
def test_wrong_use_is_told_in_two_lines(cli: Cli, words: tuple[str, ...]) -> None:
    outcome = cli(*words)
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) <= 2
    assert "--help" in outcome.err


def commands(group: click.Group, *path: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        inner = commands(command, *path, name) if isinstance(command, click.Group) else []
        found += inner or [(*path, name)]
    return found


@pytest.mark.parametrize("words", commands(app.app), ids=" ".join)
def test_every_command_takes_a_configuration_and_has_help(cli: Cli, words: tuple[str, ...]) -> None:
    outcome = cli(*words, "--config", "nowhere.toml", "--help")
    assert outcome.code == 0
    assert "Usage: bbic-bridge" in outcome.out


def test_the_commands_are_those_that_were_promised() -> None:
    promised = (
        "demo init up serve worker beat sandbox migrate schema send sync deliveries replay replays "
        "skip cancel pause resume case deadlines evb totals status doctor audit tokens keys "
        "prune recover"
    )
    assert set(app.app.commands) == set(promised.split())
