"""Each kommun's data keys: wrapped in the database, cached when open."""

import threading

import sqlalchemy as sa

from bbic_bridge.security.envelope import CannotOpen, DataKey, RootKeys, key_id_of
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.schema import data_keys, index_checks

# Whoever writes holds this lock, shared, until the transaction ends. SQLite has one writer anyway.
_LOCK = 4244
_WRITING = sa.select(sa.func.pg_advisory_xact_lock_shared(_LOCK))
_ALONE = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_NEWEST = sa.select(sa.func.max(data_keys.c.key_id)).where(
    data_keys.c.kommun == sa.bindparam("kommun")
)


def wait_for_writers(connection: sa.Connection) -> None:
    """Returns when every transaction that was writing has ended: no key older than those that
    are committed now is sealed with any more. To be ended at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE)


class Keyring:
    """Seals and opens columns for a kommun.

    Keys are only cached from committed rows: ``ensure`` and ``add`` make them in a transaction of
    their own, before anything is sealed, so that no value outlives its key. Which key is the newest
    is asked in every transaction (``begin``): once another process has made a key and waited for
    those who write (``wait_for_writers``), nobody seals with an earlier one.
    """

    def __init__(self, roots: RootKeys) -> None:
        self.roots = roots
        self._open: dict[tuple[str, int], DataKey] = {}
        self._newest: dict[str, DataKey] = {}
        self._lock = threading.Lock()

    def seal(
        self, connection: sa.Connection, kommun: str, plain: bytes, place: tuple[str, str, str]
    ) -> bytes:
        """Encrypts for ``place`` = (table, row, column) with the kommun's newest key."""
        key = self._newest.get(kommun) or self._load_newest(connection, kommun)
        return key.seal(plain, *place)

    def open(
        self, connection: sa.Connection, kommun: str, sealed: bytes, place: tuple[str, str, str]
    ) -> bytes:
        """Decrypts. Raises ``CannotOpen`` naming table and column, never the value."""
        return self.key(connection, kommun, key_id_of(sealed)).open(sealed, *place)

    def begin(self, connection: sa.Connection) -> None:
        """Before anything else in a transaction that writes."""
        self._newest.clear()
        if connection.dialect.name == "postgresql":
            connection.execute(_WRITING)

    def ensure(self, connection: sa.Connection, kommun: str, now: int) -> None:
        """Makes the kommun's first data key unless it has one."""
        has_one = sa.select(data_keys.c.key_id).where(data_keys.c.kommun == kommun).limit(1)
        if connection.scalar(has_one) is None:
            values = {
                "kommun": kommun,
                "key_id": 1,
                "wrapped": self.roots.new_data_key(kommun, 1),
                "created_at": now,
            }
            insert_once(connection, data_keys, values)

    def key_ids(self, connection: sa.Connection, kommun: str) -> list[int]:
        """The ids of the kommun's data keys; nobody else adds one until the transaction ends."""
        ids = sa.select(data_keys.c.key_id).where(data_keys.c.kommun == kommun)
        connection.execute(ids.with_for_update()).all()
        return sorted(connection.scalars(ids))

    def add(self, connection: sa.Connection, kommun: str, now: int) -> int:
        """Makes the kommun another data key, and returns its id."""
        key_id = (connection.scalar(_NEWEST, {"kommun": kommun}) or 0) + 1
        wrapped = self.roots.new_data_key(kommun, key_id)
        values = {"kommun": kommun, "key_id": key_id, "wrapped": wrapped, "created_at": now}
        connection.execute(sa.insert(data_keys).values(values))
        return key_id

    def key(self, connection: sa.Connection, kommun: str, key_id: int) -> DataKey:
        """One data key.

        Raises:
            CannotOpen: it is not there, or damaged.
            StoreUnavailable: the master key was changed since the store was opened.
        """
        return self._open.get((kommun, key_id)) or self._load(connection, kommun, key_id)

    def is_index_key(self, connection: sa.Connection, *, keep: bool = False) -> bool:
        """Whether the index key is the one this database was first opened with.

        Args:
            keep: whether this is the first, where there was none.
        """
        digest = self.roots.keyed_hash("index check")
        if keep:
            insert_once(connection, index_checks, {"name": "index", "digest": digest})
        return connection.scalar(sa.select(index_checks.c.digest)) in (None, digest)

    def rewrap(self, connection: sa.Connection) -> list[tuple[str, int]]:
        """Wraps with the master key what is wrapped with an earlier one, and returns which."""
        done = []
        for row in connection.execute(sa.select(data_keys).with_for_update()).all():
            wrapped = self.roots.rewrap(row.kommun, row.key_id, row.wrapped)
            if wrapped is not None:
                change = sa.update(data_keys).where(*_is(row.kommun, row.key_id))
                connection.execute(change.values(wrapped=wrapped))
                done.append((row.kommun, row.key_id))
        return done

    def forget(self, connection: sa.Connection, kommun: str, before: int) -> list[int]:
        """Deletes the kommun's data keys before one. The caller knows that nothing is under them.

        Returns:
            Their ids.
        """
        gone = sa.delete(data_keys).where(data_keys.c.kommun == kommun, data_keys.c.key_id < before)
        rows = connection.execute(gone.returning(data_keys.c.key_id))
        return sorted(row.key_id for row in rows)

    def check(self, connection: sa.Connection) -> list[tuple[str, int]]:
        """(kommun, key id) of the data keys that do not open with this master key."""
        closed = []
        for row in connection.execute(sa.select(data_keys)):
            try:
                self._keep(row.kommun, self.roots.unwrap(row.kommun, row.key_id, row.wrapped))
            except CannotOpen:
                closed.append((row.kommun, row.key_id))
        return sorted(closed)

    def _load_newest(self, connection: sa.Connection, kommun: str) -> DataKey:
        key_id = connection.scalar(_NEWEST, {"kommun": kommun})
        if key_id is None:
            raise CannotOpen(f"{kommun} has no data key in this database")
        key = self.key(connection, kommun, key_id)
        self._newest[kommun] = key
        return key

    def _load(self, connection: sa.Connection, kommun: str, key_id: int) -> DataKey:
        return self._keep(kommun, self._read(connection, kommun, key_id))

    def _keep(self, kommun: str, key: DataKey) -> DataKey:
        with self._lock:
            self._open[kommun, key.key_id] = key
        return key

    def _read(self, connection: sa.Connection, kommun: str, key_id: int) -> DataKey:
        wrapped = connection.scalar(sa.select(data_keys.c.wrapped).where(*_is(kommun, key_id)))
        if wrapped is None:
            raise CannotOpen(f"the data key {key_id} of {kommun} is not in this database")
        try:
            return self.roots.unwrap(kommun, key_id, wrapped)
        except CannotOpen as error:
            # All of them opened when the store was: another process has changed the master key.
            told = "the master key was changed while this process ran: start it again"
            raise StoreUnavailable(told) from error


def data_keys_of(connection: sa.Connection) -> list[tuple[str, int, int]]:
    """(kommun, key id, made at in microseconds) of every data key."""
    k = data_keys.c
    rows = connection.execute(
        sa.select(k.kommun, k.key_id, k.created_at).order_by(k.kommun, k.key_id)
    )
    return [(row.kommun, row.key_id, row.created_at) for row in rows]


def _is(kommun: str, key_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (data_keys.c.kommun == kommun, data_keys.c.key_id == key_id)
