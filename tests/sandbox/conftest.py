"""The real sandbox in a process of its own, one for all tests; each test finds it empty."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.control import Control
from tests.sandbox.peer import Peer, listening
from tests.sandbox.starting import sandbox_process
from tests.sandbox.vendors import Procapita, Treserva, Vendor

WEBHOOK_SECRET = "whsec_" + "d2ViaG9vay1zZWNyZXQtb2YtdGhlLXRlc3Q="
CALLBACK_SECRET = "whsec_" + "Y2FsbGJhY2stc2VjcmV0LW9mLXRoZS10ZXN0"
VENDORS: tuple[type[Procapita | Treserva], ...] = (Procapita, Treserva)


@pytest.fixture(scope="session")
def peer_server() -> Iterator[Peer]:
    with listening() as peer:
        yield peer


@pytest.fixture(scope="session")
def sandbox_address(tmp_path_factory: pytest.TempPathFactory, peer_server: Peer) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sandbox")
    webhook, callback = folder / "webhook", folder / "callback"
    webhook.write_text(WEBHOOK_SECRET)
    callback.write_text(CALLBACK_SECRET)
    words = ["--webhooks-to", peer_server.url, "--callback-secret", str(callback)]
    for kommun in ("malmo", "exempel"):
        words += ["--webhook-secret", f"{kommun}={webhook}"]
    with sandbox_process(folder, *words) as (process, address):
        yield address
        assert len(process.tail().splitlines()) == 1, "an exception was logged"


@pytest.fixture(scope="session")
def session_client(sandbox_address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox_address, trust_env=False, timeout=10) as client:
        yield client


@pytest.fixture
def http(session_client: httpx.Client, peer_server: Peer) -> httpx.Client:
    """A client of the sandbox, which has forgotten all that went before."""
    session_client.post("/_sandbox/reset").raise_for_status()
    peer_server.forget()
    return session_client


@pytest.fixture
def control(http: httpx.Client) -> Control:
    """The control side."""
    return Control(http)


@pytest.fixture
def peer(http: httpx.Client, peer_server: Peer) -> Peer:
    """Where the webhooks go."""
    return peer_server


@pytest.fixture
def procapita(http: httpx.Client) -> Procapita:
    return Procapita(http)


@pytest.fixture
def treserva(http: httpx.Client) -> Treserva:
    return Treserva(http)


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.system)
def vendor(request: pytest.FixtureRequest, http: httpx.Client) -> Vendor:
    """Either vendor: what is asked of it must hold at both."""
    client: Vendor = request.param(http)
    return client


@pytest.fixture
def change(control: Control) -> Callable[..., Any]:
    """``change(vendor, kind, arende="A-1", webhook=False, **data)``: a person acts there."""

    def act(
        vendor: Vendor, kind: str, *, arende: str = "A-1", webhook: bool = False, **data: Any
    ) -> Any:
        what = {"arende": arende, "data": data, "webhook": webhook}
        return control.change(vendor.system, vendor.kommun, kind, **what)

    return act
