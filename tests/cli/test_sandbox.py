"""`sandbox` knows the same secrets as the bridge that it plays vendor for."""

import stat
from pathlib import Path

from bbic_bridge.cli import web
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.sandbox import sandbox_config
from tests.cli.conftest import Cli
from tests.cli.test_up import COMMAND
from tests.servers.ports import free_port
from tests.servers.process import Process, running


def test_it_signs_and_checks_with_the_configured_secrets(folder: Path) -> None:
    found = sandbox_config(configuration(None).settings, "127.0.0.1", 8901, "http://b")
    secrets = folder / "var" / "secrets"
    assert found.webhook_secrets == {
        kommun: (secrets / f"{kommun}_webhook_secret").read_text().strip()
        for kommun in ("malmo", "exempel")
    }
    assert found.callback_secret == (secrets / "callback_secret").read_text().strip()
    assert (found.host, found.port, found.webhooks_to) == ("127.0.0.1", 8901, "http://b")
    assert found.state == folder / "var" / "sandbox.ndjson"


def test_it_runs_alone_and_ends_when_asked(folder: Path) -> None:
    port = free_port()
    process = Process(
        "sandbox", [*COMMAND, "sandbox", "--port", str(port)], folder / "log", cwd=folder
    )
    url = f"http://127.0.0.1:{port}/_sandbox/journal"
    with running(process):
        process.ready(lambda: web.request("GET", url).status == 200)
        assert stat.S_IMODE((folder / "var" / "sandbox.ndjson").stat().st_mode) == 0o600
        assert process.stop() == 0


def test_a_state_that_is_none_is_wrong_use(folder: Path, cli: Cli) -> None:
    (folder / "var").mkdir()
    (folder / "var" / "sandbox.ndjson").write_text("not ours\n")
    done = cli("sandbox", "--port", free_port())
    assert done.code == 2
    assert "sandbox.ndjson, line 1: not understood" in done.err
    assert len(done.err.splitlines()) == 1
