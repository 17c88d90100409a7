"""docs/quickstart.md, carried out as it stands: every command, in order, on other ports."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.ports import free_port
from tests.servers.process import Process, running, wait_until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ALREADY_DONE = ("make demo\n", 'mkdir trial && cd trial\nexport PATH="$PWD/../.venv/bin:$PATH"\n')
UP, REPLAY = "bbic-bridge up --sandbox\n", "bbic-bridge replay --state failed"


@dataclass
class Reader:
    """Somebody who follows the page in a folder ``trial`` beside the examples."""

    folder: Path
    ports: dict[str, str]
    started: ExitStack

    def follow(self) -> str:
        """Does everything the page says; returns all that the commands printed."""
        printed = []
        for language, block in BLOCK.findall(PAGE):
            text = self._here(block)
            if language == "python":
                (self.folder / "send_event.py").write_text(text)
            elif block == UP:
                self._start(text)
            else:
                printed.append(self._run(text))
        return "\n".join(printed)

    def states(self) -> dict[str, int]:
        """How many deliveries are in which state."""
        done = self._shell("bbic-bridge status --json")
        return dict(json.loads(done.stdout)["deliveries"])

    def _run(self, text: str) -> str:
        if REPLAY in text:
            wait_until(lambda: self.states().get("failed"), what="the refused delivery")
        done = self._shell(f"set -euo pipefail\n{text}")
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        config = self.folder / "bridge.toml"
        config.write_text(self._here(config.read_text()))
        return done.stdout

    def _start(self, text: str) -> None:
        port, sandbox_port = self.ports.values()
        command = [*text.split(), "--port", port, "--sandbox-port", sandbox_port]
        process = Process("up", command, self.folder / "up.log", env=self._env, cwd=self.folder)
        self.started.enter_context(running(process))
        process.ready(lambda: "is ready at" in process.tail(), within=60)

    def _here(self, text: str) -> str:
        for done in ALREADY_DONE:
            text = text.replace(done, "")
        for port, ours in self.ports.items():
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{ours}")
        return text

    def _shell(self, text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", text],
            check=False,
            cwd=self.folder,
            env={**os.environ, **self._env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def _env(self) -> dict[str, str]:
        return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    trial = tmp_path / "trial"
    trial.mkdir()
    with ExitStack() as started:
        yield Reader(trial, {"8800": str(free_port()), "8900": str(free_port())}, started)


def test_the_quickstart_does_what_it_says(reader: Reader) -> None:
    printed = reader.follow()
    assert "0 duplicate, 0 rejected" in printed
    assert "0 accepted, 36 duplicate, 0 rejected" in printed
    assert '202 {"results":[{"id":"trial-1","status":"accepted"}]}' in printed
    assert '202 {"results":[{"id":"trial-1","status":"duplicate"}]}' in printed
    assert re.search('^409 .*"code":"id_reused"', printed, re.MULTILINE)
    wait_until(lambda: set(reader.states()) == {"verified"}, within=60, what="all verified")
