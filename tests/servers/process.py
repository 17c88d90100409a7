"""A real process in a test: started, awaited, frozen, killed, and always stopped in the end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

POLL_S = 0.01
LOG_LINES = 60

ALIVE: list["Process"] = []
"""Every process started and not yet stopped; a failing test shows the end of their logs."""


T = TypeVar("T")


def wait_until(condition: Callable[[], T], *, within: float = 10, what: str = "") -> T:
    """Asks until the answer is true and returns it.

    Raises:
        AssertionError: it was not true within that many seconds; ``what`` says what was awaited.
    """
    deadline = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {what or condition}"
        time.sleep(POLL_S)
    return answer


@dataclass(eq=False)
class Process:
    """One command with its log file, in a process group of its own.

    ``user`` is the uid to run as, for servers that refuse root.
    ``stop_signal`` is what asks this program to end well.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [str(part) for part in self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.env},
                cwd=self.cwd,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        ALIVE.append(self)
        return self

    @property
    def pid(self) -> int:
        assert self.popen is not None, f"{self.name} was never started"
        return self.popen.pid

    @property
    def running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def children(self) -> list[int]:
        """The processes that it has started and that run."""
        return [pid for pid, parent in _parents() if parent == self.pid]

    def ready(self, condition: Callable[[], object], *, within: float = 20) -> Self:
        """Waits for the condition; a process that ends first fails at once, with its log."""

        def answered() -> bool:
            assert self.running, f"{self.name} ended too early:\n{self.tail()}"
            return bool(condition())

        wait_until(answered, within=within, what=f"{self.name} ready")
        return self

    def freeze(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """``kill -9`` of this process alone; its children must cope."""
        assert self.popen is not None
        self.popen.kill()
        self.popen.wait()
        ALIVE.remove(self)

    def stop(self, *, within: float = 20) -> int:
        """Asks it to end and returns the exit code; see ``wait``."""
        if self.running:
            self.thaw()
            os.kill(self.pid, self.stop_signal)
        return self.wait(within=within)

    def wait(self, *, within: float = 20) -> int:
        """The exit code, once it has ended; what is left of its group is killed.

        Raises:
            subprocess.TimeoutExpired: it had to be killed.
        """
        assert self.popen is not None
        try:
            return self.popen.wait(within)
        finally:
            self._end_group()
            self.popen.wait()

    def tail(self, lines: int = LOG_LINES) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _end_group(self) -> None:
        """Nothing it started may outlive it, nor itself."""
        if self in ALIVE:
            ALIVE.remove(self)
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)


def any_runs(pids: Collection[int]) -> bool:
    """Whether one of these processes still runs."""
    return any(pid in pids for pid, _ in _parents())


def _parents() -> Iterator[tuple[int, int]]:
    """Every process that runs, and its parent."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                yield int(stat.parent.name), int(parent)


@contextmanager
def running(process: Process) -> Iterator[Process]:
    """Starts the process and ends it with the block, however the block ends."""
    process.start()
    try:
        yield process
    finally:
        process.stop()
