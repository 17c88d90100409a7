"""Which configuration holds, and that the built-in defaults are the same for every command."""

import stat
import threading
from pathlib import Path

import pytest

from bbic_bridge import settings
from bbic_bridge.cli.configuration import built_in_defaults, configuration
from bbic_bridge.delivery.errors import ConfigurationError
from tests.cli.conftest import Cli


def write(path: Path, days: int) -> Path:
    path.write_text(f"waiting_report_days = {days}\n")
    return path


def test_the_option_wins_over_the_environment_and_that_over_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "bridge.toml", 1)
    assert configuration(None).settings.waiting_report_days == 1
    monkeypatch.setenv("BBIC_CONFIG", str(write(folder / "named.toml", 2)))
    assert configuration(None).settings.waiting_report_days == 2
    option = write(folder / "option.toml", 3)
    assert configuration(option).settings.waiting_report_days == 3


def test_a_file_that_is_not_there_is_wrong_use(cli: Cli, folder: Path) -> None:
    outcome = cli("status", "--config", "nowhere.toml")
    assert outcome.code == 2
    assert "nowhere.toml" in outcome.err
    assert not (folder / "var").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--config", "nowhere.toml", "deliveries", "list"),
        ("deliveries", "--config", "nowhere.toml", "list"),
        ("deliveries", "list", "--config", "nowhere.toml"),
        ("--config", "bridge.toml", "case", "--config", "nowhere.toml", "show", "A-1"),
    ],
)
def test_the_option_may_stand_anywhere_and_the_nearest_wins(
    cli: Cli, words: tuple[str, ...]
) -> None:
    assert "nowhere.toml" in cli(*words).err


def test_without_a_file_the_defaults_are_made_and_stay_the_same(folder: Path) -> None:
    first = configuration(None)
    again = configuration(None)
    assert first.path == folder / "var" / "defaults.toml"
    assert again.settings == first.settings
    assert set(first.settings.kommun) == {"malmo", "exempel"}
    assert first.settings.sqlalchemy_url() == f"sqlite:///{folder}/var/bridge.db"
    assert first.settings.var == folder / "var"


def test_another_process_that_is_given_the_file_sees_the_same(folder: Path) -> None:
    found = configuration(None)
    environment = found.environment(BBIC_BROKER_URL="redis://x")
    assert environment["BBIC_CONFIG"] == str(found.path)
    assert environment["BBIC_BROKER_URL"] == "redis://x"
    assert settings.load_default({"BBIC_CONFIG": str(found.path)}) == found.settings
    key = found.settings.master_key.get_secret_value()
    assert not [value for value in environment.values() if key in value]


def test_the_secrets_of_the_defaults_are_private(folder: Path) -> None:
    built_in_defaults(folder)
    for path in (folder / "var").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.suffix == ".lock", path


def test_the_sandbox_may_move_and_the_keys_stay(folder: Path) -> None:
    before = configuration(None).settings
    moved = configuration(None, sandbox_port=9123).settings
    assert moved.kommun["malmo"].write_url.startswith("http://127.0.0.1:9123/")
    assert moved.master_key == before.master_key
    assert configuration(None).settings == moved


def test_a_first_use_that_was_cut_short_is_completed_with_its_own_keys(folder: Path) -> None:
    key = configuration(None).settings.master_key
    (folder / "var" / "defaults.toml").unlink()
    (folder / "var" / "secrets" / "read_token").unlink()
    assert configuration(None).settings.master_key == key


def test_a_first_use_by_many_at_once_gives_one_set_of_keys(folder: Path) -> None:
    keys: list[str] = []

    def use() -> None:
        found = settings.load(built_in_defaults(folder))
        keys.append(found.master_key.get_secret_value())

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_folder_with_quotes_in_its_name_will_do(tmp_path: Path) -> None:
    odd = tmp_path / 'a "b" \\c å'
    odd.mkdir()
    assert settings.load(built_in_defaults(odd)).base == odd


def test_a_wrong_setting_is_named_and_its_value_is_not(folder: Path) -> None:
    (folder / "bridge.toml").write_text('master_key = ["hemligt"]\n')
    with pytest.raises(ConfigurationError, match="master_key") as caught:
        configuration(None)
    assert "hemligt" not in str(caught.value)
