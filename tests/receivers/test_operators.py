"""Operators' API: roles, what a token may see, strict parameters."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bbic_bridge.services.views.deliveries import Filter
from tests.receivers.fake import FakeDesk, bearer

pytestmark = pytest.mark.anyio
REPLAY = "/v1/deliveries/D1/replay"
ROUTES = [
    ("GET", "/v1/events"),
    ("GET", "/v1/cases/A-1"),
    ("GET", "/v1/deliveries"),
    ("GET", "/v1/deliveries/D1"),
    ("POST", REPLAY),
]


@pytest.mark.parametrize(("method", "url"), ROUTES)
async def test_every_route_asks_for_a_token(
    client: httpx.AsyncClient, desk: FakeDesk, method: str, url: str
) -> None:
    for headers, code in (({}, "token_missing"), (bearer("nobody"), "token_invalid")):
        answer = await client.request(method, url, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert desk.asked == []


async def test_a_reader_may_not_replay(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    answer = await client.post(REPLAY, headers=bearer("reader"), json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_too_small")
    assert desk.asked == []


async def test_the_feed_is_limited_to_the_token_s_kommuner(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    answer = await client.get("/v1/events", headers=bearer("reader"))
    assert answer.json() == {
        "events": [{"id": "t1", "type": "se.bbic.leverans.verifierad"}],
        "cursor": "7",
    }
    assert answer.headers["cache-control"] == "no-store"
    await client.get("/v1/events?after=7&limit=1000", headers=bearer("admin"))
    assert desk.asked == [
        ("feed", None, 100, ("malmo",), False),
        ("feed", "7", 1000, ("*",), False),
    ]


async def test_a_cursor_that_was_never_given_is_malformed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/events?after=never-given", headers=bearer("reader"))
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
    assert "never-given" not in answer.text


@pytest.mark.parametrize(
    ("url", "pointer"),
    [
        ("/v1/events?limit=0", "/query/limit"),
        ("/v1/events?limit=1001", "/query/limit"),
        ("/v1/events?limit=ten", "/query/limit"),
        ("/v1/events?secretword=1", "/query"),
        ("/v1/cases/A-1?kommun=%00", "/query/kommun"),
        ("/v1/deliveries?state=secretword", "/query/state/0"),
        ("/v1/deliveries?system=secretword", "/query/system"),
        ("/v1/deliveries?operation=secretword", "/query/operation"),
        ("/v1/deliveries?since=2026-11-22T12:00:00", "/query/since"),
        ("/v1/deliveries?until=0.5", "/query/until"),
        ("/v1/deliveries?secretword=1", "/query"),
        ("/v1/deliveries?arende=secret%20word", "/query/arende"),
    ],
)
async def test_a_bad_parameter_is_named_and_not_repeated(
    client: httpx.AsyncClient, desk: FakeDesk, url: str, pointer: str
) -> None:
    answer = await client.get(url, headers=bearer("reader"))
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter_invalid")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert "secret" not in answer.text
    assert desk.asked == []


async def test_a_case_is_shown(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    answer = await client.get("/v1/cases/A-1", headers=bearer("reader"))
    assert answer.json()["kommun"] == "malmo"
    assert answer.json()["facts"] == ["beslut_registrerat:B-1"]
    assert desk.asked == [("case", "A-1", "malmo")]


@pytest.mark.parametrize(
    ("name", "query", "held_by", "asked"),
    [
        ("admin", "", "malmo", [None]),
        ("admin", "?kommun=exempel", "exempel", ["exempel"]),
        ("two", "", "malmo", ["exempel", "malmo"]),
        ("two", "?kommun=malmo", "malmo", ["malmo"]),
    ],
)
async def test_a_case_is_looked_for_where_the_token_may_see(
    client: httpx.AsyncClient,
    desk: FakeDesk,
    name: str,
    query: str,
    held_by: str,
    asked: list[str | None],
) -> None:
    desk.cases = {(held_by, "A-1")}
    answer = await client.get(f"/v1/cases/A-1{query}", headers=bearer(name))
    assert answer.json()["kommun"] == held_by
    assert [kommun for _, _, kommun in desk.asked] == asked


@pytest.mark.parametrize(
    "url",
    [
        "/v1/cases/A-2",
        "/v1/cases/A-1?kommun=exempel",
        "/v1/cases/%00",
        "/v1/deliveries/D2",
        "/v1/deliveries/D3",
        "/v1/deliveries/D%001",
        "/v1/nothing",
    ],
)
async def test_what_is_not_there_or_not_the_token_s_to_see_is_not_found(
    client: httpx.AsyncClient, url: str
) -> None:
    answer = await client.get(url, headers=bearer("reader"))
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "urn:bbic-bridge:problem:not_found",
        "title": "There is nothing here.",
        "status": 404,
        "code": "not_found",
    }


@pytest.mark.parametrize(
    ("name", "query", "wanted"),
    [
        ("admin", "", Filter()),
        ("reader", "", Filter(kommuner=("malmo",))),
        ("two", "?kommun=malmo&kommun=lund", Filter(kommuner=("malmo",))),
        ("admin", "?kommun=malmo&kommun=lund", Filter(kommuner=("lund", "malmo"))),
        (
            "admin",
            "?state=failed&state=ambiguous&system=treserva&operation=registrera_beslut"
            "&arende=A-1&error=BESLUT_SAKNAS&since=2026-11-01T00:00:00Z"
            "&until=2026-11-02T00:00:00%2B01:00&limit=5&after=D0",
            Filter(
                states=("ambiguous", "failed"),
                system="treserva",
                operation="registrera_beslut",
                arende="A-1",
                error="BESLUT_SAKNAS",
                since=datetime(2026, 11, 1, tzinfo=UTC),
                until=datetime(2026, 11, 1, 23, tzinfo=UTC),
                limit=5,
                after="D0",
            ),
        ),
    ],
)
async def test_deliveries_are_filtered(
    client: httpx.AsyncClient, desk: FakeDesk, name: str, query: str, wanted: Filter
) -> None:
    answer = await client.get(f"/v1/deliveries{query}", headers=bearer(name))
    assert answer.status_code == 200
    assert desk.asked == [("deliveries", wanted)]


async def test_asking_only_for_what_one_may_not_see_shows_nothing(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    answer = await client.get("/v1/deliveries?kommun=exempel", headers=bearer("reader"))
    assert answer.json() == {"deliveries": [], "next": None}
    assert desk.asked == []


async def test_a_full_page_says_where_to_go_on(client: httpx.AsyncClient) -> None:
    full = (await client.get("/v1/deliveries?limit=2", headers=bearer("admin"))).json()
    assert ([one["id"] for one in full["deliveries"]], full["next"]) == (["D1", "D2"], "D2")
    last = (await client.get("/v1/deliveries?limit=3", headers=bearer("admin"))).json()
    assert last["next"] is None


async def test_a_delivery_is_shown_with_its_attempts(client: httpx.AsyncClient) -> None:
    shown = (await client.get("/v1/deliveries/D1", headers=bearer("reader"))).json()
    assert shown["delivery"]["waits_for"] == ["beslut_registrerat:B-1"]
    assert shown["attempts"][0]["error_code"] == "BESLUT_SAKNAS"
    assert shown["uppgift"] == {"barn": {"personnummer": "********-****"}}


@pytest.mark.parametrize(
    ("body", "reason", "dry_run", "same_bytes"),
    [
        (None, "", False, False),
        ({}, "", False, False),
        ({"dry_run": True}, "", True, False),
        ({"same_bytes": True}, "", False, True),
        ({"reason": "rättat hos leverantören"}, "rättat hos leverantören", False, False),
    ],
)
async def test_a_replay_is_done_in_the_token_s_name(
    client: httpx.AsyncClient,
    desk: FakeDesk,
    body: Any,
    reason: str,
    dry_run: bool,
    same_bytes: bool,
) -> None:
    answer = await client.post(REPLAY, headers=bearer("operator"), json=body)
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "released"
    replayed = ("replay", "D1", "token:operator", reason, dry_run, same_bytes)
    assert desk.asked[-1] == replayed


async def test_a_refused_replay_is_a_conflict(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.outcome = "refused"
    answer = await client.post(REPLAY, headers=bearer("operator"))
    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"pointer": "", "detail": "it is verified"}]


@pytest.mark.parametrize("url", ["/v1/deliveries/D2/replay", "/v1/deliveries/D3/replay"])
async def test_only_what_one_may_see_is_replayed(
    client: httpx.AsyncClient, desk: FakeDesk, url: str
) -> None:
    answer = await client.post(url, headers=bearer("operator"))
    assert answer.status_code == 404
    assert "replay" not in {asked[0] for asked in desk.asked}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b'{"dry_run": 0}', ["/dry_run"]),
        (b'{"dry_run": "true"}', ["/dry_run"]),
        (b'{"secretword": 1}', [""]),
        (b"[]", [""]),
        (b'{"dry_run": true, "dry_run": false}', None),
    ],
)
async def test_a_malformed_replay_is_refused_and_does_nothing(
    client: httpx.AsyncClient, desk: FakeDesk, body: bytes, pointers: list[str] | None
) -> None:
    headers = {**bearer("operator"), "content-type": "application/json"}
    answer = await client.post(REPLAY, headers=headers, content=body)
    assert answer.status_code == 400
    if pointers is not None:
        assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers
    assert "secretword" not in answer.text
    assert desk.asked == []


async def test_a_replay_s_body_is_capped_and_must_be_json(client: httpx.AsyncClient) -> None:
    headers = {**bearer("operator"), "content-type": "application/json"}
    assert (await client.post(REPLAY, headers=headers, content=b" " * 2001)).status_code == 413
    headers["content-type"] = "text/plain"
    assert (await client.post(REPLAY, headers=headers, content=b"{}")).status_code == 415
