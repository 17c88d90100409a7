"""The sandbox's application called without a server, for tests that make many worlds."""

import asyncio
from typing import Any

import httpx

from bbic_bridge.sandbox.app import create_app
from bbic_bridge.sandbox.world import World


class InProcess(httpx.BaseTransport):
    """Carries a client's requests to a world. No webhook is sent: that is a server's task."""

    def __init__(self, world: World) -> None:
        self._app = create_app(world)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange(request.read())
        asyncio.run(self._call(request, exchange))
        return httpx.Response(exchange.status, headers=exchange.headers, content=exchange.body)

    async def _call(self, request: httpx.Request, exchange: "_Exchange") -> None:
        await self._app(_scope(request), exchange.receive, exchange.send)


class _Exchange:
    """One request and its answer; ``transport`` stands where uvicorn has the connection."""

    transport = None

    def __init__(self, posted: bytes) -> None:
        self._posted = posted
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._posted, "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


def _scope(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "method": request.method,
        "path": request.url.path,
        "root_path": "",
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }


def client(world: World) -> httpx.Client:
    return httpx.Client(transport=InProcess(world), base_url="http://sandbox")
