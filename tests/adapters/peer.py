"""A peer that speaks raw bytes over a real socket, to misbehave as no HTTP server would."""

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Script = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Peer:
    """Runs one script per connection, in order; ``seen`` holds what each connection sent first."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = scripts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.seen: list[bytes] = []
        self.reached = threading.Event()
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/base"
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):  # it was never connected; this is what wakes ``accept``
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        for script in self._scripts:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                self.seen.append(_request(connection))
                self.reached.set()
                script(connection)


def _request(connection: socket.socket) -> bytes:
    """One whole request; its length is known from its headers."""
    raw = connection.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    missing = int(length[1]) - len(body) if length else 0
    return raw + connection.recv(missing, socket.MSG_WAITALL) if missing else raw


@contextmanager
def peer(*scripts: Script) -> Iterator[Peer]:
    running = Peer(*scripts)
    try:
        yield running
    finally:
        running.close()


def answers(raw: bytes) -> Script:
    """Sends an answer and ends the connection."""

    def script(connection: socket.socket) -> None:
        connection.sendall(raw)

    return script


def resets(connection: socket.socket) -> None:
    """Cuts the connection with a reset, after the request has been read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def dribbles(start: bytes) -> Script:
    """Sends ``start``, then for ever a byte at a time, until the other side leaves."""

    def script(connection: socket.socket) -> None:
        connection.sendall(start)
        with suppress(OSError):
            while not _left(connection, 0.02):
                connection.sendall(b"a")

    return script


def stays_silent(connection: socket.socket) -> None:
    """Says nothing until the other side leaves."""
    _left(connection, 10)


def _left(connection: socket.socket, within_s: float) -> bool:
    connection.settimeout(within_s)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
