"""``/metrics``: the store is asked at each scrape, so that every process tells the same.

No label holds personal data: states, kommuner, systems and operations only.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bbic_bridge.services.conditions import MEANING
from bbic_bridge.services.views.status import Status
from bbic_bridge.store.engine import StoreUnavailable


def _problems(status: Status) -> Mapping[str, float]:
    """Also 0, so that an alert can tell that all is well from that nothing is told."""
    counts = Counter(problem.kommun for problem in status.sync_problems)
    return {**dict.fromkeys(status.parked_changes, 0), **counts}


def _parts(status: Status) -> Mapping[str, float]:
    counts = Counter(part.kind for part in status.health.parts)
    return {"worker": 0, "beat": 0, **counts}


def _alerts(status: Status) -> Mapping[str, float]:
    return {**dict.fromkeys(MEANING, 0), **Counter(one.name for one in status.health.alerts)}


_PLAIN: tuple[tuple[str, str, Callable[[Status], float | None]], ...] = (
    ("bbic_events", "Events stored", lambda status: status.events),
    ("bbic_cases", "Cases known", lambda status: status.cases),
    ("bbic_feed_events", "Events to the handbook workflow", lambda status: status.feed),
    ("bbic_oldest_due_seconds", "Age of the oldest due", lambda status: status.oldest_due_s),
    ("bbic_oldest_lease_seconds", "Age of the oldest lease", lambda status: status.oldest_lease_s),
    (
        "bbic_parked_behind_failed",
        "Deliveries that wait behind one that needs a person",
        lambda status: status.parked_behind_failed,
    ),
    (
        "bbic_parked_heads",
        "Deliveries that need a person and that others wait behind",
        lambda status: status.health.parked_heads,
    ),
    (
        "bbic_oldest_claimable_seconds",
        "Age of the oldest that a worker could claim now",
        lambda status: status.health.claimable_s,
    ),
    (
        "bbic_last_claim_seconds",
        "Since a worker last claimed something",
        lambda status: status.health.claimed_s,
    ),
    (
        "bbic_storage_low",
        "Whether intake is stopped for want of room",
        lambda status: status.health.storage_low,
    ),
    (
        "bbic_waiting_too_long",
        "Deliveries that have waited longer than is reported",
        lambda status: status.waiting_too_long,
    ),
    ("bbic_audit_sealed", "Acts in the audit log's chain", lambda status: status.audit_sealed),
    ("bbic_audit_unsealed", "Acts not chained yet", lambda status: status.audit_unsealed),
)
_LABELLED: tuple[tuple[str, str, str, Callable[[Status], Mapping[str, float]]], ...] = (
    ("bbic_deliveries", "Deliveries to vendors", "state", lambda status: status.deliveries),
    ("bbic_callbacks", "Callbacks to the workflow", "state", lambda status: status.callbacks),
    (
        "bbic_sync_lag_seconds",
        "Since the vendor's changes were last read to the end",
        "kommun",
        lambda status: status.sync_lag_s,
    ),
    (
        "bbic_sync_problems",
        "Streams of a vendor's changes whose last pass failed, or that are late",
        "kommun",
        _problems,
    ),
    (
        "bbic_parked_changes",
        "Changes at a vendor that could not be read and wait for a person",
        "kommun",
        lambda status: status.parked_changes,
    ),
    ("bbic_parts", "Processes that are at work", "kind", _parts),
    ("bbic_alerts", "Alerts that hold", "name", _alerts),
    ("bbic_overdue_limits", "Time limits that are overdue", "vikt", lambda status: status.overdue),
)


class StoreCollector(Collector):
    """Asks for the bridge's status when scraped; a store out of reach is a value, not an error."""

    def __init__(self, status: Callable[[], Status]) -> None:
        self._status = status

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            status = self._status()
        except StoreUnavailable:
            yield _gauge("bbic_store_reachable", "Whether the store answers", 0)
            return
        yield _gauge("bbic_store_reachable", "Whether the store answers", 1)
        for name, text, value in _PLAIN:
            yield _gauge(name, text, value(status))
        if status.health.free_bytes is not None:
            room = "Room on the database's disk"
            yield _gauge("bbic_storage_free_bytes", room, status.health.free_bytes)
        for name, text, label, values in _LABELLED:
            yield _labelled(name, text, label, values(status))
        yield from _gate(status)


def _gate(status: Status) -> Iterator[GaugeMetricFamily]:
    """What is not sent for now: lanes whose system does not answer, and pauses."""
    silent = GaugeMetricFamily(
        "bbic_lane_open", "Whether a system is left alone", labels=["kommun", "system"]
    )
    for lane in status.lanes:
        silent.add_metric([lane.kommun, lane.system], lane.state != "closed")
    paused = GaugeMetricFamily(
        "bbic_paused", "What is paused; * for any", labels=["kommun", "system", "operation"]
    )
    for pause in status.pauses:
        paused.add_metric([pause.kommun, pause.system, pause.operation], 1)
    yield from (silent, paused)
    recovering = "recovering" in status.health.degraded
    yield _gauge("bbic_recovering", "Whether sending is stopped for a recovery", recovering)


def render(status: Callable[[], Status]) -> bytes:
    """One scrape, in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StoreCollector(status))
    return generate_latest(registry)


def _gauge(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    """An age that there is nothing to measure is 0: an alert on it then stays quiet."""
    return GaugeMetricFamily(name, text, value=value or 0)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
