"""The app in a real server: it reads its own configuration, and drains on SIGTERM."""

import http.client
import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbic_bridge.cli import parts
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import upkeep
from bbic_bridge.settings import load
from tests.handbook.minsta import BARN, handelse
from tests.receivers.fake import WORKFLOW, as_json, signed
from tests.servers.ports import free_port, listens
from tests.servers.process import Process, running, wait_until

CONFIG = f"""
master_key = "{new_root_key()}"
index_key = "{new_root_key()}"
[source.workflow]
secrets = ["{WORKFLOW}"]
[kommun.malmo]
system = "treserva"
write_url = "http://127.0.0.1:9"
read_url = "http://127.0.0.1:9"
"""
UNMIGRATED = "bbic-bridge migrate"
BODY = as_json(handelse("beslut.fattat"))


@pytest.fixture
def port() -> int:
    return free_port()


def receivers(folder: Path, port: int, config: str) -> Process:
    path = folder / "bridge.toml"
    path.write_text(config)
    return Process(
        name="receivers",
        command=parts.receivers("127.0.0.1", port, 20),
        log=folder / "receivers.log",
        env={"BBIC_CONFIG": str(path)},
        cwd=folder,
    )


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[Process]:
    server = receivers(tmp_path, port, CONFIG)
    upkeep.migrate(load(tmp_path / "bridge.toml"))
    with running(server):
        yield server.ready(lambda: listens(port))


def begin(port: int, body: bytes) -> http.client.HTTPConnection:
    """Sends the head of a request and returns once the app has begun to read the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/v1/events")
    headers = signed(body, now=datetime.now(UTC))
    for name, value in {**headers, "content-length": len(body), "expect": "100-continue"}.items():
        connection.putheader(name, str(value))
    connection.endheaders()
    assert connection.sock.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    return connection


def test_what_is_in_flight_at_sigterm_is_finished(
    server: Process, port: int, tmp_path: Path
) -> None:
    connection = begin(port, BODY)
    os.kill(server.pid, signal.SIGTERM)
    wait_until(lambda: not listens(port), what="the server stops listening")
    assert server.running
    connection.send(BODY)
    answer = connection.getresponse()
    assert answer.status == 202
    assert json.loads(answer.read())["results"][0]["status"] == "accepted"
    connection.close()
    assert server.wait() == 0
    with sqlite3.connect(tmp_path / "var" / "bridge.db") as database:
        assert database.execute("SELECT count(*) FROM events").fetchone() == (1,)
    database.close()


def test_who_writes_a_too_large_body_before_reading_gets_the_answer(
    server: Process, port: int
) -> None:
    assert server.running
    body = b" " * 5_000_000
    for _ in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = signed(body, now=datetime.now(UTC))
        connection.request("POST", "/v1/events", body=body, headers=headers)
        assert connection.getresponse().status == 413
        connection.close()


def test_the_log_holds_neither_addresses_nor_persons(server: Process, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/v1/cases/{BARN['personnummer']}")
    assert connection.getresponse().read()
    connection.close()
    server.stop()
    assert BARN["personnummer"] not in server.tail()
    assert "/v1/" not in server.tail()


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (CONFIG.replace("master_key", "#"), "setting master_key"),
        (CONFIG.replace(WORKFLOW, "whsec_short"), "secret of workflow"),
        (CONFIG, UNMIGRATED),
    ],
)
def test_a_start_that_fails_says_why_in_a_line(
    tmp_path: Path, port: int, config: str, told: str
) -> None:
    server = receivers(tmp_path, port, config)
    if told != UNMIGRATED:
        upkeep.migrate(load(tmp_path / "bridge.toml"))
    assert server.start().wait() != 0
    assert told in server.tail()
    assert "Traceback" not in server.tail()
