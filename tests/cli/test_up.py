"""`up` as its user meets it: real processes, found in /proc and over HTTP."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bbic_bridge.cli import web
from tests.servers.ports import free_port
from tests.servers.process import Process, wait_until

COMMAND = (sys.executable, "-m", "bbic_bridge.cli")
pytestmark = pytest.mark.xdist_group("up")
EXAMPLE = Path(__file__).parents[2] / "examples" / "oppenvard_chansen.ndjson"
HELD = "verkstall_beslut"
SOON_TAKEN_OVER = {"BBIC_WORKER__LEASE_S": "12", "BBIC_WORKER__DRAIN_S": "8"}
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("BBIC_")}


@dataclass
class House:
    """A folder without configuration, in which `up --sandbox` runs."""

    folder: Path
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        ports = ("--port", str(self.port), "--sandbox-port", str(self.sandbox_port))
        words = (*COMMAND, "up", "--sandbox", *ports)
        self.up = Process("up", words, self.folder / "up.log", cwd=self.folder)

    def start(self) -> Process:
        return self.up.start().ready(self.is_ready, within=60)

    def is_ready(self) -> bool:
        answer = web.request("GET", f"http://127.0.0.1:{self.port}/readyz")
        return answer.status == 200 and "is ready at" in self.up.tail()

    def children(self) -> dict[int, list[str]]:
        """The processes that ``up`` started: pid and arguments."""
        listed = Path(f"/proc/{self.up.pid}/task/{self.up.pid}/children").read_text().split()
        return {int(pid): arguments(int(pid)) for pid in listed}

    def child(self, word: str) -> int:
        return next(pid for pid, words in self.children().items() if word in words)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )

    def journal(self) -> list[dict[str, str]]:
        url = f"http://127.0.0.1:{self.sandbox_port}/_sandbox/journal"
        body = web.request("GET", url).body
        return [json.loads(line) for line in body.splitlines()]

    def sandbox_answers(self) -> bool:
        return web.request("GET", f"http://127.0.0.1:{self.sandbox_port}/livez").status == 200

    def hold_the_answer_to(self, operation: str) -> None:
        """Treserva does it, and does not say so while the test lasts."""
        fault = {"system": "treserva", "operation": operation, "fault": "slow", "times": 1}
        url = f"http://127.0.0.1:{self.sandbox_port}/_sandbox/faults"
        body = json.dumps({**fault, "delay_ms": 600_000, "effect": "before"}).encode()
        headers = {"content-type": "application/json"}
        assert web.request("POST", url, body, headers).status == 200

    def states(self) -> set[str]:
        """What all deliveries are doing, asked as an operator's tool does."""
        token = (self.folder / "var/secrets/read_token").read_text().strip()
        url = f"http://127.0.0.1:{self.port}/v1/deliveries?limit=1000"
        answer = web.request("GET", url, headers={"authorization": f"Bearer {token}"})
        return {found["state"] for found in answer.json()["deliveries"]} if answer.status else set()


def arguments(pid: int) -> list[str]:
    """Of a process; none where it has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One that runs for all tests that do not end it."""
    house = House(tmp_path_factory.mktemp("up"))
    house.start()
    yield house
    house.up.stop(within=60)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path)
    yield found
    if found.up.running:
        found.up.stop(within=60)


def test_one_line_tells_where_it_is(shared: House) -> None:
    lines = [line for line in shared.up.tail().splitlines() if "is ready at" in line]
    told = f"http://127.0.0.1:{shared.port}, sandbox at http://127.0.0.1:{shared.sandbox_port}"
    assert lines == [f"bbic-bridge is ready at {told}"]


def test_a_second_one_is_refused_and_the_first_goes_on(shared: House) -> None:
    second = shared.run("up", "--port", str(free_port()))
    assert second.returncode == 2
    assert f"process {shared.up.pid}, http://127.0.0.1:{shared.port}" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert shared.is_ready()


def test_secrets_are_in_nobodys_arguments(shared: House) -> None:
    secrets = [path.read_text().strip() for path in (shared.folder / "var/secrets").iterdir()]
    shown = json.dumps(list(shared.children().values()))
    assert len(shared.children()) == 5
    assert secrets
    assert not [secret for secret in secrets if secret in shown]


