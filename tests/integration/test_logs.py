"""What the running parts write on stderr: JSON of allowed fields, whoever speaks."""

import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.telemetry import ALLOWED
from tests.handbook.minsta import BARN, handelse
from tests.integration import cases
from tests.servers.bridge import Bridge
from tests.servers.process import Process, wait_until
from tests.servers.valkey import Valkey

READY = "bbic-bridge is ready at "


def said(process: Process) -> list[dict[str, Any]]:
    """What the process has written; every line but the ready-line must be one of our log's."""
    text = process.log.read_text()
    lines = [json.loads(line) for line in text.splitlines() if not line.startswith(READY)]
    for line in lines:
        assert {"event", "level", "timestamp"} <= line.keys() <= ALLOWED, line
    assert BARN["namn"] not in text
    return lines


def events(process: Process) -> list[str]:
    return [line["event"] for line in said(process)]


def speak_nonsense(port: int) -> None:
    """What is no HTTP, of which the server warns."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"hemligt\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 400"


def child(process: Process, word: str) -> int:
    """The pid of the part whose arguments hold a word."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    (found,) = (
        int(pid)
        for pid in listed
        if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    )
    return found


def test_everything_in_one_tree_logs_json(bridge: Bridge) -> None:
    up = bridge.up()
    bridge.post(handelse("beslut.fattat"))
    cases.await_all_verified(bridge)
    speak_nonsense(bridge.config.port)
    os.kill(child(up, "worker"), signal.SIGKILL)
    wait_until(lambda: "part_ended" in events(up), what="the death is told")
    assert up.stop(within=60) == 0
    assert {"delivery_recorded", "library_log", "part_ended"} <= set(events(up))
    (warned,) = (line for line in said(up) if line["event"] == "library_log")
    assert warned["logger"] == "uvicorn.error"
    assert warned["level"] == "warning"
    assert up.log.read_text().count(READY) == 1


class TestPartByPart:
    """Redis, and each part a process of its own."""

    @pytest.fixture
    def broker_url(self, redis_url: str) -> str:
        return redis_url

    def test_each_part_logs_json_and_nothing_of_the_broker(
        self, bridge: Bridge, redis_server: Valkey
    ) -> None:
        receivers, worker, beat = bridge.parts()
        bridge.post(handelse("beslut.fattat"))
        cases.await_all_verified(bridge)
        with redis_server.client() as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "normal")
        wait_until(lambda: "library_log" in events(worker), what="the worker misses its broker")
        lost = [line for line in said(worker) if line["event"] == "library_log"]
        assert {line["logger"].partition(".")[0] for line in lost} <= {"celery", "py"}
        for part in (receivers, worker, beat):
            part.stop(within=60)
            said(part)
            assert "uid=" not in part.log.read_text()
            assert str(redis_server.url) not in part.log.read_text()

    def test_a_part_that_cannot_start_says_why_in_our_own_words(self, bridge: Bridge) -> None:
        worker = bridge.start("worker")
        wait_until(lambda: "start_failed" in events(worker), what="the failed start is told")
        failed = next(line for line in said(worker) if line["event"] == "start_failed")
        assert failed["error"] == "ConfigurationError"
        assert failed["because"].endswith("bbic-bridge migrate")
