"""What the routes ask of the bridge. ``bridge_desk`` fills it with the services."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from bbic_bridge.security.tokens import Bearer
from bbic_bridge.services.views.accepting import Grant, Result
from bbic_bridge.services.views.cases import CaseView
from bbic_bridge.services.views.deliveries import DeliveryDetail, DeliveryView, Filter
from bbic_bridge.services.views.feed import FeedPage
from bbic_bridge.services.views.health import TotalView
from bbic_bridge.services.views.replays import ReplayItem
from bbic_bridge.services.views.status import Status
from bbic_bridge.settings import Settings


class Desk(Protocol):
    """The use cases behind HTTP. All but ``now`` block, and may raise ``StoreUnavailable``."""

    settings: Settings

    def now(self) -> datetime:
        """The current time, aware."""
        ...

    def accept(self, events: Sequence[object], grant: Grant) -> list[Result]:
        """Stores each event that may be; one result per event, in order, after the commit."""
        ...

    def accept_webhook(self, kommun: str, system: str, webhook_id: str, body: bytes) -> Result:
        """Stores what a vendor tells; after the commit."""
        ...

    def bearers(self) -> Sequence[Bearer]:
        """Who holds a token that was made by command and is not revoked, as of now."""
        ...

    def feed(
        self, after: str | None, limit: int, kommuner: tuple[str, ...], *, reveal: bool
    ) -> FeedPage:
        """Events to the workflow, masked unless asked to be revealed.

        Raises ``ValueError`` for a cursor that was never given."""
        ...

    def case(self, arende: str, kommun: str | None) -> CaseView | None:
        """A case's timeline."""
        ...

    def deliveries(self, wanted: Filter) -> list[DeliveryView]:
        """Deliveries, the oldest first."""
        ...

    def delivery(self, delivery_id: str) -> DeliveryDetail | None:
        """One delivery with its attempts, masked."""
        ...

    def replay(
        self, delivery_id: str, *, actor: str, reason: str, dry_run: bool, same_bytes: bool
    ) -> ReplayItem:
        """Releases a failed delivery again, or says what that would do."""
        ...

    def status(self) -> Status:
        """Counts and ages."""
        ...

    def not_ready(self) -> list[str]:
        """Static words for why no event can be accepted now; empty when all is well."""
        ...

    def degraded(self) -> list[str]:
        """Static words for what keeps the accepted from being carried; empty when all is well."""
        ...

    def totals(
        self, day: date | None, source: str | None, kommuner: tuple[str, ...]
    ) -> list[TotalView]:
        """How many events were accepted of a day, and a digest of their ids."""
        ...
