"""Each kommun's data keys: wrapped in the database, cached when open."""

import threading

import sqlalchemy as sa

from bbic_bridge.security.envelope import CannotOpen, DataKey, RootKeys, key_id_of
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import data_keys, index_checks


class Keyring:
    """Seals and opens columns for a kommun.

    Keys are only cached from committed rows: ``ensure`` makes them in a transaction of its own,
    before anything is sealed, so that no value outlives its key.
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
        key_id = key_id_of(sealed)
        key = self._open.get((kommun, key_id)) or self._load(connection, kommun, key_id)
        return key.open(sealed, *place)

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

    def is_index_key(self, connection: sa.Connection) -> bool:
        """Whether the index key is the one this database was first opened with."""
        digest = self.roots.keyed_hash("index check")
        if insert_once(connection, index_checks, {"name": "index", "digest": digest}):
            return True
        return connection.scalar(sa.select(index_checks.c.digest)) == digest

    def check(self, connection: sa.Connection) -> list[str]:
        """Names of the kommuner whose data keys do not open with this master key."""
        closed = []
        for row in connection.execute(sa.select(data_keys)):
            try:
                self.roots.unwrap(row.kommun, row.key_id, row.wrapped)
            except CannotOpen:
                closed.append(row.kommun)
        return sorted(set(closed))

    def _load_newest(self, connection: sa.Connection, kommun: str) -> DataKey:
        newest = sa.select(sa.func.max(data_keys.c.key_id)).where(data_keys.c.kommun == kommun)
        key_id = connection.scalar(newest)
        if key_id is None:
            raise CannotOpen(f"{kommun} has no data key in this database")
        key = self._load(connection, kommun, key_id)
        with self._lock:
            self._newest[kommun] = key
        return key

    def _load(self, connection: sa.Connection, kommun: str, key_id: int) -> DataKey:
        key = self._read(connection, kommun, key_id)
        with self._lock:
            self._open[kommun, key_id] = key
        return key

    def _read(self, connection: sa.Connection, kommun: str, key_id: int) -> DataKey:
        wrapped = connection.scalar(
            sa.select(data_keys.c.wrapped).where(
                data_keys.c.kommun == kommun, data_keys.c.key_id == key_id
            )
        )
        if wrapped is None:
            raise CannotOpen(f"the data key {key_id} of {kommun} is not in this database")
        return self.roots.unwrap(kommun, key_id, wrapped)
