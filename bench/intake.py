"""Accepting events durably over HTTP, against an empty handler on the same server.

Both are asked by the same client over the same number of connections. The bridge checks the
signature, validates, plans, encrypts and commits to SQLite before it answers.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from bench import Bar
from tests.servers.bridge import Bridge
from tests.servers.configuration import secret, write_configuration
from tests.servers.ports import free_port, listens
from tests.servers.process import Process, running
from tests.servers.valkey import valkey

BAR = 0.25
CLIENTS, EVENTS, WARM_UP = 32, 3000, 300
CASES = 400
EMPTY = """
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
app = FastAPI()

@app.post("/v1/events")
async def events(request: Request) -> JSONResponse:
    await request.body()
    return JSONResponse({"results": []}, 202)
"""


def run() -> Bar:
    """The bridge's rate as a share of the empty handler's."""
    with tempfile.TemporaryDirectory(prefix="bbic-") as name:
        folder = Path(name)
        requests = [_request(number) for number in range(EVENTS + WARM_UP)]
        with _empty(folder) as port:
            empty = _rate(port, requests)
        with _bridge(folder) as port:
            accepting = _rate(port, requests)
    text = f"accept an event durably, {CLIENTS} clients: {accepting:.0f}/s of {empty:.0f}/s empty"
    share = accepting / empty
    return Bar(name=text, value=share, bar=f">= {BAR:g}", met=share >= BAR)


@contextmanager
def _empty(folder: Path) -> Iterator[int]:
    port = free_port()
    (folder / "empty.py").write_text(EMPTY)
    command = [sys.executable, "-m", "uvicorn", "empty:app", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning"]
    with running(Process("empty", command, folder / "empty.log", cwd=folder)) as process:
        process.ready(lambda: listens(port))
        yield port


@contextmanager
def _bridge(folder: Path) -> Iterator[int]:
    with valkey(folder) as broker:
        config = write_configuration(
            folder / "bridge",
            sandbox_url=f"http://127.0.0.1:{free_port()}",
            port=free_port(),
            broker_url=broker.url,
        )
        bridge = Bridge(config, folder)
        bridge.cli("migrate")
        process = bridge.start("serve", "--port", str(config.port))
        try:
            process.ready(bridge.is_ready)
            yield config.port
        finally:
            bridge.close()


def _request(number: int) -> bytes:
    """A signed note about one of many cases, as bytes for the wire."""
    now = datetime.now(UTC)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"bench-{number}",
        "source": "/handbok/bench",
        "type": "se.bbic.aktanteckning.skriven",
        "time": now.isoformat(),
        "subject": f"BENCH-{number % CASES}",
        "kommun": "malmo",
        "datacontenttype": "application/json",
        "data": {
            "schema_version": 1,
            "barn": {"personnummer": "201001012382", "namn": "Alva Testsson", "skydd": "ingen"},
            "anteckning_id": f"A-{number}",
            "handelsetid": now.isoformat(),
            "rubrik": "Telefonsamtal",
            "text": "Samtal om hur den senaste tiden har varit. " * 5,
            "forfattare": "Sanna Ek, socialsekreterare",
        },
    }
    body = json.dumps(event)
    signature = Webhook(secret("workflow_webhook_secret")).sign(event["id"], now, body)
    head = (
        "POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        "content-type: application/cloudevents+json\r\n"
        f"webhook-id: {event['id']}\r\nwebhook-timestamp: {int(now.timestamp())}\r\n"
        f"webhook-signature: {signature}\r\ncontent-length: {len(body.encode())}\r\n\r\n"
    )
    return (head + body).encode()


def _rate(port: int, requests: Sequence[bytes]) -> float:
    """Answers per second, over all clients, after a warm-up."""
    asyncio.run(_ask_all(port, requests[:WARM_UP]))
    began = time.perf_counter()
    asyncio.run(_ask_all(port, requests[WARM_UP:]))
    return (len(requests) - WARM_UP) / (time.perf_counter() - began)


async def _ask_all(port: int, requests: Sequence[bytes]) -> None:
    await asyncio.gather(*(_ask(port, requests[first::CLIENTS]) for first in range(CLIENTS)))


async def _ask(port: int, requests: Sequence[bytes]) -> None:
    """One client: asks over one connection, one request after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 202"), head
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()
    await writer.wait_closed()
