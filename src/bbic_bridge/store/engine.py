"""Opening the database: SQLite (WAL) or PostgreSQL, and the clock that leases live on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bbic_bridge.delivery.errors import BridgeError, ConfigurationError
from bbic_bridge.store.times import SECOND

BUSY_TIMEOUT_MS = 10_000
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class StoreUnavailable(BridgeError):
    """The database cannot be reached or written; nothing was stored."""


def create_engine(url: str) -> sa.Engine:
    """An engine for ``sqlite:///…`` or ``postgresql+psycopg://…``.

    Raises:
        ConfigurationError: for any other kind of address.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigurationError("setting database_url: not a database address") from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.drivername == "postgresql+psycopg":
        return sa.create_engine(
            parsed,
            pool_size=16,
            max_overflow=16,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 5},
        )
    raise ConfigurationError("setting database_url: use sqlite:/// or postgresql+psycopg://")


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database:
        raise ConfigurationError("setting database_url: name a file after sqlite:///")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=16,
        max_overflow=16,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # SQLAlchemy says BEGIN itself below; the driver's own habit would start too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        if cursor.execute("PRAGMA page_count").fetchone() == (0,):
            # Only a new file can be told to give back what is deleted, without being rewritten.
            cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "cache_size = -65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("bbic_read", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def unavailable() -> Iterator[None]:
    """Turns the driver's connection and lock errors into ``StoreUnavailable``."""
    try:
        yield
    except (OperationalError, InterfaceError, sa.exc.TimeoutError) as error:
        raise StoreUnavailable("the database cannot be reached or written") from error
    except DBAPIError as error:
        if is_outage(error):
            raise StoreUnavailable("the database cannot be written now") from error
        raise


# Read-only or broken transaction, out of resources, shut down, system error (PostgreSQL's classes).
_OUTAGES = ("25", "53", "57", "58")


def is_outage(error: DBAPIError) -> bool:
    """Whether the database, not the statement, is at fault."""
    state = getattr(error.orig, "sqlstate", None) or ""
    unable = isinstance(error, OperationalError | InterfaceError)
    return unable or error.connection_invalidated or state.startswith(_OUTAGES)


class LeaseClock:
    """The time leases are measured in, and the boot they belong to.

    PostgreSQL: the server's own clock, the same for all workers. SQLite: this machine's clock
    since boot, which no one can set back; it starts again at a reboot, hence the boot's id.

    Args:
        ahead: seconds to add, for tests.
    """

    def __init__(self, dialect: str, ahead: Callable[[], float] = lambda: 0.0) -> None:
        self._server = dialect == "postgresql"
        self._ahead = ahead
        self.boot = "server" if self._server else _boot_id()

    def now(self) -> sa.ColumnElement[float]:
        """The lease time when the statement is executed, as a SQL expression, in seconds."""
        if self._server:
            now = sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Float(53))
            return now + sa.bindparam(None, callable_=self._ahead, type_=sa.Float(53))
        return sa.bindparam(None, callable_=self._since_boot, type_=sa.Float(53))

    def micros(self) -> sa.ColumnElement[int]:
        """The same in microseconds."""
        return sa.cast(self.now() * SECOND, sa.BigInteger)

    def _since_boot(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) + self._ahead()


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return "unknown"
