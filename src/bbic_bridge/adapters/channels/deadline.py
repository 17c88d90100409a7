"""One deadline for a whole exchange.

The HTTP library's timeouts bound each wait for the network, so a peer that sends a byte now and
then can hold a request for ever. These network streams bound the sum: every wait gets at most
what is left of the exchange that the calling thread has begun.
"""

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

_ends_at: ContextVar[float] = ContextVar("ends_at")


@contextmanager
def deadline(ends_at: float) -> Iterator[None]:
    """Everything this thread waits for inside ends at ``ends_at`` on the backend's clock."""
    token = _ends_at.set(ends_at)
    try:
        yield
    finally:
        _ends_at.reset(token)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections whose every wait is cut at the calling thread's deadline."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._inner = httpcore.SyncBackend()
        self._monotonic = monotonic

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self.left(timeout, httpcore.ConnectTimeout)
        stream = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self)

    def left(self, timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
        """Seconds that may still be waited; raises ``error`` when none are left."""
        left = _ends_at.get() - self._monotonic()
        if left <= 0:
            raise error
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, backend: DeadlineBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._backend.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()
