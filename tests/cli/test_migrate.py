"""`migrate`, and that a file of our own needs none."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_the_database_is_made_and_may_be_migrated_again(cli: Cli, folder: Path) -> None:
    first, again = cli("migrate"), cli("migrate")
    assert first.code == again.code == 0
    assert first.out == again.out
    assert first.out.startswith("The database has schema ")
    assert (folder / "var" / "bridge.db").exists()


def test_a_file_of_our_own_is_made_when_it_is_needed(cli: Cli) -> None:
    assert cli("status").code == 0


def test_a_database_server_is_migrated_only_when_told(
    cli: Cli, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_DATABASE_URL", postgres_url)
    refused = cli("status")
    assert refused.code == 2
    assert "bbic-bridge migrate" in refused.err
    assert cli("migrate").code == 0
    assert cli("status").code == 0


def test_a_database_that_cannot_be_reached_is_told(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/x")
    for words in (("migrate",), ("status",)):
        outcome = cli(*words)
        assert outcome.code == 3
        assert "the database cannot be reached" in outcome.err
