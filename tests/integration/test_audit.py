"""Who did what, with everything running: tokens that come and go, acts in their holders' names,
and the log's head where an outside system finds it."""

import json

import httpx

from tests.handbook.minsta import handelse
from tests.servers.bridge import Bridge
from tests.servers.process import Process, wait_until
from tests.servers.sandbox import Sandbox


def heads(process: Process) -> list[str]:
    """The heads that the running parts have logged, in order."""
    lines = [line for line in process.log.read_text().splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    return [line["head"] for line in told if line["event"] == "audit_sealed"]


def test_acts_bear_their_holder_s_name_and_their_head_is_logged(
    bridge: Bridge, sandbox: Sandbox
) -> None:
    up = bridge.up()
    sandbox.fault("procapita", "reject", times=1)
    bridge.post(handelse("beslut.fattat"))
    failed = wait_until(
        lambda: bridge.cli_json("status", exit_code=None)["deliveries"].get("failed"),
        what="the refusal",
    )
    assert failed == 1
    (delivery,) = bridge.get("/v1/deliveries?state=failed").json()["deliveries"]
    url = f"{bridge.config.url}/v1/deliveries/{delivery['id']}/replay"

    token = bridge.cli("tokens", "add", "tool", "--role", "operate", "--kommun", "malmo").strip()
    headers = {"authorization": f"Bearer {token}"}
    answer = httpx.post(url, json={"reason": "rättat"}, headers=headers)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "released")
    bridge.cli("tokens", "revoke", "tool", "--reason", "borttappad")
    assert httpx.post(url, headers=headers).status_code == 401

    wait_until(lambda: heads(up) and heads(up)[-1].startswith("3:"), what="the head in the log")
    acts = [json.loads(line) for line in bridge.cli("audit", "list", "--json").splitlines()]
    assert [(one["actor"], one["action"]) for one in acts][1] == ("token:tool", "replay")
    for head in heads(up):
        assert bridge.cli_json("audit", "verify", "--head", head)["anchor"] == "matches"
    assert token not in up.log.read_text()