def test_other_commands_in_the_folder_speak_of_the_same_bridge(shared: House) -> None:
    sent = shared.run("send", str(EXAMPLE), "--json")
    assert sent.returncode == 0
    results = [json.loads(line)["status"] for line in sent.stdout.splitlines()]
    assert set(results) == {"accepted"}
    wait_until(lambda: shared.states() == {"verified"}, within=60, what="all verified")
    references = [line["reference"] for line in shared.journal()]
    assert len(set(references)) == len(references) > 10
    again = shared.run("send", str(EXAMPLE))
    assert again.stdout.splitlines()[-1] == f"0 accepted, {len(results)} duplicate, 0 rejected"
    status = shared.run("status", "--json")
    assert status.returncode == 0
    assert json.loads(status.stdout)["events"] == len(results)


def test_doctor_finds_all_in_place(shared: House) -> None:
    done = shared.run("doctor", "--json")
    checks = json.loads(done.stdout)
    assert [check for check in checks if check["level"] != "ok"] == []
    assert done.returncode == 0
    assert {"database", "broker", "clock", "malmo: profile"} <= {c["what"] for c in checks}


@pytest.mark.parametrize("word", ["worker", "--factory", "sandbox"])
def test_a_killed_part_comes_back(shared: House, word: str) -> None:
    before, journal = shared.child(word), shared.journal()
    os.kill(before, signal.SIGKILL)
    wait_until(
        lambda: any(word in words for pid, words in shared.children().items() if pid != before),
        what=f"{word} is back",
    )
    wait_until(shared.is_ready, within=60, what="ready again")
    wait_until(shared.sandbox_answers, within=60, what="the sandbox answers")
    assert shared.journal() == journal


def test_asked_to_end_it_drains_and_leaves_nothing(house: House) -> None:
    house.start()
    children = house.children()
    os.kill(house.up.pid, signal.SIGTERM)
    assert house.up.wait(within=60) == 0
    assert not [pid for pid in children if alive(pid)]
    assert not (house.folder / "var/run/broker.sock").exists()
    assert "killed" not in house.up.tail()
    assert house.run("status").returncode == 0


def test_killed_it_leaves_no_children_and_goes_on_when_started_again(house: House) -> None:
    house.up.env = SOON_TAKEN_OVER
    house.start()
    children = house.children()
    house.hold_the_answer_to(HELD)
    assert house.run("send", str(EXAMPLE)).returncode == 0
    wait_until(
        lambda: HELD in [line["operation"] for line in house.journal()],
        within=60,
        what="done at the vendor, and unanswered",
    )
    wait_until(lambda: "verified" in house.states(), within=30, what="some verified")
    assert house.states() > {"verified"}
    before = house.journal()
    house.up.kill()
    wait_until(lambda: not [pid for pid in children if alive(pid)], what="all children are gone")
    house.start()
    wait_until(lambda: house.states() == {"verified"}, within=90, what="all verified")
    after = house.journal()
    assert after[: len(before)] == before
    assert len(after) > len(before)
    references = [line["reference"] for line in after]
    assert len(set(references)) == len(references)
    os.kill(house.up.pid, signal.SIGINT)
    assert house.up.wait(within=60) == 0


def test_a_taken_port_is_told_before_anything_starts(house: House) -> None:
    import socket

    with socket.create_server(("127.0.0.1", house.port)):
        done = house.run("up", "--port", str(house.port))
    assert done.returncode == 2
    assert f"Port {house.port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("secret", "text", "told"),
    [
        ("workflow_webhook_secret", "whsec_???", "source.handbok"),
        ("master_key", "c2hvcnQ=", "master_key"),
    ],
)
def test_a_wrong_secret_is_told_before_anything_starts(
    house: House, secret: str, text: str, told: str
) -> None:
    assert house.run("init", "--with-sandbox").returncode == 0
    (house.folder / "secrets" / secret).write_text(text)
    done = house.run("up", "--port", str(house.port))
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("part", ["serve", "worker", "beat"])
def test_a_part_alone_needs_a_broker(house: House, part: str) -> None:
    done = house.run(part)
    assert done.returncode == 2
    assert "broker" in done.stderr


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_a_broker_that_does_not_answer_is_told(house: House, part: str) -> None:
    (house.folder / "bridge.toml").write_text('broker_url = "redis://127.0.0.1:1/0"\n')
    done = house.run(part)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
