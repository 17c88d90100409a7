"""The handbook workflow, told what happened: signed CloudEvents (Standard Webhooks 1.0)."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from bbic_bridge.adapters.base import System
from bbic_bridge.adapters.channels.http import Answer, Http
from bbic_bridge.delivery.errors import Ambiguous, Contract, DeliveryError, Transient
from bbic_bridge.delivery.ports import (
    Finding,
    Link,
    Lookup,
    Order,
    Page,
    Receipt,
    Told,
    Unreadable,
)
from bbic_bridge.security.signatures import SIGNATURE, signed_headers

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


class Workflow(System):
    """Pushes CloudEvents to the configured address.

    Told twice is told once: the receiver knows an event again by its ``webhook-id``, which is
    the event's id in every attempt. So nothing is ever ambiguous here, and 2xx is the proof.

    Args:
        secrets: ``whsec_…``, those that the receiver may know; each gives a signature.
    """

    name = "workflow"
    honours_key = True
    operations = ("notify_workflow",)

    def __init__(self, write: Http, secrets: Sequence[str]) -> None:
        super().__init__(write)
        self._secrets = tuple(secrets)

    def prepare(self, order: Order) -> bytes:
        """The event as JSON; ``order.uppgift`` is the CloudEvent."""
        return json.dumps(order.uppgift, ensure_ascii=False, separators=(",", ":")).encode()

    def send(self, order: Order, body: bytes) -> Receipt:
        """Tells the workflow. Raises no ``Ambiguous``: repeating does no harm."""
        try:
            return super().send(order, body)
        except Ambiguous as error:
            unclear = error
        raise Transient(
            unclear.code,
            answer=unclear.answer,
            retry_after=unclear.retry_after,
            unreachable=unclear.unreachable,
        )

    def find(self, order: Order, links: tuple[Link, ...] = ()) -> Finding:  # noqa: ARG002  (port)
        """Nothing can be read back: a call cut short is made again, which does no harm."""
        return Finding("absent")

    def streams(self) -> tuple[str, ...]:
        """None: the workflow tells us by events."""
        return ()

    def changes(self, stream: str, cursor: str | None, now: datetime) -> Iterator[Page]:  # noqa: ARG002  (port)
        """No pages."""
        return iter(())

    def parse_webhook(self, body: bytes) -> tuple[Told, ...]:  # noqa: ARG002  (port)
        """Always raises ``Contract``: events from the workflow come another way."""
        raise Contract("no_webhooks_here")

    def read_again(self, unread: Unreadable) -> Told | None:
        """Nothing was ever read here, so nothing is read otherwise now."""
        return unread

    def _effects(self, operation: str) -> tuple[str | None, ...]:  # noqa: ARG002  (port)
        return (None,)

    def _lookup(self, operation: str) -> Lookup:  # noqa: ARG002  (port)
        return "none"

    def _post(self, order: Order, body: bytes) -> Answer:
        event_id, now = order.uppgift["id"], self._write.clock.now()
        signed = [signed_headers(secret, event_id, now, body) for secret in self._secrets]
        signatures = " ".join(headers[SIGNATURE] for headers in signed)
        headers = {**signed[0], SIGNATURE: signatures, "Content-Type": CONTENT_TYPE}
        return self._write.write("", body, headers)

    def _refusal(self, answer: Answer) -> DeliveryError | None:  # noqa: ARG002  (port)
        return None

    def _receipt(self, order: Order, answer: Answer) -> Receipt:  # noqa: ARG002  (port)
        return Receipt(answer=answer.body, final=True)
