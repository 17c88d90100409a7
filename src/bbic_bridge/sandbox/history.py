"""What has changed the sandbox, a line in a file for each thing, so that it can all be done again.

A line is written before the thing is done, and nobody is told of the thing before that. What is
written is with the operating system: a process that is killed loses nothing.
"""

import errno
import fcntl
import json
import mmap
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any


class HistoryUnusable(ValueError):
    """The file cannot be gone on with. The text says why, without its content."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: ``kind`` says of what sort, ``what`` all that is needed to do it."""

    kind: str
    at: datetime
    what: dict[str, Any]


class History:
    """The file, held by one process at a time and readable by its owner alone.

    The lock is a file beside it, because ``begin`` puts a new file in the place of the old one.

    Raises:
        HistoryUnusable: another sandbox holds it.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = _open(_beside(path, ".lock"))
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file = _open(path)
        except BlockingIOError:
            self._lock.close()
            raise HistoryUnusable(f"{path} is in use by another sandbox") from None
        except OSError:
            self._lock.close()
            raise
        self._size = _size_of_whole_lines(self._file)
        self._file.truncate(self._size)

    def close(self) -> None:
        self._file.close()
        self._lock.close()

    @property
    def empty(self) -> bool:
        return self._size == 0

    def lines(self) -> Iterator[Line]:
        """Everything that happened, the oldest first.

        Raises:
            HistoryUnusable: something in it was not written by a sandbox.
        """
        with self.path.open("rb") as file:
            for number, text in enumerate(file, 1):
                try:
                    line = json.loads(text)
                    yield Line(line["kind"], datetime.fromisoformat(line["at"]), line["what"])
                except (ValueError, TypeError, KeyError):
                    raise HistoryUnusable(f"{self.path}, line {number}: not understood") from None

    def add(self, line: Line) -> None:
        """Notes one thing more.

        Raises:
            OSError: it could not be written; the file is as it was.
        """
        text = _text(line)
        try:
            _write(self._file, text)
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += len(text)

    def begin(self, line: Line) -> None:
        """Puts one line in place of all that there are; whoever is killed leaves either.

        Raises:
            OSError: it could not be written; the file is as it was.
        """
        fresh = _beside(self.path, ".new")
        fresh.unlink(missing_ok=True)
        text = _text(line)
        with ExitStack() as undo:
            file = undo.enter_context(_open(fresh))
            _write(file, text)
            fresh.replace(self.path)
            undo.pop_all()
        self._file.close()
        self._file, self._size = file, len(text)


def _open(path: Path) -> FileIO:
    """Without a buffer: what is written is with the operating system at once."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    return FileIO(os.open(path, flags, 0o600), "r+")


def _write(file: FileIO, text: bytes) -> None:
    """All of it, or ``OSError``: a full disk may take a part."""
    if file.write(text) != len(text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size_of_whole_lines(file: FileIO) -> int:
    """Without the last line if it has no end: whoever was killed writing it told nobody of it."""
    if not file.seek(0, os.SEEK_END):
        return 0
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.rfind(b"\n") + 1


def _text(line: Line) -> bytes:
    document = {"at": line.at.isoformat(), "kind": line.kind, "what": line.what}
    return json.dumps(document).encode() + b"\n"
