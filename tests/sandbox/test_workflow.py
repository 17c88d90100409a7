"""The built-in workflow: it believes what is signed, and counts what it hears twice."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.sandbox.conftest import CALLBACK_SECRET, WEBHOOK_SECRET
from tests.sandbox.control import Control

EVENT = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/bbic-bridge",
    "type": "se.bbic.leverans.verifierad",
    "subject": "A-1",
    "data": {"schema_version": 1},
}


def _tell(
    http: httpx.Client, content: Any, webhook_id: str = "w-1", secret: str = CALLBACK_SECRET
) -> httpx.Response:
    body = json.dumps(content)
    now = datetime.now(UTC)
    headers = {
        "content-type": "application/cloudevents+json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, now, body),
    }
    return http.post("/workflow/events", content=body, headers=headers)


def test_a_signed_event_is_remembered(http: httpx.Client, control: Control) -> None:
    assert _tell(http, EVENT).status_code == 204
    (told,) = control.callbacks()
    assert told["event"] == EVENT
    assert (told["webhook_id"], told["signature"], told["repeats"]) == ("w-1", "verified", 0)
    assert datetime.fromisoformat(told["received_at"]).tzinfo is not None


def test_a_repeat_is_counted_and_not_remembered_again(http: httpx.Client, control: Control) -> None:
    for _ in range(3):
        assert _tell(http, EVENT).status_code == 204
    (told,) = control.callbacks()
    assert told["repeats"] == 2


def test_a_batch_is_told_event_by_event(http: httpx.Client, control: Control) -> None:
    _tell(http, [EVENT, {**EVENT, "id": "e-2"}])
    _tell(http, EVENT, "w-2")
    assert [told["event"]["id"] for told in control.callbacks()] == ["e-1", "e-2", "e-1"]


def test_another_signature_is_refused(http: httpx.Client, control: Control) -> None:
    assert _tell(http, EVENT, secret=WEBHOOK_SECRET).status_code == 401
    assert http.post("/workflow/events", json=EVENT).status_code == 401
    junk = {"webhook-id": "w", "webhook-timestamp": "now", "webhook-signature": "v1"}
    assert http.post("/workflow/events", json=EVENT, headers=junk).status_code == 401
    assert control.callbacks() == []


@pytest.mark.parametrize("content", ["text", [1], {"id": "e-1"}])
def test_what_is_no_event_is_refused(http: httpx.Client, control: Control, content: Any) -> None:
    assert _tell(http, content).status_code == 400
    assert control.callbacks() == []


def test_a_reset_forgets(http: httpx.Client, control: Control) -> None:
    _tell(http, EVENT)
    http.post("/_sandbox/reset").raise_for_status()
    assert control.callbacks() == []
