"""Each command asks for its role, by the tokens that are asked for over HTTP."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bbic_bridge.cli import app
from bbic_bridge.cli.bridge import actor
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.roles import NO_TOKEN, RoleCommand
from bbic_bridge.security.tokens import Role
from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse

ROOT = Path(__file__).parents[2]
ROLES: tuple[Role, ...] = ("read", "operate", "admin")
FOR_NOBODY = {"demo", "init", "schema", "up", "serve", "worker", "beat", "sandbox"}
MORE = {"sync": ("--kommun", "nowhere"), "doctor": ("--json",)}
"""What lets a command end at once where its role is large enough."""


def leaves(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command by the words that name it."""
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from leaves(one, *path, name)
        else:
            yield " ".join((*path, name)), one


COMMANDS = {name: one for name, one in leaves(app.app) if isinstance(one, RoleCommand)}
ASKING = [name for name, one in COMMANDS.items() if one.role is not None]


def line(name: str) -> list[str]:
    """A command with all that it demands."""
    words = name.split()
    for param in COMMANDS[name].params:
        if param.required:
            words += ["x"] if isinstance(param, click.Argument) else [param.opts[0], "x"]
    return [*words, *MORE.get(name, ())]


@pytest.fixture
def as_(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> "As":
    """A folder with the built-in defaults, where every command asks for a token."""
    assert cli("status").code == 0
    monkeypatch.setenv("BBIC_CLI__TOKEN_REQUIRED", "true")
    return As(cli, folder, monkeypatch)


class As:
    """Runs commands as the holder of a token."""

    def __init__(self, cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cli, self.folder, self.env = cli, folder, monkeypatch

    def role(self, role: str) -> Cli:
        """With the token of the configuration that has this role."""
        self.env.setenv("BBIC_TOKEN_FILE", str(self.folder / f"var/secrets/{role}_token"))
        self.env.delenv("BBIC_TOKEN", raising=False)
        return self.cli

    def token(self, token: str) -> Cli:
        self.env.delenv("BBIC_TOKEN_FILE", raising=False)
        self.env.setenv("BBIC_TOKEN", token)
        return self.cli

    def made(self, *words: str) -> str:
        """A token that is made by command."""
        outcome = self.role("admin")("tokens", "add", *words)
        assert outcome.code == 0, outcome
        return outcome.out.strip()


def test_every_command_states_its_role() -> None:
    assert set(COMMANDS) == {name for name, _ in leaves(app.app)}
    assert {name for name, one in COMMANDS.items() if one.role is None} == FOR_NOBODY
    revealing = [
        one for one in COMMANDS.values() if "reveal" in {param.name for param in one.params}
    ]
    assert len(revealing) == 5
    assert {one.instead["reveal"] for one in revealing} == {"admin"}
    for one in COMMANDS.values():
        assert set(one.instead) <= {param.name for param in one.params}


def test_the_page_tells_what_each_role_opens() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    table = page.split("### On the command line")[1].split("\n\n")[2]
    told = {
        row.split("|")[1].strip(" `"): set(re.findall(r"`([^`]+)`", row.split("|")[2]))
        for row in table.splitlines()[2:]
    }
    stated: dict[str, set[str]] = {role: set() for role in (*ROLES, "none")}
    for name, one in COMMANDS.items():
        stated[one.role or "none"].add(name)
        options = {param.name: param.opts[0] for param in one.params}
        for option, role in one.instead.items():
            words = "--reveal" if option == "reveal" else f"{name} {options[option]}"
            stated[role or "none"].add(words)
    assert told == stated


@pytest.mark.parametrize("name", ASKING)
def test_nothing_goes_without_a_token_where_one_is_compulsory(as_: As, name: str) -> None:
    outcome = as_.cli(*line(name))
    assert (outcome.code, outcome.out, outcome.err) == (2, "", f"Error: {NO_TOKEN}\n")


@pytest.mark.parametrize("name", ASKING)
def test_a_smaller_role_is_refused_and_its_own_is_not(as_: As, name: str) -> None:
    needed = COMMANDS[name].role
    assert needed is not None
    for role in ROLES[: ROLES.index(needed)]:
        outcome = as_.role(role)(*line(name))
        told = f"Error: This needs the role {needed}; the token {role} has {role}.\n"
        assert (outcome.code, outcome.out, outcome.err) == (2, "", told)
    outcome = as_.role(needed)(*line(name))
    assert outcome.code in (0, 1, 2)
    assert "This needs the role" not in outcome.err
    assert NO_TOKEN not in outcome.err


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (("deliveries", "show", "x"), "admin"),
        (("case", "show", "x"), "admin"),
        (("evb",), "admin"),
        (("audit", "list"), "admin"),
        (("replay", "x"), "admin"),
    ],
)
def test_revealing_is_the_administrator_s(as_: As, words: tuple[str, ...], needed: str) -> None:
    revealing = (*words, "--reveal", "--reason", "tillsyn")
    refused = as_.role("operate")(*revealing)
    assert refused.code == 2
    assert f"This needs the role {needed}" in refused.err
    assert "This needs the role" not in as_.role("admin")(*revealing).err


