"""The scheduler goes on when a wall clock that was wrong is put right."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Celery, current_app

from bbic_bridge.workers.schedule import Scheduler

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = 86_400
SWEEP_S = 0.25


class Beat:
    """A scheduler whose tasks are counted; its clock is moved by the test."""

    def __init__(self, file: Path, clock: time_machine.Traveller) -> None:
        self._clock = clock
        self.sent: Counter[str] = Counter()
        app = Celery("beat", broker="memory://")
        app.conf.beat_schedule = {
            "sweep": {"task": "sweep", "schedule": SWEEP_S},
            "prune": {"task": "prune", "schedule": 3600.0},
        }
        self.scheduler = Scheduler(app, schedule_filename=str(file))
        self.scheduler.apply_async = self._send

    def run_for(self, seconds: float) -> Counter[str]:
        """What it sends in that time."""
        self.sent.clear()
        for _ in range(int(seconds / SWEEP_S)):
            self._clock.shift(SWEEP_S)
            while self.scheduler.tick() == 0:
                pass
        return self.sent

    def _send(self, entry: Any, **_: object) -> None:
        self.sent[entry.task] += 1


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@contextmanager
def beating(file: Path, clock: time_machine.Traveller) -> Iterator[Beat]:
    before = current_app._get_current_object()
    beat = Beat(file, clock)
    yield beat
    beat.scheduler.close()
    before.set_current()


@pytest.mark.parametrize("seconds", [DAY, 3600, -3600])
def test_it_goes_on_where_the_clock_was_set_and_is_put_right(
    tmp_path: Path, clock: time_machine.Traveller, seconds: float
) -> None:
    with beating(tmp_path / "schedule", clock) as beat:
        assert beat.run_for(10)["sweep"] >= 30
        clock.shift(seconds)
        assert beat.run_for(10)["sweep"] >= 30
        clock.shift(-seconds)
        assert beat.run_for(10)["sweep"] >= 30
        assert 1 <= beat.run_for(7200)["prune"] <= 2


def test_one_that_was_ended_while_it_was_ahead_goes_on(
    tmp_path: Path, clock: time_machine.Traveller
) -> None:
    clock.shift(DAY)
    with beating(tmp_path / "schedule", clock) as beat:
        beat.run_for(10)
    clock.shift(-DAY)
    with beating(tmp_path / "schedule", clock) as beat:
        assert beat.run_for(10)["sweep"] >= 30
