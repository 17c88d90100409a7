"""`doctor` where an address is plain http: what leaves this machine unencrypted is told."""

from pathlib import Path

import pytest

from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.vendors import checks
from bbic_bridge.cli.web import Answer
from tests.cli.conftest import Cli
from tests.servers.ports import free_port

CONFIG = """
[kommun.malmo]
system = "treserva"
write_url = "{write_url}"
read_url = "{read_url}"
[kommun.malmo.oauth]
token_url = "{token_url}"
client_id = "b"
client_secret = "hemligt"
[callback]
url = "{callback}"
secret_file = "secrets/workflow_webhook_secret"
[alerts]
url = "{alerts}"
secret_file = "secrets/workflow_webhook_secret"
"""
SETTINGS = {
    "write_url": ("malmo: writing", "kommun.malmo.write_url"),
    "read_url": ("malmo: reading", "kommun.malmo.read_url"),
    "token_url": ("malmo: token", "kommun.malmo.oauth.token_url"),
    "callback": ("workflow", "callback.url"),
    "alerts": ("alerts", "alerts.url"),
}
Told = dict[str, tuple[str, str]]


def told(cli: Cli, folder: Path, **urls: str) -> Told:
    """What is told of encryption: level and words by what was looked at."""
    here = {name: f"http://127.0.0.1:{free_port()}/x" for name in SETTINGS}
    cli("init")
    text = (folder / "bridge.toml").read_text().replace("\n[alerts]\n", "\n")
    (folder / "bridge.toml").write_text(text + CONFIG.format(**here | urls))
    found = {check.what: check for check in checks(configuration(None))}
    assert all(check.todo for check in found.values() if check.level != "ok")
    return {
        what: (check.level, check.found)
        for what, check in found.items()
        if what.endswith(" encryption")
    }


@pytest.mark.parametrize("name", SETTINGS)
def test_each_address_in_clear_is_a_warning(cli: Cli, folder: Path, name: str) -> None:
    """Also one that does not answer: 0.0.0.0 leads here, but is not known to."""
    what, setting = SETTINGS[name]
    found = told(cli, folder, **{name: f"http://0.0.0.0:{free_port()}/x"})
    assert found == {
        f"{what} encryption": ("warn", f"none: {setting} is http:// to another machine")
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"])
def test_this_machine_itself_may_be_called_in_clear(cli: Cli, folder: Path, host: str) -> None:
    assert told(cli, folder, write_url=f"http://{host}:{free_port()}/x") == {}


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "[::2]", "vendor.invalid", "127.1.se"])
def test_only_this_machine_itself_may_be_called_in_clear(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setattr("bbic_bridge.cli.web.request", lambda *_, **__: Answer(404))
    found = told(cli, folder, write_url=f"http://{host}/x", callback=f"https://{host}/x")
    assert list(found) == ["malmo: writing encryption"]
