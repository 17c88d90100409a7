"""Nothing personal is seen outside: every field is marked, and all that was written is searched.

Real processes, with every logger of every library turned to its loudest; all goes well, and all
goes wrong. The database is not searched here: what it holds is encrypted.
"""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from bbic_bridge.security.signatures import signed_headers
from tests.handbook.minsta import TYPER
from tests.integration import canary, cases
from tests.servers.bridge import Bridge
from tests.servers.configuration import KEYS, TOKENS, WEBHOOK_SECRETS, Configuration, secret
from tests.servers.https import https
from tests.servers.process import Process, wait_until
from tests.servers.sandbox import Sandbox
from tests.servers.valkey import Valkey

EVENTS = canary.marked_events("kontaktfamilj_malmo", "oppenvard_chansen")
NEEDLES = {canary.MARK} | canary.people(EVENTS)
SECRETS = {secret(name) for name in (*KEYS, *WEBHOOK_SECRETS, *TOKENS)}
BATCH = 30


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the processes put what is only for a while; and they are as loud as can be."""
    folder, loud = tmp_path / "temporary", tmp_path / "loud"
    for one in (folder, loud):
        one.mkdir()
    (loud / "sitecustomize.py").write_text(canary.LOUD)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("PYTHONPATH", str(loud), prepend=os.pathsep)
    return folder


@pytest.fixture(autouse=True)
def marked_key(config: Configuration) -> None:
    """FamilyCare's key stands in its addresses: it is marked as well."""
    written = config.path.read_text()
    assert 'key = "sandbox"' in written
    config.path.write_text(written.replace('key = "sandbox"', f'key = "{canary.KEY}"'))


def post_all(bridge: Bridge) -> list[httpx.Response]:
    answers = []
    for start in range(0, len(EVENTS), BATCH):
        answers.append(bridge.post(EVENTS[start : start + BATCH], webhook_id=f"batch-{start}"))
        assert answers[-1].status_code == 202
    return answers


def refused_events() -> Iterator[tuple[int, Any]]:
    """Events with the status that each is answered with."""
    good, person = EVENTS[0], next(iter(canary.people(EVENTS)))
    yield 409, good | {"time": "2026-01-01T12:00:00+01:00"}
    yield 400, good | {"id": "e-kommun", "source": canary.MARK, "kommun": f"{canary.MARK} kommun"}
    yield 400, good | {"id": "e-subject", "subject": person}
    yield 422, good | {"id": "e-type", "type": f"se.bbic.{canary.MARK}"}
    yield 400, good | {"id": f"{canary.MARK} {person}", "subject": None}
    yield 500, good | {"id": "e-breaks"}
    for number, event in enumerate(EVENTS[-len(TYPER) :]):
        data = {
            **event["data"],
            f"{canary.MARK} namn": canary.MARK,
            "datum": f"{canary.MARK}-datum",
        }
        data["barn"] = {**data["barn"], "skydd": canary.MARK, "personnummer": "201401012396"}
        yield 422, event | {"id": f"e-{number}", "data": data}


def search(told: dict[str, bytes], needles: set[str]) -> None:
    found = {where: canary.leaks(content, needles) for where, content in told.items()}
    assert {where: what for where, what in found.items() if what} == {}


def written_by(*processes: Process) -> dict[str, bytes]:
    return {process.name: process.log.read_bytes() for process in processes}


def files(*folders: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for f in folders for p in canary.files_below(f)}


def seen_from_outside(*processes: Process) -> dict[str, bytes]:
    """What any user of the machine, or a process' owner, sees of the processes."""
    told = {}
    for process in processes:
        for one in session(process.pid):
            for name in ("cmdline", "environ", "comm"):
                told[f"{process.name} {one.name} {name}"] = (one / name).read_bytes()
    return told


def session(leader: int) -> Iterator[Path]:
    """Every process that a process started, and itself."""
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            after_name = (one / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[3]) == leader:
                yield one


def shown(bridge: Bridge) -> dict[str, bytes]:
    """Whatever the command line and the API list without being asked to reveal."""
    told = {}
    lines = bridge.cli("deliveries", "list", "--limit", "1000", "--json", exit_code=None)
    listed = [json.loads(line) for line in lines.splitlines()]
    commands = [
        *(("deliveries", "show", one["id"]) for one in listed[:2]),
        ("case", "show", listed[0]["arende"]),
        ("case", "show", listed[0]["arende"], "--json"),
        *(("deliveries", "list"), ("status",), ("deadlines", "--all"), ("sync", "--parked")),
        *(("evb", "--list"), ("replay", "--dry-run", "--state", "failed"), ("doctor", "--json")),
    ]
    for words in commands:
        told[" ".join(words)] = bridge.cli(*words, exit_code=None).encode()
    for path in ("/metrics", "/readyz", "/v1/deliveries?limit=1000", "/openapi.json"):
        told[path] = bridge.get(path, holder="admin").content
    for one in listed[:20]:
        told[f"api {one['id']}"] = bridge.get(f"/v1/deliveries/{one['id']}").content
        told[f"api {one['arende']}"] = bridge.get(f"/v1/cases/{one['arende']}").content
    return told


