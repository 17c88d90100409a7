"""The server's side of a connection, bounded before anything is understood.

The HTTP server keeps a request's head, and a chunked body's extensions and trailers, in memory
for as long as they go on, and waits for ever for what a peer has begun. This protocol ends such a
connection: after so many bytes that bring nothing new, so many headers, so many seconds.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_BYTES = 32_768
HEADERS = 100
TOO_LARGE = 431


class _TooMuch(Exception):
    """Stops the parser; it never leaves this module."""


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with a cap on heads and a deadline for each part of a message.

    A head that is too large is answered with 431; whoever is too slow is hung up on.
    """

    head_within_s: ClassVar[float] = 10
    message_within_s: ClassVar[float] = 120

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._idle_bytes = 0
        self._head_bytes = 0
        self._in_head = True
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._within(self.head_within_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._within(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._idle_bytes += len(data)
        super().data_received(data)
        if self._idle_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no HTTP, or too much of it, and hangs up."""
        if max(self._idle_bytes, self._head_bytes) <= HEAD_BYTES:
            super().send_400_response(msg)
            return
        self.transport.write(STATUS_LINE[TOO_LARGE] + b"connection: close\r\n\r\n")
        self.transport.close()

    def on_message_begin(self) -> None:
        self._idle_bytes = self._head_bytes = 0
        self._in_head = True
        self._within(self.head_within_s)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= HEADERS:
            self._count(HEAD_BYTES)
        self._count(len(name) + len(value))
        if self._in_head:  # the server would take a trailer for a header
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._idle_bytes = 0
        self._in_head = False
        self._within(self.message_within_s)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._idle_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._idle_bytes = 0
        self._within(None)
        super().on_message_complete()

    def _count(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > HEAD_BYTES:
            raise _TooMuch

    def _within(self, seconds: float | None) -> None:
        """What is expected now must come in so many seconds; None: nothing is expected."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()
