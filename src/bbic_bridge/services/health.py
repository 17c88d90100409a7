"""How the bridge itself is: who is at work, and whether what is due is taken."""

import socket
from dataclasses import dataclass

from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.sending import is_stopped
from bbic_bridge.services.views.health import AlertView, Health, PartView
from bbic_bridge.store import health as stored
from bbic_bridge.store.alerts import raised
from bbic_bridge.store.parts import Kind, Part, forget_part, parts_of, tell_part
from bbic_bridge.store.times import micros, moment
from bbic_bridge.store.tx import Tx

ALIVE_S = 20.0
"""A process tells of itself several times in this time."""


@dataclass(frozen=True, slots=True)
class Self:
    """The process itself."""

    id: str
    kind: Kind
    host: str
    pid: int


def tell_of(bridge: Bridge, me: Self, looked_s: float | None, claimed_s: float | None) -> None:
    """Tells the store that this process is at work, and when its pump last looked and claimed."""
    part = Part(
        id=me.id,
        kind=me.kind,
        host=me.host,
        pid=me.pid,
        started_at=micros(bridge.clock()),
        seen_s=0,
        looked_s=looked_s,
        claimed_s=claimed_s,
    )
    bridge.store.write(lambda tx: tell_part(tx, part))


def forget(bridge: Bridge, me: Self) -> None:
    """Tells the store that this process ends."""
    bridge.store.write(lambda tx: forget_part(tx, me.id))


def is_passed_over(bridge: Bridge) -> bool:
    """Whether there is work that a worker could claim and that two rounds of it have not taken."""
    with bridge.store.read() as tx:
        waited_s = stored.oldest_claimable_s(tx, bridge.rules)
    return waited_s is not None and waited_s > 2 * bridge.settings.worker.sweep_s


def health(bridge: Bridge, tx: Tx) -> Health:
    """All that is known; cheap enough to be asked at every scrape."""
    known = parts_of(tx)
    claimable_s = stored.oldest_claimable_s(tx, bridge.rules)
    return Health(
        parked_heads=stored.parked_heads(tx),
        claimable_s=claimable_s,
        claimed_s=last_claim_s(known),
        parts=tuple(_part(part) for part in alive(known)),
        alerts=tuple(
            AlertView(one.name, one.kommun, one.system, moment(one.since)) for one in raised(tx)
        ),
        free_bytes=bridge.store.space.free_bytes(),
        storage_low=bridge.store.space.is_low(bridge.settings.limits.min_free_bytes),
        degraded=tuple(_degraded(bridge, tx, known, claimable_s)),
    )


def degraded(bridge: Bridge) -> list[str]:
    """Static words for what keeps the bridge from carrying; taking in goes on all the same."""
    with bridge.store.read() as tx:
        claimable_s = stored.oldest_claimable_s(tx, bridge.rules)
        return _degraded(bridge, tx, parts_of(tx), claimable_s)


def parts_at_work(bridge: Bridge) -> list[PartView]:
    """The workers and schedulers that have told of themselves just now."""
    with bridge.store.read() as tx:
        return [_part(part) for part in alive(parts_of(tx))]


def works_here(bridge: Bridge, kind: str) -> bool:
    """Whether a process of this kind on this host is at work: a worker's pump asks for work."""
    host, worker = socket.gethostname(), bridge.settings.worker
    longest_s = max(worker.stall_s, 2 * worker.lease_s)
    with bridge.store.read() as tx:
        here = [one for one in alive(parts_of(tx)) if (one.kind, one.host) == (kind, host)]
    return any(one.kind != "worker" or (one.looked_s or 0) <= longest_s for one in here)


def is_neglected(bridge: Bridge, known: list[Part], claimable_s: float | None) -> bool:
    """Whether work has been due for longer than ``alerts.late_s``, and nobody has claimed any."""
    late_s, claimed_s = bridge.settings.alerts.late_s, last_claim_s(known)
    return (claimable_s or 0) > late_s and (claimed_s is None or claimed_s > late_s)


def alive(known: list[Part], kind: Kind | None = None) -> list[Part]:
    """Those that have told of themselves just now."""
    return [one for one in known if one.seen_s <= ALIVE_S and kind in (None, one.kind)]


def last_claim_s(known: list[Part]) -> float | None:
    """Seconds since any worker, also one that has ended, claimed something."""
    return min((one.claimed_s for one in known if one.claimed_s is not None), default=None)


def _degraded(bridge: Bridge, tx: Tx, known: list[Part], claimable_s: float | None) -> list[str]:
    found = {
        "recovering": is_stopped(tx),
        "no_worker": not alive(known, "worker"),
        "no_beat": not alive(known, "beat"),
        "due_not_claimed": is_neglected(bridge, known, claimable_s),
    }
    return [word for word, holds in found.items() if holds]


def _part(part: Part) -> PartView:
    return PartView(
        kind=part.kind,
        host=part.host,
        pid=part.pid,
        since=moment(part.started_at),
        seen_s=part.seen_s,
        looked_s=part.looked_s,
        claimed_s=part.claimed_s,
    )
