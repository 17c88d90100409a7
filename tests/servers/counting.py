"""A proxy before the vendors that counts how many calls are in flight, and slows each down."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

from tests.servers.ports import free_port


@dataclass
class Counting:
    """Passes calls on to ``target`` after ``delay_s``; ``most`` at once, by address."""

    url: str
    target: str
    delay_s: float
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def enter(self, path: str) -> None:
        with self.lock:
            self.now[path] += 1
            self.most[path] = max(self.most[path], self.now[path])

    def leave(self, path: str) -> None:
        with self.lock:
            self.now[path] -= 1


@contextmanager
def counting(target: str, delay_s: float) -> Iterator[Counting]:
    port = free_port()
    proxy = Counting(f"http://127.0.0.1:{port}", target, delay_s)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            path = urlsplit(self.path).path
            proxy.enter(path)
            try:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                time.sleep(proxy.delay_s)
                headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
                answer = proxy.client.request(
                    self.command, proxy.target + self.path, content=body, headers=headers
                )
            finally:
                proxy.leave(path)
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers.get("content-type", "text/plain"))
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Nothing is told on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="counting", daemon=True).start()
    yield proxy
    server.shutdown()
    server.server_close()
    proxy.client.close()
