"""JSON with one spelling: the same value always gives the same bytes."""

import json
from typing import Any


def dumps(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8. Raises ``ValueError`` for what JSON cannot hold."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def loads(raw: bytes) -> Any:
    return json.loads(raw)
