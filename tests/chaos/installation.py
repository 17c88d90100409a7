"""A whole installation to be hurt: every part a process of its own, that can be killed and come
back where it was."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import psycopg

from tests.chaos.clock import WallClock
from tests.servers.bridge import Bridge
from tests.servers.configuration import Configuration, write_configuration
from tests.servers.copies import Copy, PostgresCopy, SqliteCopy
from tests.servers.disk import Disk, small_disk
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
LEAST_FREE = 8 * 1024 * 1024
LIMITS = f"""
[limits]
min_free_bytes = {LEAST_FREE}
"""
OURS = ("receiver", "worker", "beat", "up")


@dataclass
class Installation:
    """What runs: receiver, worker and beat one by one, and the same once more by ``up``.

    Attributes:
        doors: the two receivers: the first that of its own, the second that of ``up``.
        clock: the wall clock of the bridge's processes.
        disk: what SQLite's database lies on.
        parts: the processes by what they do.
        thawed: when a worker went on that had been held past its lease. What such a one still
            sends, no bridge can take back.
        rejected: how many calls a vendor has refused for good.
        send_again: asks the workflow for all that was accepted since.
    """

    doors: tuple[Bridge, Bridge]
    sandbox: Sandbox
    redis: Valkey
    database: Database
    clock: WallClock
    copy: Copy
    server: Postgres | None
    disk: Disk | None
    parts: Mapping[str, list[Process]]
    thawed: list[datetime] = field(default_factory=list)
    rejected: int = 0
    send_again: Callable[[datetime], None] = lambda _: None

    @property
    def bridge(self) -> Bridge:
        return self.doors[0]

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
        self.clock.set(timedelta())
        if self.disk is not None:
            self.disk.clear()
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
        doors = all(door.is_ready() for door in self.doors)
        return doors and self._database_answers() and self.sandbox.answers()

    def restore(self, since: datetime) -> None:
        """As an operator does: all ends, the copy that was taken then is put in place, the bridge
        is told of it before it goes on, and what it asks for is sent again."""
        ours = [process for part in OURS for process in self.parts[part]]
        for process in ours:
            self.kill(process)
        self.copy.put_back()
        self.bridge.cli("recover", "--since", since.isoformat(), exit_code=1)
        for process in ours:
            self.revive(process)
        wait_until(self.bridge.is_ready, within=60, what="a receiver again")
        self.send_again(since)
        self.bridge.cli("recover", "--resume")

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
        server, disk, url, home = None, None, "", folder
        if database == "postgresql":
            server = started.enter_context(postgres(_folder(folder, "postgres")))
            url = server.url(server.database())
        else:
            disk = started.enter_context(small_disk(folder / "disk", "256m"))
            home = disk.place
        port, sandbox_port = free_port(), free_port()
        sandbox = started.enter_context(Sandbox(f"http://127.0.0.1:{sandbox_port}"))
        config = write_configuration(
            home / "bridge",
            sandbox_url=sandbox.url,
            port=port,
            database_url=url,
            broker_url=redis.url,
            patience=PATIENCE,
        )
        with config.path.open("a") as file:
            file.write(LIMITS)
        doors = Bridge(config, folder), Bridge(Configuration(config.path, free_port()), folder)
        copy: Copy = SqliteCopy(config.path.parent / "var" / "bridge.db", folder / "kept.db")
        if server is not None:
            copy = PostgresCopy(server, url, folder / "dump")
        doors[0].cli("migrate")
        clock = WallClock(folder / "clock")
        parts = _parts(doors, clock, sandbox_port)
        for processes in parts.values():
            for process in processes:
                started.enter_context(running(process))
        parts["redis"] = [redis.process]
        if server is not None:
            parts["postgres"] = [server.process]
        made = Installation(doors, sandbox, redis, database, clock, copy, server, disk, parts)
        wait_until(made.answers, within=60, what="the installation ready")
        yield made
        for part in OURS:  # all is done: there is nothing to drain
            for process in made.parts[part]:
                made.kill(process)
        for process in made.all():
            if process.running:
                process.thaw()


def _parts(
    doors: tuple[Bridge, Bridge], clock: WallClock, sandbox_port: int
) -> dict[str, list[Process]]:
    bridge, ports = doors[0], [str(door.config.port) for door in doors]
    vendor = ("sandbox", "--port", str(sandbox_port), "--bridge", bridge.config.url)
    return {
        "vendor": [_part(bridge, *vendor)],
        "receiver": [_part(bridge, "serve", "--port", ports[0], env=clock.env)],
        "worker": [_part(bridge, "worker", "--name", "alone", env=clock.env)],
        "beat": [_part(bridge, "beat", env=clock.env)],
        "up": [_part(bridge, "up", "--port", ports[1], env=clock.env)],
    }


def _part(bridge: Bridge, *words: str, env: Mapping[str, str] = {}) -> Process:
    bridge.count += 1
    log = bridge.folder / f"{words[0]}-{bridge.count}.log"
    return Process(words[0], bridge.command(words), log, env)


def _folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    made.chmod(0o755)
    return made