def test_options_that_only_look_ask_for_less(as_: As) -> None:
    assert as_.role("read")("sync", "--parked").code == 0
    assert "role operate" in as_.role("read")("sync", "--once").err
    as_.env.delenv("BBIC_TOKEN_FILE")
    assert as_.cli("status", "--alive", "worker").err == ""
    assert as_.cli("schema", "beslut.fattat").code == 0


def test_help_tells_the_role(cli: Cli) -> None:
    told = cli("deliveries", "show", "--help").out
    assert told.splitlines()[-1].strip() == "Role needed: read, with --reveal: admin."


def test_acts_bear_the_token_s_name(
    office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.refuse()
    office.send(handelse("beslut.fattat"))
    office.work()
    failed = office.delivery("registrera_beslut")["id"]
    token = office.cli("tokens", "add", "anna", "--role", "operate", "--kommun", "*").out.strip()
    monkeypatch.setenv("BBIC_TOKEN", token)
    assert office.cli("replay", failed, "--reason", "rättat").code == 0
    assert office.cli("pause", "--all").code == 0
    assert "by token:anna" in office.cli("status").out
    refused = office.cli("tokens", "revoke", "anna", "--reason", "x")
    assert (refused.code, "role admin" in refused.err) == (2, True)
    acts = office.cli("audit", "list", "--json").lines
    assert [(one["actor"], one["action"]) for one in acts] == [
        (actor(), "token_add"),
        ("token:anna", "replay"),
        ("token:anna", "pause"),
    ]
    assert token not in str(acts)


def test_what_is_no_token_for_commands_is_refused(as_: As) -> None:
    cases = {
        as_.made("some", "--kommun", "malmo"): "The token some is for malmo only",
        as_.made("poller", "--feed", "--kommun", "*"): "is for the feed of events",
        as_.made("gone", "--kommun", "*"): "is not valid",
        "nonsense": "is not valid",
        "": "is not valid",
        "bbic_" + "x" * 43: "is not valid",
    }
    assert as_.role("admin")("tokens", "revoke", "gone", "--reason", "borttappad").code == 0
    as_.env.setenv("BBIC_TOKEN__OLD__TOKEN", "o" * 32)
    as_.env.setenv("BBIC_TOKEN__OLD__EXPIRES", "2020-01-01")
    cases["o" * 32] = "has expired"
    for token, told in cases.items():
        outcome = as_.token(token)("status")
        assert (outcome.code, outcome.out) == (2, "")
        assert told in outcome.err
        assert not token or token not in outcome.err


def test_where_a_token_lies_is_told_once_and_readably(as_: As, folder: Path) -> None:
    as_.role("read")
    as_.env.setenv("BBIC_TOKEN", "x" * 32)
    assert "one of BBIC_TOKEN and BBIC_TOKEN_FILE" in as_.cli("status").err
    as_.env.delenv("BBIC_TOKEN")
    as_.env.setenv("BBIC_TOKEN_FILE", "nowhere")
    outcome = as_.cli("status")
    assert (outcome.code, outcome.err) == (2, "Error: BBIC_TOKEN_FILE: nowhere cannot be read.\n")


def test_a_new_database_is_migrated_with_the_configuration_s_token(as_: As, folder: Path) -> None:
    for file in folder.glob("var/bridge.db*"):
        file.unlink()
    assert as_.role("operate")("migrate").code == 2
    assert as_.token("bbic_" + "x" * 43)("migrate").code == 2
    assert as_.role("admin")("migrate").code == 0


def test_the_bridge_s_parts_are_given_no_token(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBIC_TOKEN", "x" * 32)
    assert "BBIC_TOKEN" not in configuration(None).environment()


def test_a_group_may_read_secrets_where_a_token_is_compulsory(as_: As, folder: Path) -> None:
    secret = folder / "var" / "secrets" / "master_key"
    for mode, level in ((0o640, "ok"), (0o660, "warn"), (0o644, "warn")):
        secret.chmod(mode)
        found = as_.role("read")("doctor", "--json").document
        assert {one["level"] for one in found if one["what"].startswith("secret")} == {level}


def test_a_configuration_that_cannot_be_read_is_told_by_the_command(as_: As) -> None:
    outcome = as_.cli("doctor", "--config", "nowhere.toml")
    assert outcome.code == 1
    assert "no configuration file nowhere.toml" in outcome.out
