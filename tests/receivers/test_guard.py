"""What nobody foresaw is a 500 that tells nothing, neither to the sender nor to the log."""

import httpx
import pytest
import structlog
from fastapi import FastAPI
from starlette.types import Message

from tests.receivers.fake import EVENT, FakeDesk, as_json, bearer, signed

pytestmark = pytest.mark.anyio
SECRET = "20140102-2385"


async def test_an_unforeseen_fault_is_a_500_without_content(
    client: httpx.AsyncClient, desk: FakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.broken = RuntimeError(SECRET)
    body = as_json(EVENT)
    with structlog.testing.capture_logs() as logs:
        answer = await client.post("/v1/events", content=body, headers=signed(body))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert SECRET not in answer.text
    assert SECRET not in caplog.text + str(logs)
    assert [entry["event"] for entry in logs] == ["request_failed"]
    assert logs[0]["error"] == "RuntimeError"
    assert logs[0]["code"].startswith("_ask:")


async def test_the_app_goes_on_after_a_fault(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.broken = RuntimeError(SECRET)
    assert (await client.get("/v1/events", headers=bearer("reader"))).status_code == 500
    desk.broken = None
    assert (await client.get("/v1/events", headers=bearer("reader"))).status_code == 200


async def test_a_sender_that_hangs_up_is_no_fault_of_ours(app: FastAPI, desk: FakeDesk) -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in signed(b"{").items()]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/events",
        "query_string": b"",
        "headers": headers,
    }
    with structlog.testing.capture_logs() as logs:
        await app(scope, receive, send)
    assert (sent, logs, desk.asked) == ([], [], [])


async def test_every_answer_stays_out_of_caches(client: httpx.AsyncClient) -> None:
    for url in ("/livez", "/v1/nothing", "/v1/events"):
        answer = await client.get(url)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("PUT", "/v1/events", "GET, POST"),
        ("DELETE", "/v1/deliveries/D1", "GET"),
        ("GET", "/v1/webhooks/procapita/malmo", "POST"),
    ],
)
async def test_a_wrong_method_is_a_problem_too(
    client: httpx.AsyncClient, method: str, url: str, allowed: str
) -> None:
    answer = await client.request(method, url)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["allow"] == allowed
