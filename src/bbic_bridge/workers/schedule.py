"""Celery's scheduler, for a wall clock that may be put right."""

from datetime import timedelta

from celery.beat import PersistentScheduler

SKEW = timedelta(seconds=1)


class Scheduler(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """Counts from now on whatever it believes to have last done in a time that is still to come.

    By itself it would wait until then: a day without sweeps and fetching, where the clock was a day
    ahead. So too what it kept in its file.
    """

    def tick(self, *args: object, **kwargs: object) -> float:
        if self._is_set_back():
            self._heap = None  # made anew, of the entries
        wait_s: float = super().tick(*args, **kwargs)
        return wait_s

    def _is_set_back(self) -> bool:
        found = False
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at > now + SKEW:
                entry.last_run_at = now
                found = True
        return found
