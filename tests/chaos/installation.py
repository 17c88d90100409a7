"""A whole installation to be hurt: every part a process of its own, that can be killed and come
back where it was."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import psycopg

from tests.servers.bridge import Bridge
from tests.servers.configuration import write_configuration
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres, postgres
from tests.servers.process import ALIVE, Process, running, wait_until
from tests.servers.sandbox import Sandbox
from tests.servers.valkey import Valkey, valkey

Database = Literal["sqlite", "postgresql"]
LEASE_S = 8
PATIENCE = """\
timeout_s = 2
settle_s = 4
verify_s = 600
sync_every_s = 5
retry = { base_s = 0.2, max_s = 5, give_up_after_s = 3600 }
breaker = { probe_s = 0.5, probe_max_s = 5 }
"""
WORKERS = 2
BEATS = 2


@dataclass
class Installation:
    """What runs. ``parts`` are the processes by what they do; ``thawed``: when a worker went on
    that had been held past its lease. What such a one still sends, no bridge can take back."""

    bridge: Bridge
    sandbox: Sandbox
    redis: Valkey
    database: Database
    parts: dict[str, list[Process]] = field(default_factory=dict)
    server: Postgres | None = None
    thawed: list[datetime] = field(default_factory=list)

    def process(self, part: str, place: int = 0) -> Process:
        return self.parts[part][place % len(self.parts[part])]

    def kill(self, process: Process) -> None:
        """``kill -9`` of a process and of all that it started."""
        assert process.popen is not None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.popen.wait()
        if process in ALIVE:
            ALIVE.remove(process)

    def revive(self, process: Process) -> None:
        """Starts it again, where it does not run."""
        if not process.running:
            if process in ALIVE:
                ALIVE.remove(process)
            process.start()

    def mend(self) -> None:
        """Lets everything run and answer again, and nothing go wrong any more."""
        for process in self.all():
            if process.running:
                process.thaw()
            self.revive(process)
        wait_until(self.answers, within=60, what="all answers again")
        self.sandbox.clear_faults()

    def all(self) -> Iterator[Process]:
        for processes in self.parts.values():
            yield from processes

    def answers(self) -> bool:
        for process in self.all():  # what could not start while another was down
            self.revive(process)
        return self._database_answers() and self.sandbox.answers() and self.bridge.is_ready()

    def _database_answers(self) -> bool:
        if self.server is None:
            return True
        try:
            psycopg.connect(self.server.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def installation(folder: Path, database: Database) -> Iterator[Installation]:
    """Servers, vendors and every part of the bridge, ready; ``folder`` must have a short path that
    other users can reach."""
    with ExitStack() as started:
        redis = started.enter_context(valkey(_folder(folder, "valkey")))
        server = None
        url = ""
        if database == "postgresql":
            server = started.enter_context(postgres(_folder(folder, "postgres")))
            url = server.url(server.database())
        port, sandbox_port = free_port(), free_port()
        sandbox = started.enter_context(Sandbox(f"http://127.0.0.1:{sandbox_port}"))
        config = write_configuration(
            folder / "bridge",
            sandbox_url=sandbox.url,
            port=port,
            database_url=url,
            broker_url=redis.url,
            patience=PATIENCE,
        )
        bridge = Bridge(config, folder)
        started.callback(bridge.close)
        bridge.cli("migrate")
        parts = {
            "vendor": [
                _part(bridge, "sandbox", "--port", str(sandbox_port), "--bridge", config.url)
            ],
            "receiver": [_part(bridge, "serve", "--port", str(port))],
            "worker": [_part(bridge, "worker", "--name", f"w{n}") for n in range(WORKERS)],
            "beat": [_part(bridge, "beat") for _ in range(BEATS)],
        }
        for processes in parts.values():
            for process in processes:
                started.enter_context(running(process))
        parts["redis"] = [redis.process]
        if server is not None:
            parts["postgres"] = [server.process]
        made = Installation(bridge, sandbox, redis, database, parts, server)
        wait_until(made.answers, within=60, what="the installation ready")
        yield made
        for process in made.all():
            if process.running:
                process.thaw()


def _part(bridge: Bridge, *words: str) -> Process:
    bridge.count += 1
    log = bridge.folder / f"{words[0]}-{bridge.count}.log"
    return Process(words[0], bridge.command(words), log)


def _folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    made.chmod(0o755)
    return made
