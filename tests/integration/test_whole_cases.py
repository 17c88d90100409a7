"""Whole cases through real processes: every operation, both vendors, both databases."""

import random

import pytest

from bbic_bridge.handbook.uppgifter import UPPGIFTER
from tests.integration import cases
from tests.servers.bridge import Bridge
from tests.servers.sandbox import Sandbox


@pytest.fixture(params=["embedded", "servers"])
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite and the embedded broker by ``up``; or PostgreSQL and Redis, part by part."""
    if request.param == "embedded":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def broker_url(request: pytest.FixtureRequest, database_url: str) -> str:
    if not database_url:
        return ""
    url: str = request.getfixturevalue("redis_url")
    return url


@pytest.fixture
def started(bridge: Bridge, database_url: str) -> Bridge:
    if database_url:
        bridge.parts()
    else:
        bridge.up()
    return bridge


def test_every_case_and_operation_is_carried_once_and_read_back(
    started: Bridge, sandbox: Sandbox
) -> None:
    events, withdrawals = cases.all_cases(), cases.withdrawals()
    assert cases.operations_of(events + withdrawals) == set(UPPGIFTER)
    cases.register_resources(sandbox, events)
    for batch in (events, withdrawals):
        answer = started.post(batch, webhook_id=f"msg-{len(batch)}")
        assert answer.status_code == 202
        assert {result["status"] for result in answer.json()["results"]} == {"accepted"}
        cases.await_all_verified(started)
    cases.assert_each_effect_once(sandbox, cases.effects_of(events + withdrawals))


def test_an_uppdrag_that_is_taken_back_before_it_was_sent_is_never_sent(
    started: Bridge, sandbox: Sandbox
) -> None:
    events, withdrawals = cases.all_cases(), cases.withdrawals()
    ended = {event["data"]["uppdrag_id"] for event in withdrawals}
    told = [e for e in events if ended & {e["data"].get("uppdrag_id"), e["data"].get("ersatter")}]
    assert [e["type"] for e in told] == ["se.bbic.uppdrag.reviderat"]
    assert started.post(told + withdrawals).status_code == 202
    cases.await_all_verified(started)
    assert cases.deliveries(started)["cancelled"] == 2
    assert not sandbox.journal()


def test_any_order_of_arrival_with_duplicates_gives_the_same_effects(
    started: Bridge, sandbox: Sandbox
) -> None:
    events = cases.all_cases()
    shuffled = events + random.Random(7).choices(events, k=30)
    random.Random(8).shuffle(shuffled)
    for start in range(0, len(shuffled), 40):
        answer = started.post(shuffled[start : start + 40], webhook_id=f"msg-{start}")
        assert answer.status_code == 202
        results = [result["status"] for result in answer.json()["results"]]
        assert set(results) <= {"accepted", "duplicate"}
    cases.register_resources(sandbox, events)
    cases.await_all_verified(started)
    cases.assert_each_effect_once(sandbox, cases.effects_of(events))
    for arende in {event["subject"] for event in events}:
        order = [line["operation"] for line in sandbox.journal() if line["arende"] == arende]
        assert order.index("registrera_beslut") < order.index("verkstall_beslut")
        if "tilldela_resurs" in order:
            assert order.index("verkstall_beslut") < order.index("tilldela_resurs")


def test_a_sick_vendor_costs_time_and_nothing_else(started: Bridge, sandbox: Sandbox) -> None:
    events = cases.all_cases()
    cases.register_resources(sandbox, events)
    for system in ("procapita", "treserva"):
        for fault in ("lost_response", "refuse", "http_500", "http_429", "malformed", "timeout"):
            sandbox.fault(system, fault, times=2)
        sandbox.fault(system, "timeout", times=1, effect="after", delay_ms=1500)
    started.post(events)
    cases.await_all_verified(started)
    cases.assert_each_effect_once(sandbox, cases.effects_of(events))
