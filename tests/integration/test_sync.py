"""The other way: what a person changes at a vendor reaches the workflow, once in all."""

from typing import Any

import pytest

from tests.integration import cases
from tests.servers.bridge import Bridge
from tests.servers.process import wait_until
from tests.servers.sandbox import Sandbox

KINDS = {
    "resurs_registrerad": "resurs.registrerad",
    "beslut_registrerat": "beslut.registrerat",
    "beslut_verkstallt": "beslut.verkstallt",
    "resurs_tilldelad": "resurs.tilldelad",
    "aktanteckning_skapad": "aktanteckning.inkommen",
    "uppdrag_mottaget": "uppdrag.mottaget",
    "uppdrag_fordelat": "uppdrag.fordelat",
    "uppdrag_avbojt": "uppdrag.avbojt",
    "uppdrag_aterkallat": "uppdrag.aterkallat",
    "genomforandeplan_upprattad": "genomforandeplan.inkommen",
    "insats_avslutad": "insats.avslutad",
}
VENDORS = [("procapita", "malmo"), ("treserva", "exempel")]


def feed(bridge: Bridge) -> list[dict[str, Any]]:
    answer = bridge.get("/v1/events?limit=1000", holder="workflow")
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def told(bridge: Bridge, typ: str, kommun: str) -> list[dict[str, Any]]:
    return [e for e in feed(bridge) if (e["type"], e["kommun"]) == (f"se.bbic.{typ}", kommun)]


def known_case(bridge: Bridge, kommun: str) -> str:
    """An ärende whose child the bridge knows."""
    events = [e for e in cases.all_cases() if e["kommun"] == kommun]
    opening = next(e for e in events if e["type"].endswith("beslutsunderlag.upprattat"))
    assert bridge.post(opening).status_code == 202
    cases.await_all_verified(bridge)
    return str(opening["subject"])


def about(kind: str, turn: int) -> dict[str, str]:
    """Each change of an uppdrag is about one of its own: an ended one cannot be changed."""
    concerned = kind.startswith(("uppdrag", "genomforandeplan"))
    return {"uppdrag_id": f"U-{kind}-{turn}"} if concerned else {}


@pytest.fixture
def receiving(bridge: Bridge) -> Bridge:
    """A bridge that does not sync by itself while the test runs."""
    path = bridge.config.path
    path.write_text(path.read_text().replace("sync_every_s = 1\n", "sync_every_s = 86400\n"))
    bridge.up()
    return bridge


@pytest.mark.parametrize(("system", "kommun"), VENDORS)
def test_a_change_reaches_the_feed_by_sync_and_by_webhook_once_in_all(
    receiving: Bridge, sandbox: Sandbox, system: str, kommun: str
) -> None:
    arende = known_case(receiving, kommun)
    for kind in KINDS:
        sandbox.change(system, kommun, kind, arende=arende, data=about(kind, 1), webhook=False)
    assert not any(told(receiving, typ, kommun) for typ in KINDS.values())
    receiving.cli("sync", "--once", "--kommun", kommun)
    by_sync = {typ: len(told(receiving, typ, kommun)) for typ in KINDS.values()}
    assert min(by_sync.values()) >= 1, by_sync
    for kind in KINDS:
        sandbox.change(system, kommun, kind, arende=arende, data=about(kind, 2), webhook=True)
    wait_until(
        lambda: all(len(told(receiving, typ, kommun)) > by_sync[typ] for typ in KINDS.values()),
        what="webhooks in the feed",
    )
    by_both = {typ: len(told(receiving, typ, kommun)) for typ in KINDS.values()}
    receiving.cli("sync", "--once", "--kommun", kommun)
    receiving.cli("sync", "--once", "--kommun", kommun)
    assert {typ: len(told(receiving, typ, kommun)) for typ in KINDS.values()} == by_both
    subjects = {e.get("subject") for typ in KINDS.values() for e in told(receiving, typ, kommun)}
    assert subjects == {arende}


def test_our_own_writes_are_not_echoed(receiving: Bridge, sandbox: Sandbox) -> None:
    events = cases.all_cases()
    cases.register_resources(sandbox, events)
    receiving.post(events)
    cases.await_all_verified(receiving)
    receiving.cli("sync", "--once")
    of_vendors = {f"se.bbic.{typ}" for typ in KINDS.values()}
    assert {e["type"] for e in feed(receiving)} & of_vendors == {"se.bbic.resurs.registrerad"}


def test_the_workflow_is_called_with_what_stands_in_the_feed(
    bridge: Bridge, sandbox: Sandbox
) -> None:
    bridge.up()
    known_case(bridge, "malmo")
    ids = {event["id"] for event in feed(bridge)}
    assert ids
    wait_until(
        lambda: {line["event"]["id"] for line in sandbox.callbacks()} >= ids,
        what="callbacks",
    )
    assert {line["signature"] for line in sandbox.callbacks()} == {"verified"}


def test_doubled_and_reordered_webhooks_are_told_once(receiving: Bridge, sandbox: Sandbox) -> None:
    arende = known_case(receiving, "exempel")
    sandbox.fault("treserva", "duplicate_webhook", times=3)
    sandbox.fault("treserva", "reordered_webhook", times=2)
    for kind in ("uppdrag_mottaget", "uppdrag_fordelat", "genomforandeplan_upprattad"):
        data = {"uppdrag_id": "U-9"}
        sandbox.change("treserva", "exempel", kind, arende=arende, data=data, webhook=True)
    wanted = ("uppdrag.mottaget", "uppdrag.fordelat", "genomforandeplan.inkommen")
    wait_until(lambda: all(told(receiving, typ, "exempel") for typ in wanted), what="the feed")
    receiving.cli("sync", "--once")
    assert [len(told(receiving, typ, "exempel")) for typ in wanted] == [1, 1, 1]
