"""The desk over a real bridge: each method is one use case."""

from collections.abc import Sequence
from datetime import date, datetime

from bbic_bridge.security.tokens import Bearer
from bbic_bridge.services import accept, health, queries, replay, tokens, totals, upkeep, webhooks
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.views.accepting import Grant, Result
from bbic_bridge.services.views.cases import CaseView
from bbic_bridge.services.views.deliveries import DeliveryDetail, DeliveryView, Filter
from bbic_bridge.services.views.feed import FeedPage
from bbic_bridge.services.views.health import TotalView
from bbic_bridge.services.views.replays import ReplayItem
from bbic_bridge.services.views.status import Status
from bbic_bridge.store.engine import StoreUnavailable


class BridgeDesk:
    """Hands each question to the service that answers it."""

    def __init__(self, bridge: Bridge) -> None:
        self.settings = bridge.settings
        self._bridge = bridge

    def now(self) -> datetime:
        return self._bridge.clock()

    def accept(self, events: Sequence[object], grant: Grant) -> list[Result]:
        return accept.accept(self._bridge, events, grant)

    def accept_webhook(self, kommun: str, system: str, webhook_id: str, body: bytes) -> Result:
        return webhooks.accept_webhook(self._bridge, kommun, system, webhook_id, body)

    def bearers(self) -> Sequence[Bearer]:
        return tokens.bearers(self._bridge)

    def feed(
        self, after: str | None, limit: int, kommuner: tuple[str, ...], *, reveal: bool
    ) -> FeedPage:
        return queries.feed(self._bridge, after, limit, kommuner, reveal=reveal)

    def case(self, arende: str, kommun: str | None) -> CaseView | None:
        return queries.show_case(self._bridge, arende, kommun=kommun)

    def deliveries(self, wanted: Filter) -> list[DeliveryView]:
        return queries.list_deliveries(self._bridge, wanted)

    def delivery(self, delivery_id: str) -> DeliveryDetail | None:
        return queries.show_delivery(self._bridge, delivery_id)

    def replay(
        self, delivery_id: str, *, actor: str, reason: str, dry_run: bool, same_bytes: bool
    ) -> ReplayItem:
        return replay.replay_one(
            self._bridge,
            delivery_id,
            actor=actor,
            reason=reason,
            dry_run=dry_run,
            same_bytes=same_bytes,
        )

    def status(self) -> Status:
        return queries.status(self._bridge)

    def not_ready(self) -> list[str]:
        try:
            stored, newest = upkeep.schema_state(self.settings)
        except StoreUnavailable:
            return ["store_unavailable"]
        if stored != newest:
            return ["schema_not_current"]
        low = self._bridge.store.space.is_low(self.settings.limits.min_free_bytes)
        return ["storage_low"] if low else []

    def degraded(self) -> list[str]:
        return health.degraded(self._bridge)

    def totals(
        self, day: date | None, source: str | None, kommuner: tuple[str, ...]
    ) -> list[TotalView]:
        return totals.totals(self._bridge, day, source, kommuner)
