"""Room for the database: a disk that runs full is told before it is full."""

import os
from pathlib import Path

import sqlalchemy as sa

from bbic_bridge.store.engine import StoreUnavailable


class StorageLow(StoreUnavailable):
    """Too little room is left on the database's disk to take in more; nothing was stored."""


class Space:
    """The disk under a database. Only SQLite's is known: a server tells by itself when it is full.

    Args:
        url: the engine's address.
    """

    def __init__(self, url: sa.URL) -> None:
        local = url.get_backend_name() == "sqlite" and url.database
        self._folder = Path(url.database or "").absolute().parent if local else None

    def free_bytes(self) -> int | None:
        """What is left for us, None where it cannot be told."""
        if self._folder is None:
            return None
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize

    def is_low(self, least: int) -> bool:
        """Whether less than ``least`` bytes are left."""
        free = self.free_bytes()
        return free is not None and free < least

    def require(self, least: int) -> None:
        """Raises ``StorageLow`` where less than ``least`` bytes are left."""
        if self.is_low(least):
            raise StorageLow("too little room is left on the database's disk")
