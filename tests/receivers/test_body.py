"""Bodies: capped while they stream, of a known media type, strictly parsed."""

import asyncio
import json
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbic_bridge.receivers import create_app
from bbic_bridge.receivers.body import BODIES_AT_ONCE, DISCARDED_LIMITS, MAX_DEPTH, parse_json
from bbic_bridge.receivers.problems import Refusal
from tests.receivers.conftest import SETTINGS
from tests.receivers.fake import EVENT, FakeDesk, as_json, signed

pytestmark = pytest.mark.anyio
LIMIT = 2000


def refused(body: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        parse_json(body)
    assert caught.value.problem.status == 400
    return caught.value.problem.code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 1}',
        b'{"b": [{"a": 1, "\\u0061": 2}]}',
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'\xef\xbb\xbf{"a": 1}',
        b"[" * 20,
        b"1" * 10_000,
    ],
)
def test_what_is_not_strict_json_is_malformed(body: bytes) -> None:
    assert refused(body) == "json_malformed"


@pytest.mark.parametrize("body", [b'{"a": "\xe5"}', '{"a": "å"}'.encode("utf-16"), b"\xed\xa0\x80"])
def test_what_is_not_utf8_is_refused(body: bytes) -> None:
    assert refused(body) == "not_utf8"


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"[]" + b"}" * (levels - 1)


def test_depth_is_counted_in_levels() -> None:
    assert parse_json(nested(MAX_DEPTH))
    for levels in (MAX_DEPTH + 1, 900, 100_000):
        assert refused(nested(levels)) == "json_too_deep"
    wide: list[list[int]] = [[] for _ in range(1000)]
    assert parse_json(as_json(wide)) == wide


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 1_000_000, id="never closed"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="100,000 levels"),
        pytest.param(b'{"a":' * 150_000 + b"1" + b"}" * 150_000, id="objects"),
        pytest.param(b"[" * 900 + b"]" * 900, id="fewer than the parser stops at"),
        pytest.param(b"[" + b"[]," * 300_000 + b"[" * 40 + b"]" * 40 + b"]", id="wide"),
        pytest.param(b'"' + b"\\u0000" * 160_000, id="escapes"),
        pytest.param(b"-" + b"1" * 1_000_000, id="a long number"),
    ],
)
def test_no_body_takes_long_or_much_memory(body: bytes) -> None:
    tracemalloc.start()
    begun = time.process_time()
    try:
        refused(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 2
    assert peak < 60_000_000


SIMPLE = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text()
VALUES = st.recursive(
    SIMPLE | st.floats(allow_nan=False, allow_infinity=False),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@settings(deadline=None)
@given(VALUES, st.booleans())
def test_json_is_read_as_it_was_written(value: Any, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@settings(deadline=None)
@given(st.binary())
def test_junk_is_refused_and_nothing_else_is_raised(body: bytes) -> None:
    with suppress(Refusal):
        parse_json(body)


async def test_a_body_of_the_limit_is_read(client: httpx.AsyncClient) -> None:
    body = as_json(EVENT).ljust(LIMIT)
    assert (await client.post("/v1/events", content=body, headers=signed(body))).status_code == 202


async def test_a_body_that_says_it_is_too_large_and_asks_first_is_not_read(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = {**signed(b""), "content-length": str(LIMIT + 1), "expect": "100-continue"}
    answer = await client.post("/v1/events", content=unread(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"
    assert answer.headers["connection"] == "close"
    assert desk.asked == []


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_read_away_within_bounds(
    client: httpx.AsyncClient, desk: FakeDesk, *, announced: bool
) -> None:
    """A client that writes before it reads gets its answer; one that never ends is cut."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100_000:
            sent += 1
            yield b" " * 100

    length = {"content-length": str(100_000 * 100)} if announced else {}
    headers = {**signed(b""), **length}
    answer = await client.post("/v1/events", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert LIMIT // 100 < sent <= (DISCARDED_LIMITS + 1) * LIMIT // 100 + 2
    assert desk.asked == []


async def silent(started: asyncio.Event) -> AsyncIterator[bytes]:
    """A body that begins and does not go on."""
    yield b"{"
    started.set()
    await asyncio.Event().wait()


async def test_a_body_that_does_not_go_on_is_given_up(desk: FakeDesk) -> None:
    hasty = SETTINGS.limits.model_copy(update={"body_within_s": 0.05})
    desk.settings = SETTINGS.model_copy(update={"limits": hasty})
    transport = httpx.ASGITransport(create_app(desk=desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://bridge") as client:
        body = silent(asyncio.Event())
        async with asyncio.timeout(20):
            answer = await client.post("/v1/events", content=body, headers=signed(b""))
    assert (answer.status_code, answer.json()["code"]) == (408, "body_too_slow")
    assert answer.headers["connection"] == "close"
    assert desk.asked == []


async def test_unsigned_bodies_together_are_bounded(client: httpx.AsyncClient) -> None:
    """Many senders that begin and do not go on hold so much, and no more; then there is room."""
    begun = [asyncio.Event() for _ in range(BODIES_AT_ONCE)]

    async def nearly(started: asyncio.Event) -> AsyncIterator[bytes]:
        yield b" " * LIMIT
        started.set()
        await asyncio.Event().wait()

    held = [
        asyncio.create_task(client.post("/v1/events", content=nearly(one), headers=signed(b"")))
        for one in begun
    ]
    await asyncio.gather(*(one.wait() for one in begun))
    body = as_json(EVENT)
    refused = await client.post("/v1/events", content=body, headers=signed(body))
    assert (refused.status_code, refused.json()["code"]) == (503, "too_busy")
    assert int(refused.headers["retry-after"]) > 0
    for task in held:
        task.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    answer = await client.post("/v1/events", content=body, headers=signed(body))
    assert answer.status_code == 202


@pytest.mark.parametrize("length", ["-1", "x", "٣"])
async def test_a_length_that_is_no_number_is_refused(
    client: httpx.AsyncClient, length: str
) -> None:
    headers = {**signed(b""), "content-length": length.encode()}
    answer = await client.post("/v1/events", content=b"", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+json",
        "Application/CloudEvents+JSON; charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; profile=x",
    ],
)
async def test_media_types_are_read_as_http_has_them(
    client: httpx.AsyncClient, content_type: str
) -> None:
    body = as_json(EVENT)
    answer = await client.post("/v1/events", content=body, headers=signed(body, content_type))
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "application/cloudevents+avro"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-encoding": "gzip"},
        {"ce-type": "se.bbic.beslut.fattat", "content-type": "application/json"},
    ],
)
async def test_other_media_is_unsupported(
    client: httpx.AsyncClient, desk: FakeDesk, headers: dict[str, str]
) -> None:
    body = as_json(EVENT)
    answer = await client.post("/v1/events", content=body, headers={**signed(body), **headers})
    assert answer.status_code == 415
    assert desk.asked == []
