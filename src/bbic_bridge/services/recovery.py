"""Making a database whole that was put back from a backup.

It has forgotten what it accepted and sent since. So nothing is sent until the workflow has sent all
since then once more; everything open is looked for at the vendor before it is sent, and so is
every event that may have been accepted before, whenever it comes.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.services import sending
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.changes import SyncReport
from bbic_bridge.store.inbox import last_of_sources
from bbic_bridge.store.recoveries import make_unsure, skip_forgotten_feed
from bbic_bridge.store.times import micros, moment
from bbic_bridge.store.tx import Tx

PAGE = 500


@dataclass(frozen=True, slots=True)
class SourceView:
    """The last event that is known of a source: it must send again what came later."""

    source: str
    event_id: str
    time: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Recovery:
    """How it stands. ``unsure``: open deliveries that will be looked for; ``feed_cursor``: the last
    that this database knows to have given."""

    since: datetime
    unsure: int
    feed_cursor: str
    sources: tuple[SourceView, ...]
    sync: tuple[SyncReport, ...]


def recover(bridge: Bridge, since: datetime, *, actor: str, reason: str) -> Recovery:
    """Stops sending and makes the database look at all that it may have forgotten.

    Safe to interrupt and run again. ``resume`` lets sending go on.

    Args:
        since: when the backup was taken, or earlier.

    Raises:
        ConfigurationError: that time is still to come.
    """
    if since > bridge.clock():
        raise ConfigurationError("the backup cannot have been taken after now")

    def begin(tx: Tx) -> int:
        sending.stop_all(tx, micros(since), actor=actor, reason=reason)
        return skip_forgotten_feed(tx)

    cursor = bridge.store.write(begin)
    bridge.store.wait_for_writers()
    unsure = _make_unsure(bridge)
    reports = tuple(sync_kommun(bridge, kommun) for kommun in bridge.settings.kommun)
    with bridge.store.read() as tx:
        sources = tuple(
            SourceView(source, event_id, moment(time), moment(at))
            for source, event_id, time, at in last_of_sources(tx, micros(since))
        )
    return Recovery(since, unsure, str(cursor), sources, reports)


def resume(bridge: Bridge, *, actor: str, reason: str) -> bool:
    """Lets sending go on. False where no recovery is under way."""
    return bridge.store.write(lambda tx: sending.let_go(tx, actor=actor, reason=reason))


def is_under_way(bridge: Bridge) -> bool:
    """Whether sending is stopped until ``resume``."""
    with bridge.store.read() as tx:
        return sending.is_stopped(tx)


def _make_unsure(bridge: Bridge) -> int:
    count, after = 0, 0
    while True:
        found, last = bridge.store.write(partial(make_unsure, after_seq=after, limit=PAGE))
        count += found
        if last is None:
            return count
        after = last
