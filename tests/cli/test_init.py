"""`init`: what is written, who can read it, and that it is a configuration."""

import base64
import re
import shlex
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bbic_bridge import settings
from bbic_bridge.cli.files import Sandbox, configuration_text
from bbic_bridge.handbook.frister import REGEL
from tests.cli.conftest import Cli, Outcome

SECRETS = {
    "master_key",
    "index_key",
    "workflow_webhook_secret",
    "callback_secret",
    "admin_token",
    "operate_token",
    "read_token",
    "workflow_token",
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_can_be_read_by_their_owner_only(cli: Cli, folder: Path) -> None:
    assert cli("init").code == 0
    assert mode(folder / "secrets") == 0o700
    assert {path.name for path in (folder / "secrets").iterdir()} == SECRETS
    assert {mode(path) for path in (folder / "secrets").iterdir()} == {0o600}


def test_the_sandbox_adds_a_webhook_secret_for_each_kommun(cli: Cli, folder: Path) -> None:
    cli("init", "--with-sandbox", "new")
    names = {path.name for path in (folder / "new" / "secrets").iterdir()}
    assert names - SECRETS == {"malmo_webhook_secret", "exempel_webhook_secret"}


def test_secrets_have_the_form_that_each_use_asks_for(cli: Cli, folder: Path) -> None:
    cli("init", "--with-sandbox")
    secrets = {p.name: p.read_text().strip() for p in (folder / "secrets").iterdir()}
    assert len(set(secrets.values())) == len(secrets)
    for name, value in secrets.items():
        if name.endswith("_key"):
            assert len(base64.b64decode(value, validate=True)) == 32
        elif name.endswith("_secret"):
            assert value.startswith("whsec_")
            assert len(base64.b64decode(value.removeprefix("whsec_"), validate=True)) == 32
        else:
            assert len(value) >= 43


def test_two_bridges_share_no_secret(cli: Cli, folder: Path) -> None:
    cli("init", "one")
    cli("init", "two")
    one, two = ((folder / name / "secrets" / "master_key").read_text() for name in ("one", "two"))
    assert one != two


@pytest.mark.parametrize("there", ["bridge.toml", "secrets/master_key"])
def test_nothing_is_overwritten(cli: Cli, folder: Path, there: str) -> None:
    (folder / there).parent.mkdir(exist_ok=True)
    (folder / there).write_text("mine")
    outcome = cli("init")
    assert outcome.code == 2
    assert f"{there} is there already" in outcome.err
    assert [p for p in folder.rglob("*") if p.is_file()] == [folder / there]
    assert (folder / there).read_text() == "mine"


def test_the_sandbox_configuration_names_both_vendor_systems(cli: Cli, folder: Path) -> None:
    cli("init", "--with-sandbox")
    found = settings.load(folder / "bridge.toml")
    assert {name: kommun.system for name, kommun in found.kommun.items()} == {
        "malmo": "procapita",
        "exempel": "treserva",
    }
    for kommun in found.kommun.values():
        assert kommun.write_url.startswith("http://127.0.0.1:8900/")
        assert (kommun.timeout_s, kommun.settle_s, kommun.retry.base_s) == (5, 10, 0.5)
        assert kommun.webhook_secrets
    assert found.kommun["exempel"].enheter["chansen"].enhetschef
    assert found.callback is not None
    assert found.callback.url == "http://127.0.0.1:8900/workflow/events"
    assert {name: (token.role, token.use) for name, token in found.token.items()} == {
        "admin": ("admin", "operator"),
        "operate": ("operate", "operator"),
        "read": ("read", "operator"),
        "workflow": ("read", "feed"),
    }
    assert "handbok" in found.source


def test_without_the_sandbox_there_is_no_kommun(cli: Cli, folder: Path) -> None:
    cli("init")
    found = settings.load(folder / "bridge.toml")
    assert not found.kommun
    assert found.callback is None


def next_commands(outcome: Outcome) -> list[list[str]]:
    """The commands that `init` ends with, as a shell would read them."""
    *_, configuration, start, send = outcome.out.splitlines()
    assert configuration.startswith("Configuration: ")
    return [shlex.split(line.partition(": ")[2]) for line in (start, send)]


def test_the_next_commands_are_told_and_can_be_pasted(cli: Cli, folder: Path) -> None:
    start, send = next_commands(cli("init", "--with-sandbox", "ny kommun"))
    assert start == ["bbic-bridge", "up", "--sandbox", "--config", "ny kommun/bridge.toml"]
    assert send[:4] == ["bbic-bridge", "send", "--config", "ny kommun/bridge.toml"]
    done = cli(*send[1:])
    assert done.code == 0, done
    count = len(Path(send[-1]).read_text().splitlines())
    assert done.out.splitlines()[-1] == f"{count} accepted, 0 duplicate, 0 rejected"
    assert not (folder / "var").exists()
    assert (folder / "ny kommun" / "var" / "bridge.db").exists()


def test_in_this_folder_the_next_commands_need_no_configuration(cli: Cli) -> None:
    assert next_commands(cli("init")) == [
        ["bbic-bridge", "up"],
        ["bbic-bridge", "send", "FILE"],
    ]


def test_where_another_configuration_is_in_force_the_new_one_is_named(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_CONFIG", "another.toml")
    start, _ = next_commands(cli("init"))
    assert start == ["bbic-bridge", "up", "--config", "bridge.toml"]


# The written file is the manual: take the # away from every setting, and it must say exactly
# what the program does when the setting is left out.
EXAMPLES: dict[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "callback": (settings.Callback, ("callback",)),
    "kommun": (settings.Kommun, ("kommun", "exempelkommun")),
    "oauth": (settings.OAuth, ("kommun", "exempelkommun", "oauth")),
    "source": (settings.Source, ("source", "handbok")),
    "token": (settings.Token, ("token", "read")),
}
GIVEN_BY_INIT = {"base", "master_key", "index_key"}
ONE_TABLE_EACH = {"frist"}
DEPENDS_ON_SYSTEM = {"profile", "enheter"}


def uncommented() -> str:
    return re.sub(r"^#(?=[a-z\[])", "", configuration_text(None), flags=re.MULTILINE)


def told(section: Mapping[str, Any], name: str) -> bool:
    return any(form in section for form in (name, f"{name}_file", f"{name}_files"))


def plain(default: Any) -> Any:
    """A default as TOML would hold it."""
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, tuple):
        return list(default)
    return str(default) if isinstance(default, Path) else default


def has_default(name: str, field: FieldInfo) -> bool:
    return not field.is_required() and name not in DEPENDS_ON_SYSTEM


def untrue(model: type[BaseModel], section: Mapping[str, Any]) -> Iterator[str]:
    """What the manual leaves out, or tells otherwise than the program does."""
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if name in EXAMPLES or name in GIVEN_BY_INIT or name in ONE_TABLE_EACH:
            continue
        if not told(section, name):
            yield f"{name} is not told"
        elif isinstance(default, BaseModel):
            yield from untrue(type(default), section[name])
        elif has_default(name, field) and section.get(name, plain(default)) != plain(default):
            yield f"{name} is told as {section[name]}, but is {default}"


def test_the_manual_tells_every_setting_with_its_default() -> None:
    manual = tomllib.loads(uncommented())
    assert list(untrue(settings.Settings, manual)) == []


def test_the_manual_tells_every_time_limit_with_its_default() -> None:
    tables = tomllib.loads(uncommented())["frist"]
    assert tables.keys() == REGEL.keys()
    for kod, table in tables.items():
        chosen = None if REGEL[kod].vikt == "lag" else sorted(REGEL[kod].insatstyper)
        assert table.get("insatstyper") == chosen
        assert table["varna_dagar"] == REGEL[kod].varna_dagar
        assert table.keys() <= settings.Frist.model_fields.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_manual_tells_every_setting_of_a_section(name: str) -> None:
    model, path = EXAMPLES[name]
    section = tomllib.loads(uncommented())
    for part in path:
        section = section[part]
    assert list(untrue(model, section)) == []


def test_the_manual_is_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    for name in (*SECRETS, "exempelkommun_webhook_secret"):
        (tmp_path / "secrets" / name).write_text("x")
    (tmp_path / "bridge.toml").write_text(uncommented())
    found = settings.load(tmp_path / "bridge.toml", {})
    assert found.kommun["exempelkommun"].profile == "procapita/standard"


def test_a_sandbox_elsewhere_is_told_everywhere() -> None:
    text = configuration_text(Sandbox(port=9001, timeout_s=2, settle_s=1, retry_s=0.2))
    assert "127.0.0.1:8900" not in text
    kommun = tomllib.loads(text)["kommun"]["malmo"]
    assert (kommun["timeout_s"], kommun["settle_s"], kommun["retry"]) == (2, 1, {"base_s": 0.2})
