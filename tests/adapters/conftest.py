"""The real sandbox in a process of its own, and a peer that takes its webhooks."""

from collections.abc import Iterator

import httpx
import pytest

from tests.sandbox.control import Control
from tests.sandbox.peer import Peer, listening
from tests.sandbox.starting import sandbox_process

pytest.register_assert_rewrite(
    "tests.adapters.contract", "tests.adapters.contract_changes", "tests.adapters.orders"
)

KEY, TOKEN = "familycare-key", "write-token"
WEBHOOK_SECRET = "whsec_" + "d2ViaG9vay1zZWNyZXQtb2YtdGhlLXRlc3Q="


@pytest.fixture(scope="session")
def webhook_server() -> Iterator[Peer]:
    with listening() as peer:
        yield peer


@pytest.fixture(scope="session")
def vendors(tmp_path_factory: pytest.TempPathFactory, webhook_server: Peer) -> Iterator[str]:
    """The address of both vendor systems, which ask for a key and a token."""
    folder = tmp_path_factory.mktemp("vendors")
    words = ["--webhooks-to", webhook_server.url]
    for name, secret in (("key", KEY), ("token", TOKEN), ("webhook", WEBHOOK_SECRET)):
        (folder / name).write_text(secret)
    words += ["--key", str(folder / "key"), "--token", str(folder / "token")]
    for kommun in ("malmo", "exempel"):
        words += ["--webhook-secret", f"{kommun}={folder / 'webhook'}"]
    with sandbox_process(folder, *words) as (_, address):
        yield address


@pytest.fixture
def control(vendors: str, webhook_server: Peer) -> Iterator[Control]:
    """The control side of a sandbox that has forgotten all that went before."""
    with httpx.Client(base_url=vendors, trust_env=False, timeout=10) as client:
        client.post("/_sandbox/reset").raise_for_status()
        webhook_server.forget()
        yield Control(client)


@pytest.fixture
def webhooks(control: Control, webhook_server: Peer) -> Peer:
    """Where the vendors' webhooks go."""
    return webhook_server
