"""Events in: who may send, one or a batch, and what is answered."""

from datetime import timedelta

import httpx
import pytest
import standardwebhooks

from bbic_bridge.services.views.accepting import Grant, Problem, Result, Violation
from tests.receivers.fake import (
    CALLBACK,
    EVENT,
    MALMO,
    NOW,
    OTHER,
    FakeDesk,
    as_json,
    secret,
    signed,
)

pytestmark = pytest.mark.anyio
BATCH = "application/cloudevents-batch+json"
BODY = as_json(EVENT)
BROKEN = Problem(
    422, "invalid_document", "Against the rules", (Violation("/data/barn", "is required"),)
)
POINT = Violation("/data/skolgang", "Saknas.", "Skolgång", "B:81", "ska", "plan.hvb.skolgang")


async def test_an_event_is_accepted_and_answered_with_its_result(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    answer = await client.post("/v1/events", content=BODY, headers=signed(BODY))
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"results": [{"id": "e1", "status": "accepted"}]}
    assert desk.asked == [("accept", [EVENT], Grant(("*",), ("malmo",)))]


async def test_each_secret_carries_its_own_grant(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    await client.post("/v1/events", content=BODY, headers=signed(BODY, with_secret=OTHER))
    assert desk.asked == [("accept", [EVENT], Grant(("*",), ("*",)))]


async def test_the_public_library_s_signature_is_known(client: httpx.AsyncClient) -> None:
    signature = standardwebhooks.Webhook(OTHER).sign("msg_2", NOW, BODY.decode())
    headers = {
        "content-type": "application/cloudevents+json",
        "webhook-id": "msg_2",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature,
    }
    answer = await client.post("/v1/events", content=BODY, headers=headers)
    assert answer.status_code == 202


async def test_a_duplicate_is_answered_as_one(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.results = [Result("e1", "duplicate")]
    answer = await client.post("/v1/events", content=BODY, headers=signed(BODY))
    assert answer.status_code == 202
    assert answer.json() == {"results": [{"id": "e1", "status": "duplicate"}]}


@pytest.mark.parametrize("status", [400, 403, 409, 422])
async def test_a_single_event_s_problem_is_the_answer(
    client: httpx.AsyncClient, desk: FakeDesk, status: int
) -> None:
    problem = Problem(status, BROKEN.code, BROKEN.title, BROKEN.errors)
    desk.results = [Result("e1", "rejected", problem)]
    answer = await client.post("/v1/events", content=BODY, headers=signed(BODY))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:bbic-bridge:problem:invalid_document",
        "title": "Against the rules",
        "status": status,
        "code": "invalid_document",
        "errors": [{"pointer": "/data/barn", "detail": "is required"}],
    }


async def test_a_content_point_is_told_with_its_name_source_weight_and_rule(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    desk.results = [Result("e1", "rejected", Problem(422, "x", "X", (POINT,)))]
    answer = await client.post("/v1/events", content=BODY, headers=signed(BODY))
    assert answer.json()["errors"] == [
        {
            "pointer": "/data/skolgang",
            "detail": "Saknas.",
            "namn": "Skolgång",
            "kalla": "B:81",
            "vikt": "ska",
            "kod": "plan.hvb.skolgang",
        }
    ]


async def test_a_batch_is_answered_with_a_result_per_event(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    desk.results = [Result("e1", "accepted"), Result(None, "rejected", BROKEN)]
    body = as_json([EVENT, "not an event"])
    answer = await client.post("/v1/events", content=body, headers=signed(body, BATCH))
    assert answer.status_code == 202
    first, second = answer.json()["results"]
    assert first == {"id": "e1", "status": "accepted"}
    assert (second["id"], second["status"]) == (None, "rejected")
    assert second["problem"]["status"] == 422
    assert desk.asked[0][1] == [EVENT, "not an event"]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"[]", BATCH, 400, "batch_malformed"),
        (BODY, BATCH, 400, "batch_malformed"),
        (as_json([EVENT]), "application/json", 400, "event_malformed"),
        (b'"x"', "application/json", 400, "event_malformed"),
        (as_json([1, 2, 3, 4]), BATCH, 413, "batch_too_large"),
        (b"{", "application/json", 400, "json_malformed"),
        (b'{"a": "\xff"}', "application/json", 400, "not_utf8"),
    ],
)
async def test_a_body_that_holds_no_events_is_refused_whole(
    client: httpx.AsyncClient,
    desk: FakeDesk,
    body: bytes,
    content_type: str,
    status: int,
    code: str,
) -> None:
    answer = await client.post("/v1/events", content=body, headers=signed(body, content_type))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert desk.asked == []


@pytest.mark.parametrize("with_secret", [CALLBACK, MALMO, secret("x")])
async def test_a_secret_of_another_direction_or_of_nobody_is_not_known(
    client: httpx.AsyncClient, desk: FakeDesk, with_secret: str
) -> None:
    headers = signed(BODY, with_secret=with_secret)
    answer = await client.post("/v1/events", content=BODY, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_mismatch")
    assert answer.headers["www-authenticate"] == "StandardWebhooks"
    assert desk.asked == []


async def test_the_signature_is_checked_before_the_body_is_parsed(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/v1/events", content=b"{", headers=signed(BODY))
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_mismatch")


async def test_the_bytes_that_came_are_what_must_be_signed(client: httpx.AsyncClient) -> None:
    spaced = BODY.replace(b":", b" :")
    answer = await client.post("/v1/events", content=spaced, headers=signed(BODY))
    assert answer.status_code == 401


async def test_a_stale_timestamp_is_refused(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.time = NOW + timedelta(seconds=301)
    answer = await client.post("/v1/events", content=BODY, headers=signed(BODY))
    assert (answer.status_code, answer.json()["code"]) == (401, "timestamp_stale")


async def test_without_a_signature_nothing_is_accepted(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    answer = await client.post("/v1/events", content=BODY, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_missing")


async def test_a_store_out_of_reach_asks_to_come_back(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    desk.lose_the_store()
    answer = await client.post("/v1/events", content=BODY, headers=signed(BODY))
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert "10.0.0.1" not in answer.text
