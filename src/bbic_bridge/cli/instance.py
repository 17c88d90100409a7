"""One ``up`` per configuration: a file lock, which also says where the running one is reached."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from pathlib import Path

from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.files import make_private

LOCK = "up.lock"
PATIENCE_S = 0.3


@dataclass(frozen=True, slots=True)
class Running:
    """What the running ``up`` says of itself; ``sandbox`` is empty where it runs none."""

    pid: int
    address: str
    sandbox: str
    broker_url: str


class Lock:
    """The lock while it is held. The kernel lets go of it however the holder ends."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file

    def tell(self, address: str, sandbox: str, broker_url: str) -> None:
        """Writes into the lock file where this instance is reached."""
        self._file.seek(0)
        self._file.truncate()
        json.dump(asdict(Running(os.getpid(), address, sandbox, broker_url)), self._file)
        self._file.flush()


@contextmanager
def only_instance(var: Path) -> Iterator[Lock]:
    """Holds the lock.

    Raises:
        WrongUse: another ``up`` runs with this configuration.
    """
    make_private(var)
    descriptor = os.open(var / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        if not _take(file):
            raise WrongUse(_refusal(_read(file)))
        yield Lock(file)
        file.truncate(0)


def running(var: Path) -> Running | None:
    """The ``up`` that runs with this configuration, if one does and is ready."""
    try:
        file = (var / LOCK).open(encoding="utf-8")
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file)
    return None


def _take(file: TextIOWrapper) -> bool:
    """Tries a little while: ``running`` holds the lock for a moment when it looks."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(PATIENCE_S / 20)
        else:
            return True


def _read(file: TextIOWrapper) -> Running | None:
    try:
        return Running(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None


def _refusal(other: Running | None) -> str:
    who = f"process {other.pid}, {other.address}" if other else "not ready yet"
    return f"bbic-bridge is already up with this configuration ({who}). Stop that one first."
