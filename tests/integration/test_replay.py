"""Replaying with real workers: in the handbook's order, and however often it is broken off."""

import json
from typing import Any

from tests.handbook.minsta import handelse
from tests.integration import cases
from tests.integration.test_restart import notes
from tests.servers.bridge import Bridge
from tests.servers.process import wait_until
from tests.servers.sandbox import Sandbox

IN_ORDER = ["registrera_beslut", "verkstall_beslut", "avsluta_insats_och_resurs"]


def sequence() -> list[cases.Event]:
    """A decision, its execution and the insats' end, each waiting for the one before."""
    told = [
        handelse("beslut.fattat"),
        handelse("beslut.verkstall"),
        handelse("insats.avsluta", resurs_id=None, avslutsbeslut_id=None),
    ]
    return [event | {"id": f"E-{number}"} for number, event in enumerate(told)]


def await_failed(bridge: Bridge, count: int) -> None:
    wait_until(lambda: cases.deliveries(bridge).get("failed") == count, within=40)


def job_of(bridge: Bridge) -> Any:
    """The newest job, as `replays list` shows it."""
    printed = bridge.cli("replays", "list", "--limit", "1", "--json")
    return json.loads(printed) if printed else {"outcomes": {}}


def test_what_is_parked_behind_a_head_goes_in_order_when_it_is_replayed(
    bridge: Bridge, sandbox: Sandbox
) -> None:
    sandbox.fault("procapita", "reject", operation="registrera_beslut", times=1)
    bridge.up()
    note = handelse("aktanteckning.skriven") | {"id": "note"}
    bridge.post([*reversed(sequence()), note, *notes(2)])
    await_failed(bridge, 1)
    wait_until(lambda: cases.deliveries(bridge).get("verified") == 3, what="the notes to pass")
    assert sandbox.operations() == ["skapa_aktanteckning"] * 3
    head = json.loads(bridge.cli("deliveries", "list", "--state", "failed", "--json"))
    assert head["waiting_behind"] == 2
    bridge.cli("replay", head["id"])
    cases.await_all_verified(bridge)
    done = list(dict.fromkeys(sandbox.operations()[3:]))
    assert done == IN_ORDER
    cases.assert_each_effect_once(sandbox, 3 + 4)
    shown = bridge.cli_json("replays", "show", job_of(bridge)["id"])
    assert [item["state"] for item in shown["items"]] == ["verified"]


def test_a_killed_replay_goes_on_where_it_was(bridge: Bridge, sandbox: Sandbox) -> None:
    count = 40
    sandbox.fault("procapita", "reject", probability=1.0, seed=1)
    bridge.up()
    bridge.post(notes(count))
    await_failed(bridge, count)
    sandbox.clear_faults()
    command = bridge.start("replay", "--state", "failed", "--rate", "1")
    wait_until(lambda: job_of(bridge)["outcomes"].get("released", 0) >= 3, within=40)
    command.kill()
    command.wait()
    left = job_of(bridge)
    assert left["state"] == "running"
    assert 0 < left["outcomes"]["open"] < count
    bridge.cli("replays", "resume", left["id"], "--rate", "1000")
    assert job_of(bridge)["outcomes"] == {"released": count}
    assert job_of(bridge)["state"] == "done"
    cases.await_all_verified(bridge)
    cases.assert_each_effect_once(sandbox, count)
