"""The command line as a user meets it: arguments in, exit code and printed text out."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.bootstrap import bootstrap, no_wake, utc_now
from bbic_bridge.cli.app import run
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.delivery.errors import Rejected
from bbic_bridge.services import deliver
from bbic_bridge.services.bridge import WORKFLOW
from tests.services.twin import Twin


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Outcome]
FROM_OUTSIDE = (
    *("BBIC_CONFIG", "BBIC_BROKER_URL", "BBIC_DATABASE_URL"),
    *("BBIC_TOKEN", "BBIC_TOKEN_FILE"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no configuration from outside."""
    for name in FROM_OUTSIDE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs one command line in ``folder``."""

    def call(*arguments: object, stdin: str = "") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


@dataclass(frozen=True)
class Office:
    """A folder with the built-in defaults, events sent by the command, and a worker by hand."""

    cli: Cli
    vendor: Twin
    workflow: Twin = field(default_factory=lambda: Twin(lookup="none"))

    def send(self, *events: Any, code: int = 0) -> Outcome:
        outcome = self.cli("send", "-", stdin=json.dumps(events))
        assert outcome.code == code, outcome
        return outcome

    def work(self, clock: Callable[[], datetime] = utc_now) -> None:
        """Carries what is due, until nothing is."""
        bridge = bootstrap(
            configuration(None).settings,
            clock=clock,
            systems=lambda name: self.workflow if name == WORKFLOW else self.vendor,
            wake=no_wake,
        )
        try:
            while claims := deliver.claim(bridge, 10):
                for claim in claims:
                    deliver.carry(bridge, claim)
        finally:
            bridge.close()

    def deliveries(self, *filters: object) -> list[Any]:
        return self.cli("deliveries", "list", "--json", *filters).lines

    def delivery(self, operation: str) -> Any:
        (found,) = self.deliveries("--operation", operation)
        return found

    def refuse(self, code: str = "EJ_TILLATET") -> None:
        """The vendor refuses the next message."""
        self.vendor.trouble.append((Rejected(code, reason="Kim Exempel får inte"), False))


@pytest.fixture
def office(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The vendor answers at once and for good, so nothing needs to wait."""
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__SETTLE_S", "0")
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__RETRY__BASE_S", "0")
    return Office(cli, Twin())
