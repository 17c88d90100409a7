"""The app over a desk that answers from memory, called without a network."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from bbic_bridge.receivers import create_app
from bbic_bridge.settings import Settings
from tests.receivers.fake import CALLBACK, EXEMPEL, MALMO, NOW, OTHER, WORKFLOW, FakeDesk

SETTINGS = Settings.model_validate(
    {
        "kommun": {
            "malmo": {
                "system": "procapita",
                "write_url": "http://procapita.invalid",
                "read_url": "http://procapita.invalid",
                "webhook_secrets": [MALMO],
            },
            "exempel": {
                "system": "treserva",
                "write_url": "http://treserva.invalid",
                "read_url": "http://treserva.invalid",
                "webhook_secrets": [EXEMPEL],
            },
            "tyst": {
                "system": "treserva",
                "write_url": "http://treserva.invalid",
                "read_url": "http://treserva.invalid",
            },
        },
        "source": {
            "workflow": {"secrets": [WORKFLOW], "kommuner": ["malmo"]},
            "other": {"secrets": [OTHER]},
        },
        "callback": {"url": "http://workflow.invalid", "secret": CALLBACK},
        "token": {
            "reader": {"token": "reader-0123456789abcdef", "kommuner": ["malmo"]},
            "two": {"token": "two-0123456789abcdef", "kommuner": ["exempel", "malmo"]},
            "operator": {
                "token": "operator-0123456789abcdef",
                "role": "operate",
                "kommuner": ["malmo"],
            },
            "admin": {"token": "admin-0123456789abcdef", "role": "admin"},
            "poller": {
                "token": "poller-0123456789abcdef",
                "use": "feed",
                "kommuner": ["malmo", "exempel"],
            },
            "expired": {
                "token": "expired-0123456789abcdef",
                "role": "admin",
                "expires": "2026-11-22",
            },
        },
        "limits": {"body_bytes": 2000, "batch_events": 3},
    }
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(SETTINGS, NOW)


@pytest.fixture
def app(desk: FakeDesk) -> FastAPI:
    return create_app(desk=desk)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bridge") as client:
        yield client
