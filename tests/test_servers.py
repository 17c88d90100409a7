"""The real servers of the test suite start from installed packages, answer, and end."""

import signal
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.bridge import Bridge
from tests.servers.configuration import Configuration
from tests.servers.ports import free_port, listens
from tests.servers.postgres import Postgres
from tests.servers.process import ALIVE, Process, running, wait_until
from tests.servers.sandbox import Sandbox
from tests.servers.valkey import Valkey, valkey

CHILD = """
import signal, socket
listening = socket.create_server(("127.0.0.1", {port}))
signal.pause()
"""
PARENT = """
import signal, subprocess, sys
subprocess.Popen([sys.executable, "-c", {child!r}])
signal.pause()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
signal.pause()
"""


def psycopg_url(url: str) -> str:
    return url.replace("+psycopg", "")


def test_every_database_is_new_and_empty(postgres_server: Postgres, postgres_url: str) -> None:
    with psycopg.connect(psycopg_url(postgres_url)) as connection:
        connection.execute("CREATE TABLE barn (namn text)")
    other = postgres_server.url(postgres_server.database())
    with psycopg.connect(psycopg_url(other)) as connection:
        assert connection.execute("SELECT to_regclass('barn')").fetchone() == (None,)


def test_a_database_can_be_copied_from_a_template(postgres_server: Postgres) -> None:
    template = postgres_server.database()
    with psycopg.connect(postgres_server.dsn(template)) as connection:
        connection.execute("CREATE TABLE barn AS SELECT 'Bo' AS namn")
    with psycopg.connect(postgres_server.dsn(postgres_server.database(template))) as connection:
        assert connection.execute("SELECT namn FROM barn").fetchone() == ("Bo",)


def test_redis_answers_on_both_addresses(redis_server: Valkey, redis_url: str) -> None:
    with redis.from_url(redis_url) as tcp, redis_server.client() as unix:
        tcp.set("kommun", "malmo")
        assert unix.get("kommun") == b"malmo"


def test_redis_is_empty_for_every_test(redis_url: str) -> None:
    with redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_a_frozen_server_does_not_answer_until_thawed(redis_server: Valkey) -> None:
    impatient = redis.Redis(port=redis_server.port, socket_timeout=0.2, retry=Retry(NoBackoff(), 0))
    with impatient as client:
        redis_server.process.freeze()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        redis_server.process.thaw()
        assert client.ping()


def test_a_killed_server_can_be_started_again(tmp_path: Path) -> None:
    with valkey(tmp_path) as server:
        server.process.kill()
        assert not listens(server.port)
        server.process.start().ready(lambda: listens(server.port))


def python(name: str, script: str, folder: Path) -> Process:
    return Process(name, [sys.executable, "-c", script], folder / f"{name}.log")


def test_a_process_ends_with_its_block_and_its_children(tmp_path: Path) -> None:
    port = free_port()
    process = python("parent", PARENT.format(child=CHILD.format(port=port)), tmp_path)
    with running(process):
        process.ready(lambda: listens(port))
        assert process in ALIVE
    assert process not in ALIVE
    wait_until(lambda: not listens(port), what="the child is gone")


def test_a_process_that_ends_too_early_fails_with_its_log(tmp_path: Path) -> None:
    process = python("brief", "print('no licence')", tmp_path)
    with running(process), pytest.raises(AssertionError, match="no licence"):
        process.ready(lambda: False)


def test_a_process_that_does_not_stop_is_killed_and_told_of(tmp_path: Path) -> None:
    process = python("stubborn", STUBBORN, tmp_path)
    process.start().ready(lambda: "up" in process.tail())
    with pytest.raises(Exception, match="timed out after"):
        process.stop(within=0.1)
    assert process.popen is not None
    assert process.popen.returncode == -signal.SIGKILL


def test_what_does_not_come_true_is_named() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.05 s: snow in July"):
        wait_until(lambda: False, within=0.05, what="snow in July")


def test_the_sandbox_is_empty_and_faultless_for_every_test(sandbox: Sandbox) -> None:
    assert sandbox.journal() == []
    assert sandbox.callbacks() == []
    sandbox.fault("procapita", "http_500")
    sandbox.change("treserva", "exempel", "resurs_registrerad", data={"resurs_id": "R-1"})


def test_the_configuration_points_at_the_sandbox(config: Configuration, sandbox: Sandbox) -> None:
    kommuner = config.settings.kommun
    assert {name: kommun.system for name, kommun in kommuner.items()} == {
        "malmo": "procapita",
        "exempel": "treserva",
    }
    assert all(kommun.write_url.startswith(sandbox.url) for kommun in kommuner.values())


@pytest.mark.parametrize(
    ("database_url", "broker_url"), [("sqlite:///other.db", "redis://127.0.0.1:1/0")]
)
def test_the_configuration_takes_another_database_and_broker(
    config: Configuration, database_url: str, broker_url: str
) -> None:
    assert config.settings.database_url.get_secret_value() == database_url
    assert config.settings.broker_url.get_secret_value() == broker_url


def test_the_bridge_comes_up_and_goes_down(bridge: Bridge) -> None:
    process = bridge.up()
    assert bridge.get("/livez").status_code == 200
    assert process.stop() == 0
    assert not bridge.is_ready()
