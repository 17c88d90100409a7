"""`keys` as an operator meets it, and `doctor` on a copy with other keys."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bbic_bridge.security.envelope import new_root_key
from tests.cli.conftest import Cli, Office
from tests.handbook.minsta import handelse

CASE = str(handelse("beslut.fattat")["subject"])


def test_list_and_rotate(office: Office) -> None:
    office.send(handelse("beslut.fattat"))
    office.work()
    rows = {row["kommun"]: row for row in office.cli("keys", "list", "--json").lines}
    assert (rows["malmo"]["key_id"], rows["malmo"]["newest"]) == (1, True)
    assert rows["malmo"]["values"] > 0
    told = office.cli("keys", "rotate", "--kommun", "malmo", "--reason", "årligen")
    assert told.code == 0
    assert told.out.startswith("malmo: made data key 2, ")
    assert told.out.endswith("earlier keys deleted: 1\n")
    assert [row["key_id"] for row in office.cli("keys", "list", "--json").lines] == [1, 1, 2]
    assert office.cli("case", "show", CASE).code == 1  # it deviates, and is shown


def test_rotate_takes_all_kommuner(office: Office) -> None:
    office.send(handelse("beslut.fattat"))
    done = office.cli("keys", "rotate", "--reason", "årligen", "--json")
    assert [(row["kommun"], row["removed"]) for row in done.lines] == [
        ("_bridge", [1]),
        ("exempel", [1]),
        ("malmo", [1]),
    ]


def test_the_master_key_is_changed(office: Office) -> None:
    office.send(handelse("beslut.fattat"))
    secret = Path("var/secrets/master_key")
    shutil.copy(secret, secret.with_name("before"))
    secret.write_text(new_root_key())
    config = Path("var/defaults.toml")
    plain = config.read_text()
    both = plain.replace("[limits]", 'earlier_master_keys_files = ["secrets/before"]\n[limits]')
    config.write_text(both)
    told = office.cli("keys", "rotate", "--master", "--reason", "byte")
    assert told.out == "3 data keys are wrapped anew; all are under master_key.\n"
    config.write_text(plain)
    assert office.cli("case", "show", CASE).code == 1  # it deviates, and is shown


@pytest.mark.parametrize("words", [("--kommun", "lund"), ("--master", "--kommun", "malmo")])
def test_wrong_use_is_told(office: Office, words: tuple[str, ...]) -> None:
    assert office.cli("keys", "rotate", "--reason", "-", *words).code == 2


def checks(cli: Cli) -> dict[str, tuple[str, str]]:
    found = cli("doctor", "--json").document
    return {one["what"]: (one["level"], one["found"]) for one in found if "keys" in one["what"]}


def test_doctor_on_a_restored_copy_names_the_keys_that_it_lacks(office: Office) -> None:
    office.send(handelse("beslut.fattat"))
    assert checks(office.cli)["stored keys"][0] == "ok"
    database, secrets = Path("var/bridge.db"), Path("var/secrets")
    with (
        closing(sqlite3.connect(database)) as live,
        closing(sqlite3.connect("var/backup.db")) as to,
    ):
        live.backup(to)
    for path in database.parent.glob("bridge.db*"):
        path.unlink()
    shutil.move("var/backup.db", database)
    (secrets / "master_key").write_text(new_root_key())
    (secrets / "index_key").write_text(new_root_key())
    assert checks(office.cli) == {
        "keys": ("ok", "master_key and index_key can be used"),
        "_bridge: keys": ("fail", "master_key does not open data key 1"),
        "exempel: keys": ("fail", "master_key does not open data key 1"),
        "malmo: keys": ("fail", "master_key does not open data key 1"),
        "database: keys": ("fail", "index_key is not this database's"),
    }
