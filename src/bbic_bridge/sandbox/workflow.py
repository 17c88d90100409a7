"""The built-in handbook workflow: it listens to the bridge and remembers what it was told."""

import json
from collections.abc import Mapping
from typing import Any

from standardwebhooks import Webhook

from bbic_bridge.sandbox.register import Clock


class BadSignature(Exception):
    """The callback is not signed by the bridge."""


class BadCallback(Exception):
    """The callback is not a CloudEvent, or a list of them, in JSON."""


class Workflow:
    """Callbacks, once for each webhook id; repeats are counted."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._verifier = Webhook(secret) if secret else None
        self._clock = clock
        self._told: dict[str, dict[str, Any]] = {}

    def read(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Understands a callback.

        Returns:
            What ``take`` takes.

        Raises:
            BadSignature: a secret is configured and the signature does not stand.
            BadCallback: the body is no CloudEvent.
        """
        if self._verifier is not None:
            _verify(self._verifier, body, headers)
        return {
            "webhook_id": headers.get("webhook-id", f"unsigned-{len(self._told) + 1}"),
            "signature": "verified" if self._verifier else "unchecked",
            "events": _events(body),
        }

    def take(self, webhook_id: str, signature: str, events: list[dict[str, Any]]) -> None:
        """Takes a callback in."""
        known = self._told.get(webhook_id)
        if known is not None:
            known["repeats"] += 1
            return
        self._told[webhook_id] = {
            "webhook_id": webhook_id,
            "signature": signature,
            "received_at": self._clock().isoformat(),
            "repeats": 0,
            "events": events,
        }

    def lines(self) -> list[dict[str, Any]]:
        """One dictionary per event, in the order told, with how its webhook came."""
        return [
            {key: told[key] for key in ("webhook_id", "signature", "received_at", "repeats")}
            | {"event": event}
            for told in self._told.values()
            for event in told["events"]
        ]

    def clear(self) -> None:
        self._told.clear()


def _verify(verifier: Webhook, body: bytes, headers: Mapping[str, str]) -> None:
    try:
        verifier.verify(body, dict(headers), json_parse=False)
    except Exception as error:
        raise BadSignature from error


def _events(body: bytes) -> list[dict[str, Any]]:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise BadCallback from error
    events = parsed if isinstance(parsed, list) else [parsed]
    if not all(isinstance(event, dict) and "type" in event and "id" in event for event in events):
        raise BadCallback
    return events
