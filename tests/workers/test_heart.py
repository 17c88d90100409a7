"""A worker that takes nothing while work is due says so and ends; one that works never does."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import deliver, gate, queries, upkeep
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.settings import Kommun, Settings, Worker
from bbic_bridge.store.claims import Taken
from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.pauses import Selection
from bbic_bridge.store.queues import ANY
from bbic_bridge.workers.heart import EXIT_STALLED, Heart
from bbic_bridge.workers.pump import Pump
from tests.servers.process import wait_until
from tests.workers.test_pump import Gated, count, send

WORKER = Worker(concurrency=2, lease_s=30, sweep_s=0.02, drain_s=0.1, stall_s=0.3)


@pytest.fixture
def vendor() -> Gated:
    return Gated()


def treat(bridge: Bridge, worker: Worker) -> None:
    """Gives the workers to come these settings."""
    settings = bridge.settings.model_copy(update={"worker": worker})
    object.__setattr__(bridge, "settings", settings)


@pytest.fixture
def bridge(tmp_path: Path, vendor: Gated) -> Iterator[Bridge]:
    settings = Settings(
        database_url=SecretStr(f"sqlite:///{tmp_path}/bridge.db"),
        master_key=SecretStr(new_root_key()),
        index_key=SecretStr(new_root_key()),
        kommun={"malmo": Kommun(system="procapita", write_url="-", read_url="-", timeout_s=0.01)},
    )
    upkeep.migrate(settings)
    opened = bootstrap(settings, systems=lambda _: vendor)
    treat(opened, WORKER)
    yield opened
    vendor.gate.set()
    opened.close()


class Worker1:
    """A pump with its heart; ``ended`` holds the exit code when it gave itself up."""

    def __init__(self, bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ended: list[int] = []
        self.pump = Pump(bridge, WORKER.concurrency, WORKER.sweep_s)
        self.heart = Heart(bridge, "worker", self.pump, beat_s=0.05, end=self.ended.append)
        self.looks = 0
        judged = self.heart._watch.look

        def look(*args: Any, **options: Any) -> str | None:
            self.looks += 1
            return judged(*args, **options)

        monkeypatch.setattr(self.heart._watch, "look", look)
        self.pump.start()
        self.heart.start()

    def stop(self) -> None:
        self.pump.stop(5)
        self.heart.stop()


@pytest.fixture
def start(
    bridge: Bridge, vendor: Gated, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Worker1]]:
    started: list[Worker1] = []

    def one() -> Worker1:
        started.append(Worker1(bridge, monkeypatch))
        return started[-1]

    yield one
    vendor.gate.set()
    for worker in started:
        worker.stop()


@pytest.fixture
def log() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def said(log: list[Any]) -> list[str]:
    return [line["because"] for line in log if line["event"] == "worker_stalled"]


def test_one_that_the_store_gives_nothing_ends(
    bridge: Bridge,
    start: Callable[[], Worker1],
    monkeypatch: pytest.MonkeyPatch,
    log: list[Any],
) -> None:
    monkeypatch.setattr(deliver, "take", lambda *_: Taken())
    worker = start()
    send(bridge, 1)
    wait_until(lambda: worker.ended, within=40)
    assert (worker.ended, said(log)) == ([EXIT_STALLED], ["claims_nothing"])


def test_one_whose_claims_fail_ends_while_the_store_can_be_asked(
    bridge: Bridge,
    start: Callable[[], Worker1],
    monkeypatch: pytest.MonkeyPatch,
    log: list[Any],
) -> None:
    def stale(*_: Any) -> None:
        raise StoreUnavailable("the connection is stale")

    monkeypatch.setattr(deliver, "take", stale)
    worker = start()
    send(bridge, 1)
    wait_until(lambda: worker.ended, within=40)
    assert said(log) == ["claims_nothing"]


def test_one_whose_pump_hangs_in_the_store_ends(
    start: Callable[[], Worker1], monkeypatch: pytest.MonkeyPatch, log: list[Any]
) -> None:
    release = threading.Event()
    monkeypatch.setattr(upkeep, "sweep", lambda _: release.wait(20))
    worker = start()
    try:
        wait_until(lambda: worker.ended, within=40)
        assert said(log) == ["store_hangs"]
    finally:
        release.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_whose_pump_died_ends(
    start: Callable[[], Worker1], monkeypatch: pytest.MonkeyPatch, log: list[Any]
) -> None:
    def die(_: Bridge) -> None:
        raise SystemExit

    monkeypatch.setattr(upkeep, "sweep", die)
    worker = start()
    wait_until(lambda: worker.ended, within=40)
    assert said(log) == ["pump_ended"]


def test_one_whose_lanes_hang_ends_when_their_leases_are_long_over(
    bridge: Bridge, start: Callable[[], Worker1], vendor: Gated, log: list[Any]
) -> None:
    treat(bridge, WORKER.model_copy(update={"lease_s": 3}))
    send(bridge, 2)
    worker = start()
    wait_until(lambda: vendor.inside == 2, within=40)
    wait_until(lambda: worker.ended, within=40)
    assert said(log) == ["lanes_hang"]


def beats(worker: Worker1, many: int) -> None:
    """Lets so many looks pass in which it could have given itself up."""
    before = worker.looks
    wait_until(lambda: worker.ended or worker.looks > before + many, within=60)


def test_one_with_nothing_to_do_or_with_hands_full_goes_on(
    bridge: Bridge, start: Callable[[], Worker1], vendor: Gated
) -> None:
    worker = start()
    beats(worker, 30)
    assert worker.ended == []
    vendor.gate.set()
    send(bridge, 40)
    wait_until(lambda: count(bridge, "verified") == 40, within=40)
    assert worker.ended == []


def test_what_is_paused_is_nobodys_fault(
    bridge: Bridge, start: Callable[[], Worker1], vendor: Gated
) -> None:
    vendor.gate.set()
    everything = Selection(ANY, ANY, ANY)
    gate.pause(bridge, everything, actor="x")
    send(bridge, 3)
    worker = start()
    beats(worker, 30)
    assert worker.ended == []
    assert queries.status(bridge).health.claimable_s is None
    gate.resume(bridge, everything, actor="x")
    wait_until(lambda: count(bridge, "verified") == 3, within=40)
    assert worker.ended == []


def test_a_store_that_is_away_for_long_ends_nobody(
    bridge: Bridge, start: Callable[[], Worker1], monkeypatch: pytest.MonkeyPatch, vendor: Gated
) -> None:
    """Another process would fare no better; this one goes on by itself."""
    vendor.gate.set()
    worker = start()
    asked: list[int] = []

    def away(*_: Any, **__: Any) -> None:
        asked.append(1)
        raise StoreUnavailable("gone")

    send(bridge, 3)
    wait_until(lambda: count(bridge, "verified") == 3, within=40)
    with monkeypatch.context() as gone:
        gone.setattr(bridge.store, "write", away)
        gone.setattr(bridge.store, "claim", away)
        gone.setattr(bridge.store, "read", away)
        wait_until(lambda: len(asked) > 100)
    assert worker.ended == []
    wait_until(lambda: queries.status(bridge).health.parts, within=40)


def test_status_tells_who_is_at_work_and_forgets_who_ended(
    bridge: Bridge, start: Callable[[], Worker1], vendor: Gated
) -> None:
    vendor.gate.set()
    assert "no_worker" in queries.status(bridge).health.degraded
    worker = start()
    send(bridge, 1)
    wait_until(lambda: queries.status(bridge).health.claimed_s is not None, within=40)
    found = queries.status(bridge).health
    assert found.degraded == ("no_beat",)
    (part,) = found.parts
    assert part.kind == "worker"
    assert part.looked_s is not None
    worker.stop()
    assert queries.status(bridge).health.parts == ()
