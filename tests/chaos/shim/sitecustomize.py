"""Python imports this as it starts: the wall clock of the process is off by as much as a file says,
from one moment to the next. Clocks that nobody can set go on as they do."""

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import time_machine

LOOKS_EVERY_S = 0.02


def follow(file: Path) -> None:
    """Keeps the clock off by the seconds in the file."""
    off = 0.0
    travel: time_machine.travel | None = None
    while True:
        wanted = float(file.read_text())
        if wanted != off:
            if travel is not None:
                travel.stop()
            travel = time_machine.travel(timedelta(seconds=wanted)) if wanted else None
            if travel is not None:
                travel.start()
            off = wanted
        time.sleep(LOOKS_EVERY_S)


threading.Thread(target=follow, args=(Path(os.environ["CHAOS_CLOCK"]),), daemon=True).start()
