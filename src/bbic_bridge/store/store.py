"""The store: writes go through group commit, reads through a pool of their own."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar, cast

import sqlalchemy as sa

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.security.envelope import RootKeys
from bbic_bridge.store.claims import Claims
from bbic_bridge.store.commit import GroupCommit
from bbic_bridge.store.engine import create_engine, unavailable
from bbic_bridge.store.keyring import Keyring, wait_for_writers
from bbic_bridge.store.lanes import LaneKey
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.migrate import require_current
from bbic_bridge.store.reclaim import reclaim
from bbic_bridge.store.space import Space
from bbic_bridge.store.times import micros
from bbic_bridge.store.tx import Tx

T = TypeVar("T")
# A worker that is frozen while it holds lanes' locks loses them.
_CLAIMING = sa.text(
    "SELECT set_config('synchronous_commit', 'off', true),"
    " set_config('idle_in_transaction_session_timeout', '5s', true)"
)


class Store:
    """One database.

    Args:
        url: ``sqlite:///…`` or ``postgresql+psycopg://…``.
        roots: the master and index keys.
        clock: the current time, aware.
        ahead: seconds that the clock of leases is to be ahead, for tests.
    """

    def __init__(
        self,
        url: str,
        roots: RootKeys,
        clock: Callable[[], datetime],
        ahead: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._engine = create_engine(url)
        self._reader = self._engine.execution_options(bbic_read=True)
        self.keyring = Keyring(roots)
        self._commit = GroupCommit(self._engine, self.keyring.begin)
        self._clock = clock
        self.claims = Claims(self._engine.dialect.name, ahead)
        self.space = Space(self._engine.url)

    def open(self, kommuner: Iterable[str]) -> None:
        """Checks the schema and makes the kommuner's data keys.

        Raises:
            StoreUnavailable: the database cannot be reached.
            ConfigurationError: its schema is older or newer than this program, or it belongs to
                another master key.
        """
        with unavailable(), self._engine.connect() as connection:
            require_current(connection)
        self.write(lambda tx: self._ensure_keys(tx, sorted(set(kommuner))))

    def write(
        self,
        job: Callable[[Tx], T],
        locks: Iterable[CaseKey] = (),
        lanes: Iterable[LaneKey] = (),
    ) -> T:
        """Runs ``job`` in a group's transaction and returns after the commit.

        Raises:
            StoreUnavailable: nothing was stored.
        """
        result = self._commit.run(lambda connection: job(self._tx(connection)), locks, lanes)
        return cast(T, result)

    def claim(self, job: Callable[[Tx], T]) -> T:
        """Runs a claim. On a database server in a transaction of its own: the lanes that it locks
        are not to wait for a group's other writes, nor for the disk.

        What a server's crash may undo of it has led to nothing yet: the attempt that is counted
        before anything is sent waits for the disk, and for all that was written before it.

        Raises:
            StoreUnavailable: nothing was claimed.
        """
        if self._engine.dialect.name == "sqlite":
            return self.write(job)
        with unavailable(), self._engine.begin() as connection:
            connection.execute(_CLAIMING)
            return job(self._tx(connection))

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that only reads, on one snapshot."""
        with unavailable(), self._reader.connect() as connection:
            yield self._tx(connection)

    def wait_for_writers(self) -> None:
        """Returns when every transaction that was writing, in any process, has ended.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        with unavailable(), self._engine.begin() as connection:
            wait_for_writers(connection)

    def reclaim(self, *, compact: bool = False) -> bool:
        """See ``space.reclaim``."""
        return reclaim(self._engine, compact=compact)

    def close(self) -> None:
        """Writes what is queued and lets go of the database."""
        self._commit.close()
        self._engine.dispose()

    def _tx(self, connection: sa.Connection) -> Tx:
        return Tx(connection, self.keyring, self.claims, micros(self._clock()))

    def _ensure_keys(self, tx: Tx, kommuner: list[str]) -> None:
        closed = sorted({kommun for kommun, _ in self.keyring.check(tx.connection)})
        if closed:
            raise ConfigurationError(f"setting master_key: not the key of {', '.join(closed)}")
        if not self.keyring.is_index_key(tx.connection, keep=True):
            raise ConfigurationError("setting index_key: not the key of this database")
        for kommun in kommuner:
            self.keyring.ensure(tx.connection, kommun, tx.now)
