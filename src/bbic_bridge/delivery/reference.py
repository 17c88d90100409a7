"""References: names that come out the same when the same event is planned again.

A reference is a ULID whose time is the event's own and whose other 80 bits are a hash of what is
intended. After a restore from backup, an event sent again gets the same references, so that the
vendor's earlier effects are found and not repeated.
"""

import hashlib
from datetime import UTC, datetime

from ulid import ULID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_MS = 2**48 - 1


def reference(moment: datetime, *intent: str) -> str:
    """26 characters, ordered by ``moment`` (aware), the same for the same intent."""
    ms = int((moment - _EPOCH).total_seconds() * 1000)
    digest = hashlib.sha256("\x1f".join(intent).encode()).digest()
    return str(ULID.from_bytes(min(max(ms, 0), _MAX_MS).to_bytes(6, "big") + digest[:10]))


def fresh_id() -> str:
    """A new ULID for a row that stands for nothing but itself."""
    return str(ULID())
