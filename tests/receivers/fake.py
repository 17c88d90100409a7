"""What the tests of the receivers share: secrets, a desk from memory, signed requests."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bbic_bridge.security.signatures import signed_headers
from bbic_bridge.security.tokens import Bearer
from bbic_bridge.services.views.accepting import Grant, Result
from bbic_bridge.services.views.cases import CaseView
from bbic_bridge.services.views.changes import SyncProblem
from bbic_bridge.services.views.deliveries import AttemptView, DeliveryDetail, DeliveryView, Filter
from bbic_bridge.services.views.feed import FeedPage
from bbic_bridge.services.views.health import (
    AlertView,
    Health,
    PartView,
    TotalView,
)
from bbic_bridge.services.views.replays import ReplayItem
from bbic_bridge.services.views.status import Status
from bbic_bridge.settings import Settings
from bbic_bridge.store.engine import StoreUnavailable

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EVENT = {"specversion": "1.0", "id": "e1", "source": "/workflow", "type": "se.bbic.x"}


def secret(letter: str) -> str:
    return "whsec_" + base64.b64encode(letter.encode() * 32).decode()


WORKFLOW, OTHER, MALMO, EXEMPEL, CALLBACK = (secret(letter) for letter in "womec")


def signed(
    body: bytes,
    content_type: str = "application/cloudevents+json",
    with_secret: str = WORKFLOW,
    now: datetime = NOW,
) -> dict[str, str]:
    """Headers as a sender puts them on a body."""
    return {"content-type": content_type, **signed_headers(with_secret, "msg_1", now, body)}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def bearer(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {name}-0123456789abcdef"}


def delivery(delivery_id: str, kommun: str = "malmo") -> DeliveryView:
    return DeliveryView(
        id=delivery_id,
        kommun=kommun,
        arende="A-1",
        system="procapita",
        operation="registrera_beslut",
        state="failed",
        event_row="E1",
        event_type="se.bbic.beslut.fattat",
        attempts=1,
        error_kind="rejected",
        error_code="BESLUT_SAKNAS",
        due_at=None,
        created_at=NOW,
        updated_at=NOW,
        waits_for=("beslut_registrerat:B-1",),
    )


class FakeDesk:
    """Answers with what it was given, and remembers what it was asked."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self.settings = settings
        self.time = now
        self.asked: list[tuple[Any, ...]] = []
        self.results: list[Result] = [Result("e1", "accepted")]
        self.known = {one.id: one for one in (delivery("D1"), delivery("D2", "exempel"))}
        self.cases = {(kommun, "A-1") for kommun in ("malmo", "exempel")}
        self.made: list[Bearer] = []
        self.reasons: list[str] = []
        self.degrading: list[str] = []
        self.outcome: Any = "released"
        self.broken: Exception | None = None

    def now(self) -> datetime:
        return self.time

    def _ask(self, *what: Any) -> None:
        self.asked.append(what)
        if self.broken is not None:
            raise self.broken

    def accept(self, events: Sequence[object], grant: Grant) -> list[Result]:
        self._ask("accept", list(events), grant)
        return self.results

    def accept_webhook(self, kommun: str, system: str, webhook_id: str, body: bytes) -> Result:
        self._ask("accept_webhook", kommun, system, webhook_id, body)
        return self.results[0]

    def bearers(self) -> Sequence[Bearer]:
        return self.made

    def feed(
        self, after: str | None, limit: int, kommuner: tuple[str, ...], *, reveal: bool
    ) -> FeedPage:
        self._ask("feed", after, limit, kommuner, reveal)
        if after == "never-given":
            raise ValueError(after)
        return FeedPage(({"id": "t1", "type": "se.bbic.leverans.verifierad"},), "7")

    def case(self, arende: str, kommun: str | None) -> CaseView | None:
        self._ask("case", arende, kommun)
        if (kommun or "malmo", arende) not in self.cases:
            return None
        return CaseView(kommun or "malmo", arende, (), ("beslut_registrerat:B-1",), ())

    def deliveries(self, wanted: Filter) -> list[DeliveryView]:
        self._ask("deliveries", wanted)
        return list(self.known.values())[: wanted.limit]

    def delivery(self, delivery_id: str) -> DeliveryDetail | None:
        self._ask("delivery", delivery_id)
        found = self.known.get(delivery_id)
        if found is None:
            return None
        attempt = AttemptView(1, None, "send", NOW, NOW, "rejected", "rejected", "BESLUT_SAKNAS")
        uppgift: Mapping[str, Any] = {"barn": {"personnummer": "********-****"}}
        return DeliveryDetail(found, (attempt,), uppgift, (("beslut", "B-1", "4711"),))

    def replay(
        self, delivery_id: str, *, actor: str, reason: str, dry_run: bool, same_bytes: bool
    ) -> ReplayItem:
        self._ask("replay", delivery_id, actor, reason, dry_run, same_bytes)
        return ReplayItem(delivery_id, "registrera_beslut", self.outcome, "it is verified", 2)

    def status(self) -> Status:
        self._ask("status")
        return Status(
            deliveries={"verified": 5, "failed": 1},
            callbacks={"verified": 3},
            events=9,
            cases=2,
            feed=3,
            oldest_due_s=1.5,
            oldest_lease_s=None,
            parked_behind_failed=2,
            waiting_too_long=0,
            sync_lag_s={"malmo": 12.0},
            sync_problems=(SyncProblem("malmo", "procapita", "familycare", "connect_failed"),),
            parked_changes={"malmo": 3, "exempel": 0},
            overdue={"lag": 1, "ska": 2, "bor": 0},
            audit_head="7:" + "ab" * 32,
            audit_sealed=7,
            audit_unsealed=1,
            health=Health(
                parked_heads=1,
                claimable_s=1.5,
                claimed_s=4,
                parts=(PartView("worker", "host", 7, NOW, 1, 2, 4),),
                alerts=(AlertView("vendor_down", "malmo", "procapita", NOW),),
                free_bytes=5_000_000_000,
            ),
        )

    def not_ready(self) -> list[str]:
        self._ask("not_ready")
        return self.reasons

    def degraded(self) -> list[str]:
        self._ask("degraded")
        return self.degrading

    def totals(
        self, day: date | None, source: str | None, kommuner: tuple[str, ...]
    ) -> list[TotalView]:
        self._ask("totals", day, source, kommuner)
        return [TotalView(day or self.time.date(), "/workflow", "malmo", 9, "0" * 64)]

    def lose_the_store(self) -> None:
        self.broken = StoreUnavailable("connection to server at 10.0.0.1 failed")
