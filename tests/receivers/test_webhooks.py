"""Vendors' webhooks in: whose they are, and what is answered."""

import httpx
import pytest

from bbic_bridge.services.views.accepting import Problem, Result, Violation
from tests.receivers.fake import CALLBACK, EXEMPEL, MALMO, WORKFLOW, FakeDesk, secret, signed

pytestmark = pytest.mark.anyio
BODY = b'<?xml version="1.0" encoding="utf-8"?><Andringar/>'
URL = "/v1/webhooks/procapita/malmo"
XML = "application/xml"


@pytest.mark.parametrize("content_type", [XML, "text/xml; charset=utf-8"])
async def test_a_webhook_reaches_the_service_as_it_came(
    client: httpx.AsyncClient, desk: FakeDesk, content_type: str
) -> None:
    desk.results = [Result("msg_1", "accepted")]
    answer = await client.post(URL, content=BODY, headers=signed(BODY, content_type, MALMO))
    assert answer.status_code == 202
    assert answer.json() == {"results": [{"id": "msg_1", "status": "accepted"}]}
    assert desk.asked == [("accept_webhook", "malmo", "procapita", "msg_1", BODY)]


async def test_a_refused_webhook_names_the_place(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    where = Violation("/Andringar/Andring[1]", "is not of the schema")
    desk.results = [Result("msg_1", "rejected", Problem(400, "xml_refused", "Refused", (where,)))]
    answer = await client.post(URL, content=BODY, headers=signed(BODY, XML, MALMO))
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"pointer": where.pointer, "detail": where.detail}]


@pytest.mark.parametrize("with_secret", [WORKFLOW, CALLBACK, EXEMPEL, secret("x")])
async def test_another_s_secret_is_not_known(
    client: httpx.AsyncClient, desk: FakeDesk, with_secret: str
) -> None:
    answer = await client.post(URL, content=BODY, headers=signed(BODY, XML, with_secret))
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_mismatch")
    assert desk.asked == []


async def test_a_kommun_without_secrets_believes_nobody(client: httpx.AsyncClient) -> None:
    headers = signed(BODY, XML, secret("\0"))
    answer = await client.post("/v1/webhooks/treserva/tyst", content=BODY, headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "url",
    [
        "/v1/webhooks/treserva/malmo",
        "/v1/webhooks/procapita/nowhere",
        "/v1/webhooks/procapita/%00",
        "/v1/webhooks/other/malmo",
        "/v1/webhooks/procapita/",
    ],
)
async def test_an_unknown_receiver_is_not_found(
    client: httpx.AsyncClient, desk: FakeDesk, url: str
) -> None:
    answer = await client.post(url, content=BODY, headers=signed(BODY, XML, MALMO))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert desk.asked == []


async def test_json_is_not_a_vendor_s_webhook(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, content=b"{}", headers=signed(b"{}", with_secret=MALMO))
    assert answer.status_code == 415


async def test_a_webhook_is_capped_too(client: httpx.AsyncClient) -> None:
    body = BODY.ljust(2001)
    answer = await client.post(URL, content=body, headers=signed(body, XML, MALMO))
    assert answer.status_code == 413
