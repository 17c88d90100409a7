"""The bridge as real processes: all in one by ``up``, or its parts one by one."""

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from standardwebhooks import Webhook

from tests.servers.configuration import Configuration, secret
from tests.servers.process import Process, running

COMMAND = (sys.executable, "-m", "bbic_bridge.cli")


@dataclass
class Bridge:
    """What runs with one configuration. Nothing is started until asked for; all ends with it."""

    config: Configuration
    folder: Path
    _started: ExitStack = field(default_factory=ExitStack)
    count: int = 0

    def up(self, *words: str) -> Process:
        """The whole bridge on the embedded default, ready."""
        return self.start("up", "--port", str(self.config.port), *words).ready(
            self.is_ready, within=60
        )

    def parts(self) -> tuple[Process, Process, Process]:
        """Receivers, worker and beat one by one, ready, over a migrated database."""
        self.cli("migrate")
        receivers = self.start("serve", "--port", str(self.config.port))
        worker, beat = self.start("worker"), self.start("beat")
        receivers.ready(self.is_ready, within=60)
        return receivers, worker, beat

    def start(self, *words: str) -> Process:
        """Any command that goes on until it is stopped."""
        self.count += 1
        command = self.command(words)
        log = self.folder / f"{words[0]}-{self.count}.log"
        return self._started.enter_context(running(Process(words[0], command, log)))

    def cli(self, *words: str, exit_code: int | None = 0) -> str:
        """Runs a command to its end and returns what it printed; None: whatever its exit code."""
        done = subprocess.run(
            self.command(words),
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        as_expected = exit_code is None or done.returncode == exit_code
        assert as_expected, f"{words} gave {done.returncode}:\n{done.stderr}"
        return done.stdout

    def cli_json(self, *words: str, exit_code: int | None = 0) -> Any:
        """The document that a command prints with ``--json``."""
        return json.loads(self.cli(*words, "--json", exit_code=exit_code))

    def post(
        self, events: Any, *, webhook_id: str = "msg-1", at: datetime | None = None
    ) -> httpx.Response:
        """Sends events, signed with the public client library for Standard Webhooks; ``at``: as if
        it were then."""
        body, now = json.dumps(events), at or datetime.now(UTC)
        signature = Webhook(secret("workflow_webhook_secret")).sign(webhook_id, now, body)
        batch = "-batch" if isinstance(events, list) else ""
        headers = {
            "content-type": f"application/cloudevents{batch}+json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        url = f"{self.config.url}/v1/events"
        return httpx.post(url, content=body, headers=headers, timeout=30)

    def get(self, path: str, *, holder: str = "read") -> httpx.Response:
        """Asks with that one's token: an operator's tool by its role, or the ``workflow``."""
        headers = {"authorization": f"Bearer {secret(f'{holder}_token')}"}
        return httpx.get(self.config.url + path, headers=headers, timeout=30)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.config.url}/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def command(self, words: tuple[str, ...]) -> list[str]:
        """The command line of these words, with the configuration."""
        return [*COMMAND, *words, "--config", str(self.config.path)]

    def close(self) -> None:
        self._started.close()
