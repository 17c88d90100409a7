"""The one place where the parts are put together."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache

from bbic_bridge import adapters
from bbic_bridge.broker import Publisher
from bbic_bridge.delivery.decide import Policy
from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.delivery.lanes import Rules
from bbic_bridge.delivery.ports import VendorSystem
from bbic_bridge.services.bridge import BRIDGE, WORKFLOW, Bridge, Ring, Wake
from bbic_bridge.services.deliver import LEASE_MARGIN_S
from bbic_bridge.services.keys import root_keys
from bbic_bridge.settings import Lane, Retry, Settings
from bbic_bridge.store.store import Store


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def no_wake(_due: Iterable[tuple[str, str]]) -> None:
    """For processes that have nobody to wake: the sweep finds what is due."""


def bootstrap(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    ahead: Callable[[], float] = lambda: 0.0,
    chance: Callable[[], float] = random.random,
    systems: Callable[[str], VendorSystem] | None = None,
    wake: Wake | None = None,
    ring: Ring | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Bridge:
    """Opens the store and builds the adapters.

    Args:
        ahead: seconds that the clock of leases, which nobody sets, is to be ahead: for tests.
        systems: the vendor systems by kommun, for tests; else as configured.
        wake: who is told of due deliveries; else the broker, if one is configured.
        ring: who is told of alerts; else the address, if one is configured.
        wait: lets so many seconds pass.

    Raises:
        ConfigurationError: a setting is missing or wrong.
        StoreUnavailable: the database cannot be reached.
    """
    _check(settings)
    closers: tuple[Callable[[], None], ...] = ()
    if systems is None:
        built = _build(settings)
        systems = _by_name(built)
        closers = tuple(system.close for system in built.values())
    if ring is None and settings.alerts.url:
        alarm = adapters.build_alarm(settings.alerts, base=settings.base)
        ring, closers = alarm.ring, (*closers, alarm.close)
    store = Store(settings.sqlalchemy_url(), root_keys(settings), clock, ahead)
    try:
        store.open([*settings.kommun, BRIDGE])
    except BaseException:
        store.close()
        raise
    closers = (*closers, store.close)
    broker_url = settings.broker_url.get_secret_value()
    if wake is None and broker_url:
        publisher = Publisher(broker_url)
        wake, closers = publisher.wake, (publisher.close, *closers)
    return Bridge(
        settings=settings,
        store=store,
        clock=clock,
        systems=systems,
        policy=_policies(settings, chance),
        rules=_rules(settings, chance),
        wake=wake or no_wake,
        ring=ring,
        wait=wait,
        closers=closers,
    )


def _build(settings: Settings) -> dict[str, adapters.System]:
    """Every configured system, so that a wrong setting shows at start and not at night."""
    profiles = settings.base / settings.profiles
    built = {
        name: adapters.build(name, kommun, profiles=profiles, base=settings.base)
        for name, kommun in settings.kommun.items()
    }
    if settings.callback is not None:
        built[WORKFLOW] = adapters.build_workflow(settings.callback, base=settings.base)
    return built


def _by_name(built: Mapping[str, VendorSystem]) -> Callable[[str], VendorSystem]:
    def find(name: str) -> VendorSystem:
        if name not in built:
            raise ConfigurationError(f"{name} is no longer in the configuration")
        return built[name]

    return find


def _policies(settings: Settings, chance: Callable[[], float]) -> Callable[[str], Policy]:
    @cache
    def find(name: str) -> Policy:
        if name == WORKFLOW:
            retry = settings.callback.retry if settings.callback else Retry()
            return Policy(retry, settle_s=0, verify_s=0, chance=chance)
        kommun = settings.kommun.get(name)
        if kommun is None:
            raise ConfigurationError(f"{name} is no longer in the configuration")
        return Policy(kommun.retry, kommun.settle_s, kommun.verify_s, chance)

    return find


def _rules(settings: Settings, chance: Callable[[], float]) -> Callable[[str, str], Rules]:
    @cache
    def find(kommun: str, system: str) -> Rules:
        chosen = settings.callback if system == WORKFLOW else settings.kommun.get(kommun)
        lane: Lane = chosen or Lane()  # of what is configured no more, deliveries may be left
        return Rules(
            concurrency=lane.concurrency,
            rate_per_s=lane.rate_per_s,
            failures=lane.breaker.failures,
            probe_s=lane.breaker.probe_s,
            probe_max_s=lane.breaker.probe_max_s,
            chance=chance,
        )

    return find


def _check(settings: Settings) -> None:
    longest = {f"kommun.{name}": kommun.timeout_s for name, kommun in settings.kommun.items()}
    if settings.callback is not None:
        longest["callback"] = settings.callback.timeout_s
    for name, timeout_s in longest.items():
        if settings.worker.lease_s <= timeout_s + LEASE_MARGIN_S:
            raise ConfigurationError(
                f"setting worker.lease_s: must exceed {name}.timeout_s by a second"
            )
