"""Logging: one line of JSON per event, named fields only.

Only fields in ``ALLOWED`` are written, so that free text, exceptions and documents cannot leak.
The event names and fields are a public interface (docs/log-events.md).
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
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
        "where",
        "logger",
        "because",
        "head",
    }
)
_QUIET = ("httpx", "httpcore", "uvicorn.access", "alembic")
_WARNING = re.compile(r"(?:.*[/\\])?([^/\\:]+)\.py:(\d+): (\w+): ")
_SPEAK_FOR_THEMSELVES = ("uvicorn", "uvicorn.error", "uvicorn.access")


def configure(level: str = "INFO") -> None:
    """Sends our log to stderr, a line of JSON each."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=_Stderr,
        # A module's logger outlives a change of configuration.
        cache_logger_on_first_use=False,
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def take_over(level: str = "INFO") -> None:
    """For a process that is all ours: what others say on stderr becomes a line of JSON as well.

    A library's warning or error is told by its place and the class of its exception: its words
    may hold what it worked on. So is what nobody caught.
    """
    configure(level)
    root = logging.getLogger()
    if not any(isinstance(handler, _Library) for handler in root.handlers):
        root.addHandler(_Library())
    for name in _SPEAK_FOR_THEMSELVES:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


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


log = get_logger()


def error_name(error: BaseException) -> str:
    """All that is logged of an exception: its class."""
    return type(error).__name__


def place_of(trace: TracebackType | None) -> str:
    """Where an exception came from: function and line."""
    frames = traceback.extract_tb(trace)
    return f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""


class _Library(logging.Handler):
    """Tells that a library logged something, and where, but not what."""

    def emit(self, record: logging.LogRecord) -> None:
        place, error = _told_by(record)
        if record.levelno >= logging.ERROR:
            log.error("library_log", logger=record.name, code=place, error=error)
        elif record.levelno >= logging.WARNING:
            log.warning("library_log", logger=record.name, code=place, error=error)


def _told_by(record: logging.LogRecord) -> tuple[str, str | None]:
    """File and line of a record, and the class of its exception or of the warning that it is."""
    if record.name == "py.warnings" and (found := _WARNING.match(record.getMessage())):
        return f"{found[1]}:{found[2]}", found[3]
    kind = record.exc_info[0] if record.exc_info else None
    return f"{record.module}:{record.lineno}", kind.__name__ if kind else None


def _uncaught(
    kind: type[BaseException], _: BaseException | None, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        log.critical("uncaught_error", error=kind.__name__, code=place_of(trace))


def _only_allowed(
    _logger: Any, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in fields.items() if name in ALLOWED}
