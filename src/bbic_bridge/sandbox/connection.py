"""Cutting and holding a client's connection, which no HTTP framework offers on purpose."""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

SCOPE_KEY = "bbic_bridge.connection"
LINGER_ZERO = struct.pack("ii", 1, 0)


class Connection:
    """The transport below one request.

    ASGI has no message for "drop the connection", so the transport is taken from the bound
    method that uvicorn hands the outermost application as ``send``. Anything wrapped around the
    application would hide it: this is why ``with_connection`` must stay outermost.
    """

    def __init__(self, send: Send, stopping: asyncio.Event) -> None:
        self._transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
        self._stopping = stopping

    def abort(self) -> None:
        """Drops the connection with a reset: what was not yet sent is lost."""
        if self._transport.is_closing():
            return
        sock: Any = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self._transport.abort()

    async def hold(self, seconds: float) -> None:
        """Keeps the client waiting; ends early when the sandbox stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


class NoAnswer(Response):
    """Stands in for an answer on an aborted connection: sends nothing.

    It returns only when the server has noticed, because uvicorn reports an application that
    ends without an answer on what it takes for a living connection.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI calls it with three
        while (await receive())["type"] != "http.disconnect":
            pass


def with_connection(app: ASGIApp, stopping: asyncio.Event) -> ASGIApp:
    """Wraps the whole application so that a route can reach its ``Connection``."""

    async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[SCOPE_KEY] = Connection(send, stopping)
        await app(scope, receive, send)

    return outermost
