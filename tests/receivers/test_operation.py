"""Probes and metrics."""

import signal

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from bbic_bridge.receivers.draining import at_sigterm
from bbic_bridge.services.conditions import MEANING
from tests.receivers.fake import FakeDesk

pytestmark = pytest.mark.anyio


async def test_livez_answers_without_the_store(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.lose_the_store()
    answer = await client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_readyz_says_what_is_missing(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    answer = await client.get("/readyz")
    well = {"status": "ready", "reasons": [], "degraded": []}
    assert (answer.status_code, answer.json()) == (200, well)
    desk.reasons = ["schema_not_current"]
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    reasons = ["schema_not_current"]
    assert answer.json() == {"status": "not_ready", "reasons": reasons, "degraded": []}


async def test_readyz_takes_in_while_nothing_is_carried_and_says_so(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    desk.degrading = ["due_not_claimed"]
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["degraded"]) == (200, ["due_not_claimed"])


async def test_after_sigterm_nothing_more_should_come(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    ended: list[int] = []
    previous = signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    try:
        async with app.router.lifespan_context(app):
            assert (await client.get("/readyz")).status_code == 200
            signal.raise_signal(signal.SIGTERM)
            answer = await client.get("/readyz")
            assert (answer.status_code, answer.json()["reasons"]) == (503, ["draining"])
            assert (await client.get("/livez")).status_code == 200
        assert ended == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, previous)


def test_a_server_that_leaves_sigterm_alone_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert before is signal.SIG_DFL
    with at_sigterm(lambda: None):
        assert signal.getsignal(signal.SIGTERM) is before


async def scrape(client: httpx.AsyncClient) -> dict[tuple[str, ...], float]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_metrics_tell_what_the_store_holds(client: httpx.AsyncClient) -> None:
    alerts = {("bbic_alerts", name): float(name == "vendor_down") for name in MEANING}
    assert await scrape(client) == alerts | {
        ("bbic_store_reachable",): 1,
        ("bbic_events",): 9,
        ("bbic_cases",): 2,
        ("bbic_feed_events",): 3,
        ("bbic_oldest_due_seconds",): 1.5,
        ("bbic_oldest_lease_seconds",): 0,
        ("bbic_parked_behind_failed",): 2,
        ("bbic_parked_heads",): 1,
        ("bbic_oldest_claimable_seconds",): 1.5,
        ("bbic_last_claim_seconds",): 4,
        ("bbic_storage_low",): 0,
        ("bbic_storage_free_bytes",): 5e9,
        ("bbic_parts", "worker"): 1,
        ("bbic_parts", "beat"): 0,
        ("bbic_waiting_too_long",): 0,
        ("bbic_audit_sealed",): 7,
        ("bbic_audit_unsealed",): 1,
        ("bbic_deliveries", "failed"): 1,
        ("bbic_deliveries", "verified"): 5,
        ("bbic_callbacks", "verified"): 3,
        ("bbic_sync_lag_seconds", "malmo"): 12,
        ("bbic_sync_problems", "malmo"): 1,
        ("bbic_sync_problems", "exempel"): 0,
        ("bbic_parked_changes", "malmo"): 3,
        ("bbic_parked_changes", "exempel"): 0,
        ("bbic_overdue_limits", "lag"): 1,
        ("bbic_overdue_limits", "ska"): 2,
        ("bbic_overdue_limits", "bor"): 0,
        ("bbic_recovering",): 0,
    }


async def test_metrics_tell_that_the_store_is_out_of_reach(
    client: httpx.AsyncClient, desk: FakeDesk
) -> None:
    desk.lose_the_store()
    assert await scrape(client) == {("bbic_store_reachable",): 0}
