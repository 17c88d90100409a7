"""The sandbox as a process: how it starts, whom it lets in, and how it ends."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox.starting import sandbox_process
from tests.sandbox.vendors import Procapita, Treserva
from tests.servers.process import wait_until

COMMAND = [sys.executable, "-m", "bbic_bridge.sandbox"]
TOKEN = {"Authorization": "Bearer hemlig"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox that asks for a token and a key."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "token").write_text("hemlig\n")
    (folder / "key").write_text("nyckel\n")
    words = ["--token", str(folder / "token"), "--key", str(folder / "key")]
    with sandbox_process(folder, *words) as (_, address):
        yield address


@pytest.mark.parametrize(("headers", "let_in"), [({}, False), (TOKEN, True)])
def test_a_token_is_asked_for_where_one_is_configured(
    guarded: str, headers: dict[str, str], let_in: bool
) -> None:
    with httpx.Client(base_url=guarded, headers=headers, trust_env=False) as http:
        treserva = Treserva(http)
        answers = [
            Procapita(http).post("registrera_beslut"),
            treserva.post("registrera_beslut"),
            http.get(f"{treserva.url}/andringar"),
            http.get(f"{treserva.url}/svar?referens=r"),
        ]
    assert [answer.status_code != 401 for answer in answers] == [let_in] * 4


@pytest.mark.parametrize(("key", "status"), [("nyckel", 200), ("fel", 401)])
def test_the_key_must_be_the_configured_one(guarded: str, key: str, status: int) -> None:
    url = f"{guarded}/procapita/malmo/WESE.FC.Api.FC/apifc/v1/Extract/Decisions"
    params: dict[str, str | int] = {"domain": "malmo", "key": key, "limit": 1}
    assert httpx.get(url, params=params, trust_env=False).status_code == status


def test_without_a_callback_secret_the_workflow_believes_anybody(guarded: str) -> None:
    event = {"id": "e-1", "type": "se.bbic.beslut.registrerat"}
    told = httpx.post(f"{guarded}/workflow/events", json=event, trust_env=False)
    assert told.status_code == 204
    line = httpx.get(f"{guarded}/_sandbox/callbacks", trust_env=False).json()
    assert (line["signature"], line["event"]) == ("unchecked", event)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_at_once_though_a_client_is_held(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    with sandbox_process(tmp_path) as (process, address):
        fault = {"system": "procapita", "fault": "timeout", "delay_ms": 60_000}
        httpx.post(f"{address}/_sandbox/faults", json=fault, trust_env=False)
        held = threading.Thread(target=_call_and_be_cut, args=(address,))
        held.start()
        wait_until(lambda: _struck(address), what="the call to be held")
        process.stop_signal = number
        assert process.stop(within=5) == status
        held.join(timeout=5)
        assert not held.is_alive()
        assert process.tail().splitlines() == [f"sandbox ready on {address}"]


def _call_and_be_cut(address: str) -> None:
    with (
        httpx.Client(base_url=address, trust_env=False, timeout=30) as http,
        pytest.raises(httpx.TransportError),
    ):
        Procapita(http).post("registrera_beslut")


def _struck(address: str) -> bool:
    (switch,) = httpx.get(f"{address}/_sandbox/faults", trust_env=False).json()
    return bool(switch["struck"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--webhook-secret", "malmo"], "KOMMUN=FILE"),
        (["--callback-secret", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--host", "192.0.2.1"], "sandbox: "),
    ],
)
def test_wrong_use_is_said_in_one_line(words: list[str], said: str) -> None:
    ended = subprocess.run(
        [*COMMAND, "--port", "0", *words], capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_later_run_starts_beyond_an_earlier_one(tmp_path: Path) -> None:
    numbers = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        with (
            sandbox_process(folder) as (_, address),
            httpx.Client(base_url=address, trust_env=False) as http,
        ):
            numbers.append(int(Procapita(http).send("registrera_beslut").lankar["beslut"]))
    assert numbers[1] >= numbers[0] > 1_000_000