def test_every_text_of_every_type_is_marked() -> None:
    assert {event["type"] for event in EVENTS} >= {f"se.bbic.{typ}" for typ in TYPER}
    unmarked = [event for event in EVENTS if canary.MARK not in json.dumps(event["data"])]
    assert unmarked == []
    assert len(NEEDLES) > 20


def test_nothing_is_seen_where_all_goes_well(
    temporary: Path, bridge: Bridge, sandbox: Sandbox
) -> None:
    cases.register_resources(sandbox, EVENTS)
    up = bridge.up()
    answers = post_all(bridge)
    sandbox.await_effects(20, within=120)
    told = seen_from_outside(up) | shown(bridge)
    told |= {f"answer {n}": answer.content for n, answer in enumerate(answers)}
    assert up.stop(within=60) == 0
    told |= written_by(up) | files(temporary, bridge.config.path.parent / "var")
    search(told, NEEDLES)
    search(told, SECRETS)
    assert "delivery_recorded" in up.log.read_text()


class TestWhereAllGoesWrong:
    """Redis, and a vendor and a workflow that answer with what they were sent."""

    @pytest.fixture
    def broker_url(self, redis_url: str) -> str:
        return redis_url

    def test_nothing_is_seen(
        self,
        temporary: Path,
        bridge: Bridge,
        redis_server: Valkey,
        monkeypatch: pytest.MonkeyPatch,
        sandbox: Sandbox,
    ) -> None:
        monkeypatch.setenv("CANARY_BREAKS", "1")
        hostile = canary.HostileVendor()
        with https(None, hostile) as vendor, overheard(redis_server) as broker:
            point_at(bridge.config, sandbox.url, vendor.url)
            processes = bridge.parts()
            told = {f"answer {n}": a.content for n, a in enumerate(post_all(bridge))}
            told |= refusals(bridge)
            await_trouble(bridge)
            assert len(vendor.asked) > 50
            told |= seen_from_outside(*processes) | shown(bridge)
            told |= {"broker": b"\n".join(broker), **dump(redis_server)}
            for process in processes:
                process.stop(within=60)
        told |= written_by(*processes) | files(temporary, bridge.config.path.parent / "var")
        search(told, NEEDLES)
        search(told, SECRETS)
        written = b"".join(written_by(*processes).values())
        for event in (b"adapter_fault", b"request_failed", b"library_log", b"sync_failed"):
            assert event in written
        assert broker


def point_at(config: Configuration, before: str, now: str) -> None:
    text = config.path.read_text()
    config.path.write_text(text.replace(before, now))


def await_trouble(bridge: Bridge) -> None:
    """Until something was refused, and much is unclear or to be tried again."""

    def enough() -> bool:
        counts = cases.deliveries(bridge)
        unclear = counts.get("ambiguous", 0) + counts.get("retrying", 0)
        return counts.get("failed", 0) >= 1 and unclear >= 5

    wait_until(enough, within=120, what="deliveries fail")


def refusals(bridge: Bridge) -> dict[str, bytes]:
    """What is answered to those who do something wrong."""
    told = {}
    url = f"{bridge.config.url}/v1/events"
    for number, (status, event) in enumerate(refused_events()):
        answer = bridge.post(event, webhook_id=f"refused-{number}")
        assert answer.status_code == status, (answer.text, number)
        told[f"refusal {number}"] = answer.content + str(answer.headers).encode()
    body = json.dumps(EVENTS[0]).encode()
    forged = signed_headers("whsec_" + "Zm9y" * 8, canary.MARK, datetime.now(UTC), body)
    kind = {"content-type": "application/json"}
    for name, content, headers in (
        ("forged", body, forged | kind),
        ("unsigned", body, kind),
        ("other", body, {"content-type": canary.MARK}),
    ):
        answer = httpx.post(url, content=content, headers=headers)
        assert answer.is_client_error
        told[name] = answer.content
    for path in (f"/v1/cases/{canary.MARK}", f"/{canary.MARK}?{canary.MARK}", "/v1/deliveries?a=b"):
        told[path.replace(canary.MARK, "x")] = bridge.get(path).content
    return told


@contextmanager
def overheard(server: Valkey) -> Iterator[list[bytes]]:
    """Every command that the broker is given meanwhile."""
    heard: list[bytes] = []
    # Without a time limit: the bridge may be long in starting, and nothing is heard meanwhile.
    listening = redis.Redis(unix_socket_path=str(server.socket), socket_timeout=None)
    with listening as client, client.monitor() as monitor:
        connection = monitor.connection

        def listen() -> None:
            try:
                while True:
                    heard.append(connection.read_response())
            except Exception:  # noqa: BLE001 - it is closed at the end
                return

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield heard
        connection.disconnect()
    thread.join(10)


def dump(server: Valkey) -> dict[str, bytes]:
    """Every key that the broker holds."""
    with server.client() as client:
        return {f"key {key!r}": key + (client.dump(key) or b"") for key in client.scan_iter()}
