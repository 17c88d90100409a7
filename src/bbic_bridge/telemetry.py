"""Logging: one line of JSON per event, named fields only.

Only fields in ``ALLOWED`` are written, so that free text, exceptions and documents cannot leak.
The event names and fields are a public interface (docs/log-events.md).
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "kommun",
        "system",
        "operation",
        "delivery",
        "effect",
        "state",
        "kind",
        "code",
        "attempt",
        "count",
        "stream",
        "seconds",
        "task",
        "process",
        "status",
        "error",
    }
)
_QUIET = ("httpx", "httpcore", "uvicorn.access", "alembic")


def configure(level: str = "INFO") -> None:
    """Sends our log and that of the libraries to stderr, a line of JSON each."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=_Stderr,
        cache_logger_on_first_use=True,
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Stderr:
    """Writes to whatever stderr is now: a logger lives longer than a redirection."""

    def __init__(self, *_: Any) -> None:
        """structlog makes one per logger."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = msg


def get_logger() -> Any:
    """A logger whose calls name a static event and allowed fields."""
    return structlog.get_logger()


def error_name(error: BaseException) -> str:
    """All that is logged of an exception: its class."""
    return type(error).__name__


def _only_allowed(
    _logger: Any, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in fields.items() if name in ALLOWED}
