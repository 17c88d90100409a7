"""TLS in front of a server that speaks none: what a client says inside is passed on."""

import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers.certificates import Pair

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""How a PostgreSQL client asks whether the server speaks TLS; ``S`` says that it does."""


@contextmanager
def tls_front(pair: Pair, behind: int, *, asked: bytes = b"") -> Iterator[int]:
    """The port on loopback that leads, over TLS, to the port ``behind``.

    Args:
        asked: what a client asks before TLS begins.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []
    closing = threading.Event()

    def accept() -> None:
        while not closing.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=serve, args=(connection,)))
                threads[-1].start()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            if asked:
                assert connection.recv(len(asked), socket.MSG_WAITALL) == asked
                connection.sendall(b"S")
            with (
                context.wrap_socket(connection, server_side=True) as inside,
                socket.create_connection(("127.0.0.1", behind)) as server,
            ):
                _pass_on(inside, server, closing)

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        closing.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *threads):
            thread.join(20)


def _pass_on(inside: ssl.SSLSocket, server: socket.socket, closing: threading.Event) -> None:
    with selectors.DefaultSelector() as waiting:
        waiting.register(inside, selectors.EVENT_READ, server)
        waiting.register(server, selectors.EVENT_READ, inside)
        while not closing.is_set():
            for key, _ in waiting.select(0.1):
                source, sink = key.fileobj, key.data
                assert isinstance(source, socket.socket)
                data = source.recv(65_536)
                while isinstance(source, ssl.SSLSocket) and source.pending():
                    data += source.recv(65_536)
                if not data:
                    return
                sink.sendall(data)
