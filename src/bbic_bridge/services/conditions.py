"""What needs a person now: each condition by name, and whom it is about."""

from collections.abc import Collection, Iterator

from bbic_bridge.delivery.lanes import LaneState
from bbic_bridge.services import fetching, health
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.store import health as stored
from bbic_bridge.store.alerts import Key
from bbic_bridge.store.lanes import lanes_of
from bbic_bridge.store.parts import Kind, parts_of
from bbic_bridge.store.times import SECOND
from bbic_bridge.store.tx import Tx

GRACE_S = 60.0
"""How long a part may be silent, and how long the others may take to start, before it is missed."""
ROOM = 4
"""Little room is told of before it is so little that nothing more is taken in: so many times."""
MEANING = {
    "vendor_down": "the system does not answer and is spared; what is for it waits",
    "needs_person": "deliveries have failed or wait for a person's decision",
    "no_worker": "no worker is running: nothing is delivered",
    "no_beat": "no scheduler is running: changes are not fetched, time limits not watched",
    "due_not_claimed": "deliveries are due, and no worker takes them",
    "sync_late": "changes in the system have not been read for too long",
    "storage_low": "the database's disk is filling up; intake stops before it is full",
    "audit_unsealed": "acts have not been sealed into the audit's chain for too long",
}
Found = dict[Key, int]
"""What holds now, and since when (microseconds)."""


def conditions(bridge: Bridge, tx: Tx, held: Collection[Key], awake_s: float) -> Found:
    """All that holds.

    Args:
        held: what held at the last look: what wavers about a limit is not told each time.
        awake_s: for how long whoever asks has been running.
    """
    found: Found = {}
    for part in (_vendors, _persons, _sync, _audit, _unclaimed):
        found |= dict(part(bridge, tx))
    found |= dict(_storage(bridge, tx, held))
    if awake_s > GRACE_S:
        found |= dict(_parts(tx))
    return found


def _vendors(_: Bridge, tx: Tx) -> Iterator[tuple[Key, int]]:
    for lane in lanes_of(tx.connection):
        if lane.state is not LaneState.CLOSED:
            yield ("vendor_down", lane.kommun, lane.system), lane.changed_at


def _persons(_: Bridge, tx: Tx) -> Iterator[tuple[Key, int]]:
    for row in stored.need_person(tx):
        yield ("needs_person", row.kommun, ""), row.since


def _sync(bridge: Bridge, tx: Tx) -> Iterator[tuple[Key, int]]:
    for kommun, system, since in fetching.late(bridge, tx):
        yield ("sync_late", kommun, system), since


def _audit(bridge: Bridge, tx: Tx) -> Iterator[tuple[Key, int]]:
    since = stored.oldest_unsealed_audit(tx)
    if since is not None and since < tx.now - int(bridge.settings.alerts.late_s * SECOND):
        yield ("audit_unsealed", "", ""), since


def _unclaimed(bridge: Bridge, tx: Tx) -> Iterator[tuple[Key, int]]:
    claimable_s = stored.oldest_claimable_s(tx, bridge.rules)
    if claimable_s is not None and health.is_neglected(bridge, parts_of(tx), claimable_s):
        yield ("due_not_claimed", "", ""), tx.now - int(claimable_s * SECOND)


def _storage(bridge: Bridge, tx: Tx, held: Collection[Key]) -> Iterator[tuple[Key, int]]:
    key = ("storage_low", "", "")
    room = ROOM + 1 if key in held else ROOM
    if bridge.store.space.is_low(room * bridge.settings.limits.min_free_bytes):
        yield key, tx.now


def _parts(tx: Tx) -> Iterator[tuple[Key, int]]:
    kinds: tuple[tuple[Kind, str], ...] = (("worker", "no_worker"), ("beat", "no_beat"))
    known = parts_of(tx)
    for kind, name in kinds:
        silent_s = min((one.seen_s for one in known if one.kind == kind), default=GRACE_S)
        if silent_s >= GRACE_S:
            yield (name, "", ""), tx.now - int(silent_s * SECOND)
