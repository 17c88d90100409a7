"""Reading the configuration: what wins, where paths count from, and what errors say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.settings import Settings, load, secret_files

KOMMUN = """
[kommun.malmo]
system = "procapita"
write_url = "http://127.0.0.1/soap"
read_url = "http://127.0.0.1/fc"
"""
TOLD = "BBIC_KOMMUN__MALMO__"


def written(folder: Path, text: str, **files: str) -> Path:
    for name, content in files.items():
        (folder / name).write_text(content)
    path = folder / "bridge.toml"
    path.write_text(text)
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load(None, {})
    assert settings == Settings(base=Path.cwd())
    assert settings.sqlalchemy_url() == f"sqlite:///{Path.cwd()}/var/bridge.db"


def test_the_environment_wins_over_the_file_at_any_depth(tmp_path: Path) -> None:
    path = written(tmp_path, KOMMUN + "timeout_s = 7\n[kommun.malmo.retry]\nbase_s = 3\n")
    told = {f"{TOLD}TIMEOUT_S": "9", f"{TOLD}RETRY__BASE_S": "4", "BBIC_WORKER__LEASE_S": "30"}
    settings = load(path, told)
    assert settings.kommun["malmo"].timeout_s == 9
    assert settings.kommun["malmo"].retry.base_s == 4
    assert settings.worker.lease_s == 30
    assert load(path, {}).kommun["malmo"].retry.base_s == 3


def test_secrets_come_from_files_beside_the_configuration_at_any_depth(tmp_path: Path) -> None:
    text = f"""
    master_key_file = "master"
    {KOMMUN}
    token_file = "token"
    webhook_secrets_files = ["new", "old"]
    """
    path = written(tmp_path, text, master="m\n", token="t\n", new="n\n", old="o\n")
    settings = load(path, {})
    malmo = settings.kommun["malmo"]
    assert settings.master_key.get_secret_value() == "m"
    assert malmo.token.get_secret_value() == "t"
    assert [secret.get_secret_value() for secret in malmo.webhook_secrets] == ["n", "o"]


@pytest.mark.parametrize("in_file", ['broker_url = "redis://file"', 'broker_url_file = "file"'])
@pytest.mark.parametrize("variable", ["BBIC_BROKER_URL", "BBIC_BROKER_URL_FILE"])
def test_the_environment_wins_however_either_side_is_spelt(
    tmp_path: Path, in_file: str, variable: str
) -> None:
    path = written(tmp_path, in_file, file="redis://file", told="redis://told")
    value = "told" if variable.endswith("_FILE") else "redis://told"
    assert load(path, {variable: value}).broker_url.get_secret_value() == "redis://told"


def test_paths_count_from_the_configuration_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, 'database_url = "sqlite:///data/b.db"'), {})
    assert settings.sqlalchemy_url() == f"sqlite:///{tmp_path}/data/b.db"
    assert settings.var == tmp_path / "var"


def test_an_absolute_database_path_stays(tmp_path: Path) -> None:
    settings = load(written(tmp_path, f'database_url = "sqlite:///{tmp_path}/b.db"'), {})
    assert settings.sqlalchemy_url() == f"sqlite:///{tmp_path}/b.db"


def test_the_standard_profile_of_the_system_is_the_default(tmp_path: Path) -> None:
    assert load(written(tmp_path, KOMMUN), {}).kommun["malmo"].profile == "procapita/standard"
    own = written(tmp_path, KOMMUN + 'profile = "procapita/our"')
    assert load(own, {}).kommun["malmo"].profile == "procapita/our"


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ('databse_url = "sqlite:///hemlig"', "databse_url"),
        (KOMMUN + 'timeout_s = "hemlig"', "kommun.malmo.timeout_s"),
        (KOMMUN + 'token = ["hemlig"]', "kommun.malmo.token"),
        ('master_key_file = "no-such-file"', "master_key_file"),
        (KOMMUN + 'key_file = "no-such-file"', "kommun.malmo.key_file"),
        ('[source.w]\nsecrets_files = ["no-such-file"]', "source.w.secrets_files"),
    ],
)
def test_errors_name_the_setting_and_never_its_value(
    tmp_path: Path, text: str, setting: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(written(tmp_path, text), {})
    assert f"setting {setting}: " in str(error.value)
    assert "hemlig" not in str(error.value)


def test_a_missing_or_broken_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no configuration file .*absent\.toml"):
        load(tmp_path / "absent.toml", {})
    with pytest.raises(ConfigurationError, match=r"bridge\.toml: "):
        load(written(tmp_path, "= ="), {})


def test_only_rules_that_may_have_been_replaced_are_taken_away(tmp_path: Path) -> None:
    taken = written(tmp_path, '[krav]\nutan = ["plan.hvb.skolgang"]')
    assert load(taken, {}).krav.utan == ("plan.hvb.skolgang",)
    for kod in ("plan.umgange", "plan.hvb.skola"):
        with pytest.raises(ConfigurationError, match=f"krav.utan.*{kod} cannot be taken away"):
            load(written(tmp_path, f'[krav]\nutan = ["{kod}"]'), {})


def test_a_file_that_is_missing_is_told_from_one_that_cannot_be_read(tmp_path: Path) -> None:
    text = KOMMUN + 'key_file = "key"'
    with pytest.raises(ConfigurationError, match=r"malmo\.key_file: there is no file .*/key$"):
        load(written(tmp_path, text), {})
    (tmp_path / "key").mkdir()
    with pytest.raises(ConfigurationError, match=r"malmo\.key_file: cannot read .*/key$"):
        load(written(tmp_path, text), {})


def test_secrets_do_not_show(tmp_path: Path) -> None:
    settings = load(written(tmp_path, 'master_key = "hemlig"'), {})
    assert "hemlig" not in repr(settings)


def test_a_time_limit_may_be_chosen_for_other_kinds_and_warned_of_otherwise(tmp_path: Path) -> None:
    text = '[frist.uppfoljning]\ninsatstyper = ["oppenvard"]\nvarna_dagar = 14'
    chosen = load(written(tmp_path, text), {"BBIC_FRIST__EJ_VERKSTALLT__VARNA_DAGAR": "45"}).frist
    assert list(chosen["uppfoljning"].insatstyper or ()) == ["oppenvard"]
    assert (chosen["uppfoljning"].varna_dagar, chosen["ej_verkstallt"].varna_dagar) == (14, 45)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[frist.uppfoljningen]\nvarna_dagar = 14", "uppfoljningen"),
        ('[frist.uppfoljning]\ninsatstyper = ["kontakt"]', "frist.uppfoljning.insatstyper"),
        ("[frist.uppfoljning]\nvarna_dagar = -1", "frist.uppfoljning.varna_dagar"),
        ("[frist.ej_verkstallt]\ninsatstyper = []", "ej_verkstallt is law"),
    ],
)
def test_a_time_limit_that_does_not_exist_or_is_law_is_refused_by_name(
    tmp_path: Path, text: str, named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        load(written(tmp_path, text), {})


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ("2027-01-01", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("2027-07-01T12:00:00", datetime(2027, 7, 1, 10, tzinfo=UTC)),
        ("2027-01-01T12:00:00+05:00", datetime(2027, 1, 1, 7, tzinfo=UTC)),
        ('"2027-01-01"', datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ('"never"', None),
    ],
)
def test_a_token_ends_at_a_date_in_sweden_or_at_a_time(
    tmp_path: Path, told: str, ends: datetime | None
) -> None:
    path = written(tmp_path, f'[token.x]\ntoken = "0123456789abcdef"\nexpires = {told}\n')
    assert load(path, {}).token["x"].ends == ends
    again = load(path, {"BBIC_TOKEN__X__EXPIRES": "2030-06-01"})
    assert again.token["x"].ends == datetime(2030, 5, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize("told", ['"soon"', "7", "12:00:00"])
def test_what_is_no_time_ends_no_token(tmp_path: Path, told: str) -> None:
    path = written(tmp_path, f'[token.x]\ntoken = "0123456789abcdef"\nexpires = {told}\n')
    with pytest.raises(ConfigurationError, match=r"setting token\.x\.expires"):
        load(path, {})


def test_the_files_that_hold_secrets_are_known(tmp_path: Path) -> None:
    text = f"""
    master_key_file = "master"
    {KOMMUN}
    webhook_secrets_files = ["new", "old"]
    """
    path = written(tmp_path, text)
    told = {"BBIC_INDEX_KEY_FILE": "/run/index"}
    found = {str(file.relative_to(tmp_path)) for file in secret_files(path, {})}
    assert found == {"master", "new", "old"}
    assert Path("/run/index") in secret_files(path, told)
