"""Schema versions: bringing a database to the newest, and refusing any other."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.store.engine import create_engine, unavailable

_FOLDER = Path(__file__).parent / "migrations"


def migrate(url: str) -> str:
    """Brings the database to the newest schema; several at once wait for each other.

    Returns:
        The schema's version.
    """
    engine = create_engine(url)
    try:
        with unavailable(), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(4243)"))
            _refuse_newer(current(connection))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return newest()
    finally:
        engine.dispose()


def current(connection: sa.Connection) -> str | None:
    """The version that the database has, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The version that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("no migrations in the package")
    return head


def require_current(connection: sa.Connection) -> None:
    """Raises ``ConfigurationError`` unless the database has the newest schema."""
    version = current(connection)
    _refuse_newer(version)
    if version != newest():
        raise ConfigurationError("the database's schema is not up to date: bbic-bridge migrate")


def _refuse_newer(version: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version is not None and version not in known:
        raise ConfigurationError("the database's schema is newer than this program: upgrade it")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def state(url: str) -> str | None:
    """The version of the database at ``url``."""
    engine = create_engine(url)
    try:
        with unavailable(), engine.connect() as connection:
            return current(connection)
    finally:
        engine.dispose()
