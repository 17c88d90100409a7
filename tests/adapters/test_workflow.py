"""Telling the handbook workflow: signed, repeatable, never ambiguous."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx
from standardwebhooks.webhooks import Webhook

from bbic_bridge.adapters.channels.http import Clock, Http
from bbic_bridge.adapters.workflow import Workflow
from bbic_bridge.delivery.errors import (
    ConfigurationError,
    Contract,
    DeliveryError,
    Rejected,
    Throttled,
    Transient,
)
from bbic_bridge.delivery.ports import Capability, Finding, Order

URL = "http://workflow.test/callbacks"
OLD, NEW = "whsec_" + "b2xk" * 8, "whsec_" + "bmV3" * 8
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "01JE0000000000000000000001",
    "source": "urn:bbic-bridge",
    "type": "se.bbic.leverans.verifierad",
    "data": {"text": "Överenskommet"},
}
ORDER = Order("ref-1", "ref-1.v1", "malmo", "A-1", "notify_workflow", None, EVENT)


@pytest.fixture
def workflow() -> Iterator[Workflow]:
    clock = Clock(sleep=lambda _: None, now=lambda: datetime.now(UTC))
    with closing(Workflow(Http(URL, timeout_s=5, clock=clock), (OLD, NEW))) as system:
        yield system


@respx.mock
@pytest.mark.parametrize("secret", [OLD, NEW])
def test_a_peer_with_either_secret_accepts_the_callback(workflow: Workflow, secret: str) -> None:
    route = respx.post(URL).mock(return_value=httpx.Response(204))
    receipt = workflow.send(ORDER, workflow.prepare(ORDER))
    assert receipt.final
    sent = route.calls[0].request
    assert Webhook(secret).verify(sent.content, dict(sent.headers)) == EVENT
    assert sent.headers["content-type"] == "application/cloudevents+json; charset=utf-8"


@respx.mock
def test_the_id_is_the_events_in_every_attempt(workflow: Workflow) -> None:
    route = respx.post(URL).mock(return_value=httpx.Response(200))
    for _ in range(2):
        workflow.send(ORDER, workflow.prepare(ORDER))
    assert {call.request.headers["webhook-id"] for call in route.calls} == {EVENT["id"]}


def test_the_body_is_the_event_itself(workflow: Workflow) -> None:
    body = workflow.prepare(ORDER)
    assert json.loads(body) == EVENT
    assert "Överenskommet".encode() in body


@respx.mock
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (httpx.Response(400), Rejected, "http_400"),
        (httpx.Response(401), Rejected, "unauthorised"),
        (httpx.Response(410), Rejected, "http_410"),
        (httpx.Response(429, headers={"Retry-After": "5"}), Throttled, "throttled"),
        (httpx.Response(408), Transient, "http_408"),
        (httpx.Response(302), Transient, "http_302"),
        (httpx.Response(500), Transient, "http_500"),
        (httpx.ReadError("cut"), Transient, "response_lost"),
        (httpx.ReadTimeout("slow"), Transient, "timeout"),
        (httpx.ConnectError("gone"), Transient, "connect_failed"),
    ],
)
def test_nothing_is_ambiguous(
    workflow: Workflow, answer: Any, kind: type[DeliveryError], code: str
) -> None:
    respx.post(URL).mock(side_effect=[answer] * 3)
    with pytest.raises(DeliveryError) as caught:
        workflow.send(ORDER, workflow.prepare(ORDER))
    assert (type(caught.value), caught.value.code) == (kind, code)


@respx.mock
def test_a_broken_exchange_is_not_repeated_here(workflow: Workflow) -> None:
    route = respx.post(URL).mock(side_effect=httpx.ReadError("cut"))
    with pytest.raises(Transient):
        workflow.send(ORDER, workflow.prepare(ORDER))
    assert route.call_count == 1


def test_it_says_what_it_cannot_do(workflow: Workflow) -> None:
    assert workflow.capability("notify_workflow") == Capability(
        "notify_workflow", (None,), "none", honours_key=True
    )
    with pytest.raises(ConfigurationError, match="registrera_beslut"):
        workflow.capability("registrera_beslut")
    assert workflow.find(ORDER) == Finding("absent")
    assert workflow.streams() == ()
    assert list(workflow.changes("any", None, datetime.now(UTC))) == []
    with pytest.raises(Contract):
        workflow.parse_webhook(b"{}")
