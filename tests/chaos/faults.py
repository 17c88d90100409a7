"""The plugs that are pulled. Each is pulled on entering and put back on leaving."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random

from tests.chaos.installation import LEASE_S, Installation

SYSTEMS = ("procapita", "treserva")
Fault = Callable[[Installation, Random], Iterator[None]]


def _killed(part: str) -> Fault:
    def fault(hurt: Installation, chance: Random) -> Iterator[None]:
        process = hurt.process(part, chance.randrange(8))
        hurt.kill(process)
        yield
        hurt.revive(process)

    return fault


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
    mine = [p for part in ("worker", "receiver", "beat", "redis") for p in hurt.parts[part]]
    for process in mine:
        hurt.kill(process)
    yield
    for process in mine:
        hurt.revive(process)


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
    "all killed": _all_killed,
    "redis frozen": _frozen("redis", 0.5, 4),
    "redis flushed": _flushed,
    "postgres frozen": _frozen("postgres", 0.5, 4),
    "vendor frozen": _frozen("vendor", 0.5, 6),
    "receiver frozen": _frozen("receiver", 0.5, 3),
    "worker frozen past its lease": _worker_past_its_lease,
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
    return [name for name in FAULTS if hurt.server is not None or "postgres" not in name]


@contextmanager
def pulled(name: str, hurt: Installation, chance: Random) -> Iterator[None]:
    """One fault, for as long as the block lasts."""
    fault = FAULTS[name](hurt, chance)
    next(fault)
    yield
    next(fault, None)
