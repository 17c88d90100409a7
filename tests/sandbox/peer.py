"""The bridge's end of a vendor's webhooks: takes what comes, and answers as the test says."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_S = 10


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Peer:
    """``answers`` are the statuses of the next requests; 202 when there are no more."""

    url: str
    received: "queue.Queue[Received]" = field(default_factory=queue.Queue)
    answers: list[int] = field(default_factory=list)

    def next(self) -> Received:
        """The next webhook that came; fails when none comes."""
        return self.received.get(timeout=PATIENCE_S)

    def forget(self) -> None:
        self.answers.clear()
        while not self.received.empty():
            self.received.get_nowait()


@contextmanager
def listening() -> Iterator[Peer]:
    """A peer on a free port, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    peer = Peer(f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {key.lower(): value for key, value in self.headers.items()}
            status = peer.answers.pop(0) if peer.answers else 202
            # Before the answer: it lets the next one come, on a thread that may be quicker.
            peer.received.put(Received(self.path, headers, body))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
