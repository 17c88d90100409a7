"""The wall clock of the bridge's processes, which can be set while they run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SHIM = Path(__file__).with_name("shim")


@dataclass
class WallClock:
    """How far it is off stands in ``file``, which every process with ``env`` follows."""

    file: Path
    off: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.set(timedelta())

    @property
    def env(self) -> Mapping[str, str]:
        path = [str(SHIM), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {"PYTHONPATH": os.pathsep.join(path), "CHAOS_CLOCK": str(self.file)}

    def now(self) -> datetime:
        """What it shows."""
        return datetime.now(UTC) + self.off

    def set(self, off: timedelta) -> None:
        """Lets it be off by so much; not at all puts it right."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(off.total_seconds()))
        fresh.replace(self.file)
        self.off = off
