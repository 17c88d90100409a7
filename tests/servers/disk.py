"""A real disk, small enough to be filled: a tmpfs. To mount it, one must be root."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Disk:
    """Mounted at ``place``."""

    place: Path

    def fill(self, left: int) -> None:
        """Fills it but for so many bytes, though others go on writing."""
        while not self._is_filled(left):
            pass

    def clear(self) -> None:
        """Takes away what filled it."""
        self._filling.unlink(missing_ok=True)

    def _is_filled(self, left: int) -> bool:
        found = os.statvfs(self.place)
        with self._filling.open("wb") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - left)
            except OSError as error:  # somebody has written since
                if error.errno != errno.ENOSPC:
                    raise
                return False
        return True

    @property
    def _filling(self) -> Path:
        return self.place / "filling"


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Disk]:
    """Mounts a new one; fails where that is not possible."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", place], check=True)
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)
