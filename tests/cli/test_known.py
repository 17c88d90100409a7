"""A name that does not exist is told with those that do; it is never "nothing found"."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse

MISSPELT = [
    (("--state", "faild"), "--state: there is no faild. Did you mean failed? Known: waiting, "),
    (("--state", "Failed"), "--state: there is no Failed. Did you mean failed?"),
    (("--operation", "regestrera_beslut"), "Did you mean registrera_beslut? Known: registrera_b"),
    (("--system", "bogus"), "--system: there is no bogus. Known: procapita, treserva, workflow."),
    (("--kommun", "malmö"), "--kommun: there is no malmö. Did you mean malmo? Known: malmo, exem"),
    (("--kommun", "malmo", "--kommun", "x"), "--kommun: there is no x. Known: malmo, exempel."),
]


@pytest.mark.parametrize("command", [("deliveries", "list"), ("replay",), ("replay", "--dry-run")])
@pytest.mark.parametrize(("words", "told"), MISSPELT, ids=lambda value: str(value)[:30])
def test_a_misspelt_filter_is_told(
    cli: Cli, command: tuple[str, ...], words: tuple[str, ...], told: str
) -> None:
    outcome = cli(*command, *words)
    assert outcome.code == 2
    assert outcome.out == ""
    (line,) = outcome.err.splitlines()
    assert line.startswith("Error: --")
    assert told in line


def test_a_kommun_that_was_taken_from_the_configuration_can_still_be_asked_for(
    office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.send(handelse("beslut.fattat"))
    keys = ("master_key", "index_key")
    lines = [f'{name}_file = "var/secrets/{name}"\n' for name in keys]
    (folder / "bridge.toml").write_text("".join(lines))
    for name in [name for name in os.environ if name.startswith("BBIC_KOMMUN__")]:
        monkeypatch.delenv(name)
    assert [found["kommun"] for found in office.deliveries("--kommun", "malmo")] == ["malmo"]
    refused = office.cli("deliveries", "list", "--kommun", "exempel")
    assert (refused.code, refused.err) == (
        2,
        "Error: --kommun: there is no exempel. Known: none.\n",
    )


def test_a_kommun_to_fetch_from_must_be_configured(cli: Cli) -> None:
    outcome = cli("sync", "--once", "--kommun", "malmoe")
    assert outcome.code == 2
    assert outcome.err == (
        "Error: --kommun: there is no malmoe. Did you mean malmo? Known: malmo, exempel.\n"
    )


@pytest.mark.parametrize("command", [("deliveries", "list"), ("replay",)])
def test_a_case_that_is_not_there_yet_is_told_and_is_no_error(
    cli: Cli, command: tuple[str, ...]
) -> None:
    outcome = cli(*command, "--case", "A-404")
    assert outcome.code == 0
    assert outcome.err == "There is no case A-404.\n"
