"""Which token opens which route: the whole table, and no route outside it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bbic_bridge.security.tokens import Bearer, Role, new_token
from tests.receivers.fake import NOW, FakeDesk, bearer

pytestmark = pytest.mark.anyio
ROLES: tuple[Role, ...] = ("read", "operate", "admin")
BY_TOKEN: dict[tuple[str, str], Role] = {
    ("GET", "/v1/events"): "read",
    ("GET", "/v1/cases/{arende}"): "read",
    ("GET", "/v1/deliveries"): "read",
    ("GET", "/v1/totals"): "read",
    ("GET", "/v1/deliveries/{delivery_id}"): "read",
    ("POST", "/v1/deliveries/{delivery_id}/replay"): "operate",
}
BY_SIGNATURE = (
    ("POST", "/v1/events"),
    ("POST", "/v1/webhooks/procapita/{kommun}"),
    ("POST", "/v1/webhooks/treserva/{kommun}"),
)
OPEN = (("GET", "/livez"), ("GET", "/readyz"), ("GET", "/metrics"))


def url(path: str) -> str:
    kommun = "malmo" if "procapita" in path else "exempel"
    return path.format(arende="A-1", delivery_id="D1", kommun=kommun)


def made(desk: FakeDesk, **other: Any) -> dict[str, str]:
    """The header of a token that was made by command."""
    token = new_token()
    asked: dict[str, Any] = {"name": "made", "role": "read", "kommuner": ("malmo",), **other}
    desk.made = [Bearer.of(asked.pop("name"), token, asked.pop("role"), **asked)]
    return {"authorization": f"Bearer {token}"}


async def test_every_route_stands_in_this_table(app: FastAPI) -> None:
    described = {
        (method.upper(), path): operation
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }
    assert described.keys() == {*BY_TOKEN, *BY_SIGNATURE, *OPEN}
    asking = {route for route, operation in described.items() if "security" in operation}
    assert asking == BY_TOKEN.keys()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", BY_TOKEN)
async def test_each_route_asks_for_its_role(
    client: httpx.AsyncClient, desk: FakeDesk, route: tuple[str, str], role: Role
) -> None:
    enough = ROLES.index(role) >= ROLES.index(BY_TOKEN[route])
    answer = await client.request(route[0], url(route[1]), headers=made(desk, role=role))
    assert answer.status_code == (200 if enough else 403)
    if not enough:
        assert answer.json()["code"] == "role_too_small"
        assert desk.asked == []


@pytest.mark.parametrize("route", BY_SIGNATURE)
async def test_no_token_takes_a_signature_s_place(
    client: httpx.AsyncClient, desk: FakeDesk, route: tuple[str, str]
) -> None:
    kind = "application/xml" if "webhooks" in route[1] else "application/cloudevents+json"
    headers = {**bearer("admin"), "content-type": kind}
    answer = await client.request(route[0], url(route[1]), headers=headers, content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_missing")
    assert desk.asked == []


@pytest.mark.parametrize("route", BY_TOKEN)
async def test_a_token_for_the_feed_opens_the_feed_alone(
    client: httpx.AsyncClient, desk: FakeDesk, route: tuple[str, str]
) -> None:
    headers = made(desk, role="admin", use="feed")
    answer = await client.request(route[0], url(route[1]), headers=headers)
    if route == ("GET", "/v1/events"):
        assert answer.status_code == 200
        assert desk.asked == [("feed", None, 100, ("malmo",), True)]
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "use_other")
        assert desk.asked == []


async def test_the_configured_token_of_the_feed_is_one(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    assert (await client.get("/v1/events", headers=bearer("poller"))).status_code == 200
    assert desk.asked == [("feed", None, 100, ("malmo", "exempel"), True)]
    assert (await client.get("/v1/deliveries", headers=bearer("poller"))).status_code == 403


async def test_a_token_that_has_expired_says_so(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    for headers in (bearer("expired"), made(desk, role="admin", expires=NOW)):
        answer = await client.get("/v1/deliveries", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert desk.asked == []
    headers = made(desk, expires=NOW + timedelta(seconds=1))
    assert (await client.get("/v1/deliveries", headers=headers)).status_code == 200


async def test_a_made_token_sees_its_kommuner_only(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    headers = made(desk, kommuner=("exempel",))
    assert (await client.get("/v1/deliveries/D2", headers=headers)).status_code == 200
    assert (await client.get("/v1/deliveries/D1", headers=headers)).status_code == 404


async def test_a_revoked_token_is_not_known(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    headers = made(desk)
    assert (await client.get("/v1/deliveries", headers=headers)).status_code == 200
    desk.made = []
    answer = await client.get("/v1/deliveries", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
