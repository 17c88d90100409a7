"""An HTTPS server in this process, that does with each request what a test says."""

import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.servers.certificates import Pair


@dataclass(frozen=True)
class Asked:
    """One request that was understood."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes = b"ok"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Peer:
    """Where it listens, and all that it was asked."""

    url: str
    asked: list[Asked]


@contextmanager
def https(
    pair: Pair | None,
    reply: Callable[[Asked], Reply] = lambda _: Reply(),
    *,
    clients: Path | None = None,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> Iterator[Peer]:
    """Serves on loopback meanwhile.

    Args:
        pair: the server's certificate; without one it speaks plain HTTP.
        clients: asks for a certificate signed by this authority.
        newest: the newest TLS that it speaks.
    """
    asked: list[Asked] = []
    tls = _context(pair, clients, newest) if pair else None
    server = _Server(("127.0.0.1", 0), _handler(asked, reply))
    server.tls = tls
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Peer(f"http{'s' if pair else ''}://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, Any]:
        """The handshake is made by the thread that answers."""
        connection, address = self.socket.accept()
        if self.tls is None:
            return connection, address
        try:
            return self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            ), address
        except OSError:
            connection.close()
            raise

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not like the certificate, or is not liked, is no news here."""


def _handler(asked: list[Asked], reply: Callable[[Asked], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            one = Asked(self.command, self.path, headers, body)
            asked.append(one)
            answer = reply(one)
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

    return Handler


def _context(pair: Pair, clients: Path | None, newest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    if newest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an old one is what is asked for
        context.minimum_version = min(newest, ssl.TLSVersion.TLSv1_2)
        context.maximum_version = newest
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context
