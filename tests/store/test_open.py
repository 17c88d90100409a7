"""Opening a database: the newest schema and the right keys, or a clear refusal."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.security.envelope import RootKeys, new_root_key
from bbic_bridge.store import migrations
from bbic_bridge.store.chain import Head, head_of, link, sealed_rows
from bbic_bridge.store.migrate import migrate, state
from bbic_bridge.store.schema import metadata
from bbic_bridge.store.sealer import seal
from bbic_bridge.store.store import Store
from tests.stores import Clock

MASTER, INDEX = new_root_key(), new_root_key()


def open_with(url: str, master: str, index: str) -> None:
    store = Store(url, RootKeys(master, index), Clock())
    try:
        store.open(["malmo"])
    finally:
        store.close()


def upgrade_to(connection: sa.Connection, version: str) -> None:
    """An earlier schema."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def test_the_migrations_make_the_tables_that_the_code_expects(empty_url: str) -> None:
    migrate(empty_url)
    engine = sa.create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    assert state(empty_url) is None
    assert migrate(empty_url) == migrate(empty_url) == state(empty_url)


def test_what_an_earlier_schema_held_is_kept(empty_url: str) -> None:
    """A stream that had been read before has been read; nothing of it has failed."""
    engine = sa.create_engine(empty_url)
    with engine.begin() as connection:
        upgrade_to(connection, "0001")
        for row in (
            "INSERT INTO watermarks VALUES ('malmo', 'procapita', 'familycare', '7', 5)",
            "INSERT INTO vendor_changes VALUES "
            "('malmo', 'procapita', 'x:1', 'x', 'held', NULL, 5, NULL)",
        ):
            connection.exec_driver_sql(row)
    migrate(empty_url)
    with engine.connect() as connection:
        mark = connection.execute(sa.select(metadata.tables["watermarks"])).one()
        change = connection.execute(sa.select(metadata.tables["vendor_changes"])).one()
    engine.dispose()
    assert (mark.cursor, mark.at, mark.read, mark.failed_code) == ("7", 5, 1, None)
    assert (change.key, change.state, change.digest) == ("x:1", "held", None)


def test_an_audit_log_of_an_earlier_schema_is_chained_anew(empty_url: str) -> None:
    """It was chained without a key: the sealer takes it up in the same order."""
    engine = sa.create_engine(empty_url)
    with engine.begin() as connection:
        upgrade_to(connection, "0005")
        act = sa.text(
            "INSERT INTO audit "
            "(seq, id, at, actor, action, subject, kommun, details, digest, chain) "
            "VALUES (:seq, :id, 5, 'cli:a', 'reveal', 'D', 'malmo', :b, :b, :b)"
        )
        connection.execute(act, [{"seq": seq, "id": f"A{seq}", "b": b"x"} for seq in (1, 2)])
        connection.exec_driver_sql("INSERT INTO sealers VALUES ('audit', 2)")
    engine.dispose()
    migrate(empty_url)
    store = Store(empty_url, RootKeys(MASTER, INDEX), Clock())
    try:
        assert store.write(seal) == store.write(head_of)
        with store.read() as tx:
            assert head_of(tx).seq == 2
            first, second = sealed_rows(tx, 0, 2, 10)
    finally:
        store.close()
    roots = RootKeys(MASTER, INDEX)
    assert (first.id, first.chain) == ("A1", link(roots, Head(), first))
    assert (second.id, second.chain) == ("A2", link(roots, Head(1, first.chain), second))


def test_a_database_without_schema_says_what_to_do(empty_url: str) -> None:
    with pytest.raises(ConfigurationError, match="bbic-bridge migrate"):
        open_with(empty_url, MASTER, INDEX)


def test_a_newer_schema_is_refused(empty_url: str) -> None:
    migrate(empty_url)
    engine = sa.create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigurationError, match="newer"):
        open_with(empty_url, MASTER, INDEX)
    with pytest.raises(ConfigurationError, match="newer"):
        migrate(empty_url)


@pytest.mark.parametrize("wrong", ["master_key", "index_key"])
def test_another_key_is_refused_by_name(empty_url: str, wrong: str) -> None:
    migrate(empty_url)
    open_with(empty_url, MASTER, INDEX)
    keys = {"master_key": MASTER, "index_key": INDEX, wrong: new_root_key()}
    with pytest.raises(ConfigurationError, match=wrong):
        open_with(empty_url, keys["master_key"], keys["index_key"])
    open_with(empty_url, MASTER, INDEX)
