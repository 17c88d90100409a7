"""How the bridge is, in counts and ages."""

from bbic_bridge.services import deadlines, fetching, gate, health
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.views.status import Status
from bbic_bridge.store import overview
from bbic_bridge.store.chain import head_of, unsealed_tail
from bbic_bridge.store.inbox import count_events
from bbic_bridge.store.times import DAY, SECOND
from bbic_bridge.store.tx import Tx


def status(bridge: Bridge) -> Status:
    """Counts and ages. Cheap enough to be asked at every scrape."""
    with bridge.store.read() as tx:
        deliveries, callbacks = overview.count_states(tx)
        cases, told = overview.count_rows(tx)
        days = bridge.settings.waiting_report_days
        audit_head = head_of(tx)
        return Status(
            deliveries=deliveries,
            callbacks=callbacks,
            events=count_events(tx),
            cases=cases,
            feed=told,
            oldest_due_s=_age(tx, overview.oldest_due(tx)),
            oldest_lease_s=_age(tx, overview.oldest_lease(tx)),
            parked_behind_failed=overview.parked(tx),
            waiting_too_long=len(overview.waiting_since(tx, tx.now - int(days * DAY))),
            sync_lag_s=fetching.lags(bridge, tx),
            sync_problems=tuple(fetching.stream_problems(bridge, tx)),
            parked_changes=fetching.parked_counts(bridge, tx),
            overdue=deadlines.overdue(bridge, tx),
            lanes=gate.lanes(tx),
            pauses=gate.pauses(tx),
            audit_head=str(audit_head),
            audit_sealed=audit_head.seq,
            audit_unsealed=unsealed_tail(tx)[0],
            health=health.health(bridge, tx),
        )


def _age(tx: Tx, at: int | None) -> float | None:
    return None if at is None else max(0.0, (tx.now - at) / SECOND)
