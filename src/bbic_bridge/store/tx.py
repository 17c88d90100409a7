"""One transaction: what every function of this package works in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store import canonical
from bbic_bridge.store.claims import Claims
from bbic_bridge.store.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Tx:
    """A connection inside a transaction, the keys, and the time (microseconds) it happens at."""

    connection: sa.Connection
    keyring: Keyring
    claims: Claims
    now: int

    def seal(self, kommun: str, plain: bytes, table: str, row: str, column: str) -> bytes:
        """Encrypts a column's value with the kommun's data key."""
        return self.keyring.seal(self.connection, kommun, plain, (table, row, column))

    def open(self, kommun: str, sealed: bytes, table: str, row: str, column: str) -> bytes:
        """Decrypts a column's value. Raises ``CannotOpen``."""
        return self.keyring.open(self.connection, kommun, sealed, (table, row, column))

    def seal_json(
        self, kommun: str, value: Mapping[str, Any], table: str, row: str, column: str
    ) -> bytes:
        return self.seal(kommun, canonical.dumps(value), table, row, column)

    def open_json(
        self, kommun: str, sealed: bytes, table: str, row: str, column: str
    ) -> dict[str, Any]:
        value: dict[str, Any] = canonical.loads(self.open(kommun, sealed, table, row, column))
        return value
