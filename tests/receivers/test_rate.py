"""How often a source may call: counted for each, once its signature is known."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from bbic_bridge.receivers import create_app
from bbic_bridge.receivers.rate import Pace, Rates
from bbic_bridge.settings import Settings
from tests.receivers.conftest import SETTINGS
from tests.receivers.fake import (
    EVENT,
    EXEMPEL,
    MALMO,
    NOW,
    OTHER,
    FakeDesk,
    as_json,
    secret,
    signed,
)

pytestmark = pytest.mark.anyio
BODY = as_json(EVENT)
XML = b"<Andringar/>"
A = ("source", "a")


@pytest.fixture
def desk() -> FakeDesk:
    slow = SETTINGS.source["workflow"].model_copy(update={"rate_per_s": 0.5, "burst": 2})
    source = {**SETTINGS.source, "workflow": slow}
    held = {"webhook_rate_per_s": 0.5, "webhook_burst": 2}
    kommun = {**SETTINGS.kommun, "malmo": SETTINGS.kommun["malmo"].model_copy(update=held)}
    settings = SETTINGS.model_copy(update={"source": source, "kommun": kommun})
    return FakeDesk(Settings.model_validate(settings), NOW)


@pytest.fixture
def app(desk: FakeDesk) -> FastAPI:
    return create_app(desk=desk)


async def send(client: httpx.AsyncClient, desk: FakeDesk, **options: str) -> httpx.Response:
    headers = signed(BODY, now=desk.time, **options)
    return await client.post("/v1/events", content=BODY, headers=headers)


async def test_who_calls_too_often_is_told_when_to_come_back(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    assert [(await send(client, desk)).status_code for _ in range(2)] == [202, 202]
    refused = await send(client, desk)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "2"
    assert len(desk.asked) == 2
    desk.time += timedelta(seconds=2)
    assert [(await send(client, desk)).status_code for _ in range(2)] == [202, 429]


async def test_another_source_is_not_held_back(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    for _ in range(3):
        await send(client, desk)
    answers = [await send(client, desk, with_secret=OTHER) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {202}


async def test_a_vendor_that_calls_too_often_is_told_so_too(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    async def call(url: str, with_secret: str) -> httpx.Response:
        headers = signed(XML, "application/xml", with_secret, desk.time)
        return await client.post(url, content=XML, headers=headers)

    malmo = "/v1/webhooks/procapita/malmo"
    assert [(await call(malmo, secret("x"))).status_code for _ in range(5)] == [401] * 5
    assert [(await call(malmo, MALMO)).status_code for _ in range(3)] == [202, 202, 429]
    assert (await call("/v1/webhooks/treserva/exempel", EXEMPEL)).status_code == 202
    assert (await send(client, desk)).status_code == 202
    desk.time += timedelta(seconds=2)
    assert (await call(malmo, MALMO)).status_code == 202


async def test_nobody_can_use_up_what_is_another_s(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    forged = [await send(client, desk, with_secret=secret("x")) for _ in range(50)]
    assert {answer.status_code for answer in forged} == {401}
    assert (await send(client, desk)).status_code == 202


@given(
    rate=st.floats(0.1, 50),
    burst=st.integers(1, 20),
    pauses=st.lists(st.floats(0, 10), min_size=1, max_size=60),
)
def test_never_more_than_the_burst_and_what_time_has_brought(
    rate: float, burst: int, pauses: list[float]
) -> None:
    now = NOW
    rates = Rates({A: Pace(rate, burst)}, lambda: now)
    taken = 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        taken += rates.take(A) == 0
        assert taken <= burst + rate * (now - NOW).total_seconds() + 0.01


def test_a_long_pause_saves_up_no_more_than_the_burst() -> None:
    """Whoever has been away for a day may not call a day's worth at once."""
    now = NOW
    rates = Rates({A: Pace(2, 5)}, lambda: now)
    assert rates.take(A) == 0
    now += timedelta(days=1)
    assert [rates.take(A) == 0 for _ in range(7)] == [True] * 5 + [False] * 2


@given(rate=st.floats(0.1, 50), used=st.integers(1, 30))
def test_after_the_time_that_was_told_a_call_may_be(rate: float, used: int) -> None:
    now = NOW
    rates = Rates({A: Pace(rate, 5)}, lambda: now)
    for _ in range(used):
        rates.take(A)
    if wait_s := rates.take(A):
        now += timedelta(seconds=wait_s)
        assert rates.take(A) == 0


def test_a_clock_set_back_holds_nobody_back_for_long() -> None:
    now = NOW
    rates = Rates({A: Pace(1, 1)}, lambda: now)
    assert rates.take(A) == 0
    now -= timedelta(days=1)
    assert rates.take(A) == 1
    now += timedelta(seconds=1)
    assert rates.take(A) == 0
