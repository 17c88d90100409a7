"""Secrets and tokens as their files say now: they are changed without a restart.

The files are looked at when somebody asks to be let in, but not more often than once a second: so a
new secret works, and one that was taken out no longer does, from the first request that comes a
second after the files were written. While nobody asks, nothing is read, and nothing is logged.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.receivers.access import Access, Clock
from bbic_bridge.settings import Settings, load, secret_files

EVERY_S = 1.0
log = telemetry.get_logger()
Seen = tuple[tuple[int, int, int, int] | None, ...]


class Rereading:
    """Who may speak, according to a configuration that may change.

    What cannot be read, or is no sound configuration, changes nothing until it is mended: that is
    logged. A kommun that is added is not known before the bridge starts again.

    Args:
        path: the configuration, None for the built-in defaults with the environment on top.
        settings: as the bridge that runs has read them.
    """

    def __init__(
        self,
        path: Path | None,
        settings: Settings,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._clock = clock
        self._monotonic = monotonic
        self._known = Access.of(settings, clock).vendors.keys()
        self._files = self._all_files()
        self._seen = _look(self._files)
        self._access = self._as_told()
        self._next = monotonic() + EVERY_S

    def current(self) -> Access:
        """Who may speak now."""
        if self._monotonic() >= self._next:
            self._next = self._monotonic() + EVERY_S
            seen = _look(self._files)
            if seen != self._seen:
                self._seen = seen
                self._read()
        return self._access

    def _read(self) -> None:
        """They are looked at before they are read: what is written meanwhile is read next time."""
        try:
            self._files = self._all_files()
            self._seen = _look(self._files)
            self._access = self._as_told()
        except ConfigurationError as error:
            log.error("secrets_not_read", because=str(error))
        else:
            log.info("secrets_read_again")

    def _as_told(self) -> Access:
        access = Access.of(load(self._path), self._clock)
        vendors = {key: ring for key, ring in access.vendors.items() if key in self._known}
        return replace(access, vendors=vendors)

    def _all_files(self) -> tuple[Path, ...]:
        secrets = secret_files(self._path)
        return secrets if self._path is None else (self._path, *secrets)


def _look(files: tuple[Path, ...]) -> Seen:
    """What tells that a file was written or replaced; None where it cannot be looked at."""
    return tuple(map(_stat, files))


def _stat(file: Path) -> tuple[int, int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
