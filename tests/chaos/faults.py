"""The plugs that are pulled. Each is pulled on entering and put back on leaving."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from random import Random

from tests.chaos.installation import LEASE_S, LEAST_FREE, OURS, Installation
from tests.servers.process import any_runs, wait_until

SYSTEMS = ("procapita", "treserva")
RESTORED, REJECTS = "database restored", "vendor rejects"
ALONE = frozenset({RESTORED, REJECTS})
"""What is never pulled together with another: all else must work meanwhile."""
Fault = Callable[[Installation, Random], Iterator[None]]


def _killed(part: str) -> Fault:
    def fault(hurt: Installation, chance: Random) -> Iterator[None]:
        process = hurt.process(part, chance.randrange(8))
        hurt.kill(process)
        yield
        hurt.revive(process)

    return fault


def _up_killed(hurt: Installation, chance: Random) -> Iterator[None]:
    """What it started must end with it."""
    up = hurt.process("up")
    started = up.children() if up.running else []
    hurt.kill(up)
    wait_until(lambda: not any_runs(started), within=10, what="the parts of up ended")
    yield
    hurt.revive(up)


def _frozen(part: str, least: float, most: float) -> Fault:
    def fault(hurt: Installation, chance: Random) -> Iterator[None]:
        process = hurt.process(part, chance.randrange(8))
        if process.running:
            process.freeze()
            time.sleep(chance.uniform(least, most))
            process.thaw()
        yield

    return fault


def _worker_past_its_lease(hurt: Installation, chance: Random) -> Iterator[None]:
    for _ in _frozen("worker", LEASE_S + 1, LEASE_S + 3)(hurt, chance):
        hurt.thawed.append(datetime.now(UTC))
        yield


def _flushed(hurt: Installation, chance: Random) -> Iterator[None]:
    if hurt.process("redis").running:
        hurt.redis.flush()
    yield


def _all_killed(hurt: Installation, chance: Random) -> Iterator[None]:
    """What a power cut does, but for what the disks had not been given."""
    mine = [p for part in (*OURS, "redis") for p in hurt.parts[part]]
    for process in mine:
        hurt.kill(process)
    yield
    for process in mine:
        hurt.revive(process)


def _clock(off: timedelta) -> Fault:
    def fault(hurt: Installation, chance: Random) -> Iterator[None]:
        hurt.clock.set(off)
        yield
        hurt.clock.set(timedelta())

    return fault


def _disk_full(hurt: Installation, chance: Random) -> Iterator[None]:
    assert hurt.disk is not None
    hurt.disk.clear()
    hurt.disk.fill(chance.choice((0, LEAST_FREE // 2)))
    yield
    hurt.disk.clear()


def _restored(hurt: Installation, chance: Random) -> Iterator[None]:
    since, known = datetime.now(UTC), len(hurt.sandbox.journal())
    hurt.copy.take()
    yield
    with suppress(AssertionError):  # where all was done before, there is less to forget
        wait_until(lambda: len(hurt.sandbox.journal()) > known, within=5)
    hurt.restore(since)


def _rejects(hurt: Installation, chance: Random) -> Iterator[None]:
    """The vendors refuse for good, until a person lets it go again."""
    for system in SYSTEMS:
        hurt.sandbox.fault(system, "reject")
    yield
    with suppress(AssertionError):  # where nothing is sent any more, nothing is refused
        wait_until(lambda: hurt.sandbox.struck() > 0, within=20)
    hurt.rejected += hurt.sandbox.struck()
    hurt.sandbox.clear_faults()


def _vendor(fault: str, **how: object) -> Fault:
    def struck(hurt: Installation, chance: Random) -> Iterator[None]:
        if hurt.sandbox.answers():
            for system in SYSTEMS:
                odds = {"probability": chance.uniform(0.2, 0.8), "seed": chance.randrange(10**6)}
                hurt.sandbox.fault(system, fault, **odds, **how)
        yield
        if hurt.sandbox.answers():
            hurt.sandbox.clear_faults()

    return struck


FAULTS: Mapping[str, Fault] = {
    "worker killed": _killed("worker"),
    "receiver killed": _killed("receiver"),
    "beat killed": _killed("beat"),
    "redis killed": _killed("redis"),
    "postgres killed": _killed("postgres"),
    "vendor killed": _killed("vendor"),
    "up killed": _up_killed,
    "all killed": _all_killed,
    "redis frozen": _frozen("redis", 0.5, 4),
    "redis flushed": _flushed,
    "postgres frozen": _frozen("postgres", 0.5, 4),
    "vendor frozen": _frozen("vendor", 0.5, 6),
    "receiver frozen": _frozen("receiver", 0.5, 3),
    "worker frozen past its lease": _worker_past_its_lease,
    "clock an hour back": _clock(timedelta(hours=-1)),
    "clock a day ahead": _clock(timedelta(days=1)),
    "disk full": _disk_full,
    RESTORED: _restored,
    REJECTS: _rejects,
    "vendor refuses": _vendor("refuse"),
    "vendor loses answers": _vendor("lost_response"),
    "vendor gives 500": _vendor("http_500"),
    "vendor gives 429": _vendor("http_429"),
    "vendor gives broken XML": _vendor("malformed"),
    "vendor answers another": _vendor("wrong_answer"),
    "vendor times out": _vendor("timeout", delay_ms=3000, effect="after"),
    "vendor is slow": _vendor("slow", delay_ms=500),
    "vendor doubles webhooks": _vendor("duplicate_webhook"),
    "vendor reorders webhooks": _vendor("reordered_webhook"),
}


def possible(hurt: Installation) -> list[str]:
    """The faults that this installation can have."""
    lacking = {"postgres": hurt.server is None, "disk": hurt.disk is None}
    return [name for name in FAULTS if not lacking.get(name.partition(" ")[0])]


@contextmanager
def pulled(name: str, hurt: Installation, chance: Random) -> Iterator[None]:
    """One fault, for as long as the block lasts."""
    fault = FAULTS[name](hurt, chance)
    next(fault)
    yield
    next(fault, None)
