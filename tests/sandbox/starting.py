"""Starting the sandbox as its own command does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import Process, running

READY = "sandbox ready on "


@contextmanager
def sandbox_process(folder: Path, *words: str) -> Iterator[tuple[Process, str]]:
    """A sandbox on a free port, ready, and its address."""
    command = [sys.executable, "-m", "bbic_bridge.sandbox", "--port", "0", *words]
    with running(Process("sandbox", command, folder / "sandbox.log")) as process:
        process.ready(lambda: READY in process.tail())
        yield process, process.tail().partition(READY)[2].splitlines()[0]
