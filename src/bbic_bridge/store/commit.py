"""Group commit: many small writes share one transaction and one flush to disk.

A write commits when the previous commit has ended, without a timer: alone it waits for nobody,
under load it shares. Each write runs in a savepoint, so that one that fails takes no other along.
"""

import os
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bbic_bridge.store.engine import StoreUnavailable, is_outage, unavailable
from bbic_bridge.store.lanes import LaneKey, lock_lanes
from bbic_bridge.store.locks import CaseKey, lock_cases

MAX_GROUP = 256
DEADLOCK_TRIES = 5

Write = Callable[[sa.Connection], Any]
_Queue = queue.SimpleQueue["_Job | None"]


@dataclass(slots=True)
class _Job:
    write: Write
    locks: tuple[CaseKey, ...]
    lanes: tuple[LaneKey, ...]
    future: "Future[Any]" = field(default_factory=Future)


class GroupCommit:
    """Runs writes one group at a time on a thread of its own, started at the first write.

    Args:
        begin: called first in every transaction.
    """

    def __init__(self, engine: sa.Engine, begin: Callable[[sa.Connection], None]) -> None:
        self._engine = engine
        self._begin = begin
        self._jobs = _Queue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0

    def submit(
        self, write: Write, locks: Iterable[CaseKey] = (), lanes: Iterable[LaneKey] = ()
    ) -> "Future[Any]":
        """Queues a write. The future ends after the commit, or with the write's own error.

        Args:
            write: called with a connection inside a savepoint; may be called again if the
                database undid the group because of a deadlock, so it must only touch the database.
            locks: the cases whose rows are locked first, in one order for all.
            lanes: the lanes whose rows are locked after those, likewise.
        """
        job = _Job(write, tuple(locks), tuple(lanes))
        with self._starting:
            self._ensure_thread()
            self._jobs.put(job)
        return job.future

    def run(
        self, write: Write, locks: Iterable[CaseKey] = (), lanes: Iterable[LaneKey] = ()
    ) -> Any:
        """``submit`` and wait. Raises ``StoreUnavailable`` when nothing could be stored."""
        return self.submit(write, locks, lanes).result()

    def close(self) -> None:
        """Ends the thread after what is queued has been written; a later write starts another."""
        with self._starting:
            ending, self._thread = self._thread, None
            jobs, self._jobs = self._jobs, _Queue()
        if ending is not None and self._pid == os.getpid():
            jobs.put(None)
            ending.join()

    def _ensure_thread(self) -> None:
        if self._thread is None or self._pid != os.getpid():
            self._pid, self._jobs = os.getpid(), _Queue()
            self._thread = threading.Thread(
                target=self._loop, args=(self._jobs,), name="commit", daemon=True
            )
            self._thread.start()

    def _loop(self, jobs: _Queue) -> None:
        while (first := jobs.get()) is not None:
            group = [first]
            last = False
            while len(group) < MAX_GROUP:
                try:
                    job = jobs.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    last = True
                    break
                group.append(job)
            self._commit(group)
            if last:
                return

    def _commit(self, group: list[_Job]) -> None:
        for tries_left in reversed(range(DEADLOCK_TRIES)):
            try:
                with unavailable():
                    results = self._transaction(group)
            except StoreUnavailable as error:
                if tries_left and _was_deadlock(error):
                    continue
                _fail(group, error)
            except BaseException as error:  # noqa: BLE001  whoever waits must be told
                _fail(group, error)
            else:
                _settle(group, results)
            return

    def _transaction(self, group: list[_Job]) -> list[tuple[bool, Any]]:
        results: list[tuple[bool, Any]] = []
        with self._engine.begin() as connection:
            self._begin(connection)
            lock_cases(connection, {key for job in group for key in job.locks})
            lock_lanes(connection, {key for job in group for key in job.lanes})
            for job in group:
                try:
                    with connection.begin_nested():
                        results.append((True, job.write(connection)))
                except DBAPIError as error:
                    if is_outage(error):
                        raise
                    results.append((False, error))
                except Exception as error:  # noqa: BLE001  belongs to this write alone
                    results.append((False, error))
        return results


def _was_deadlock(error: StoreUnavailable) -> bool:
    cause = error.__cause__
    state = getattr(getattr(cause, "orig", None), "sqlstate", None)
    return state in {"40P01", "40001"}


def _fail(group: list[_Job], error: BaseException) -> None:
    for job in group:
        job.future.set_exception(error)


def _settle(group: list[_Job], results: list[tuple[bool, Any]]) -> None:
    for job, (worked, value) in zip(group, results, strict=True):
        if worked:
            job.future.set_result(value)
        else:
            job.future.set_exception(value)
