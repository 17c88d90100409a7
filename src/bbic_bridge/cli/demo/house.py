"""The bridge that the demo shows: real processes in a temporary folder, met from outside only."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bbic_bridge.cli import files
from bbic_bridge.cli.configuration import CONFIG_VARIABLE
from bbic_bridge.cli.demo.clients import BridgeClient, SandboxClient
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, OurFault
from bbic_bridge.cli.instance import running
from bbic_bridge.cli.supervisor import LAUNCHER

COMMAND = (sys.executable, "-m", "bbic_bridge.cli")
READY_WITHIN_S = 60
STOPPED_WITHIN_S = 40
POLL_S = 0.1
OWN_SETTINGS = {
    f"BBIC_KOMMUN__{kommun.upper()}__SYNC_EVERY_S": "3600" for kommun in files.SANDBOX_KOMMUNER
} | {"BBIC_AVVIKELSE_VANTAR_S": "0"}
"""What the scheduler would fetch by itself is left for the demo to fetch, so that it is seen; and
what deviates is told at once."""


@dataclass(frozen=True, slots=True)
class House:
    """A running bridge and sandbox: spoken to over HTTP and by commands."""

    folder: Path
    bridge: BridgeClient
    sandbox: SandboxClient
    environment: Mapping[str, str]

    def command(self, *words: str) -> str:
        """Runs ``bbic-bridge`` with these words and returns what it printed.

        Raises:
            OurFault: it failed; that something needs a person is no failure.
        """
        done = subprocess.run(  # noqa: S603 (our own program)
            (*COMMAND, *words),
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (DONE, NEEDS_PERSON):
            said = " ".join(done.stderr.split()) or f"exit {done.returncode}"
            raise OurFault(f"`bbic-bridge {' '.join(words)}`: {said}")
        return done.stdout

    def scheduled(self, task: str) -> None:
        """Lets the scheduler's task be done now; by itself its time comes every minute."""
        from celery import Celery

        from bbic_bridge.broker import settings_for

        instance = running(self.folder / "var")
        if instance is None:
            raise OurFault("The demo failed: the bridge is not running.")
        app = Celery("bbic_bridge.demo", set_as_current=False)
        app.conf.update(settings_for(instance.broker_url))
        app.send_task(task, ignore_result=True)

    def addresses(self) -> tuple[str, ...]:
        """Where a curious person can go on, while the demo serves."""
        return (
            f"bridge         {self.bridge.address} (/readyz, /metrics, /v1/events)",
            f"sandbox        {self.sandbox.address}/_sandbox/journal",
            f"configuration  export {CONFIG_VARIABLE}={self.folder / 'bridge.toml'}",
        )


@contextmanager
def opened() -> Iterator[House]:
    """Starts everything in a new folder; stops it and removes the folder in the end.

    Raises:
        OurFault: it did not start. The folder with the log is then left for a person to look at.
    """
    folder = Path(tempfile.mkdtemp(prefix="bbic-demo-"))
    try:
        with _running(folder) as house:
            yield house
    except OurFault as error:
        raise OurFault(f"{error.message} The log is {folder / 'up.log'}.") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path) -> Iterator[House]:
    port, sandbox_port = free_ports(2)
    patient = files.Sandbox(port=sandbox_port, timeout_s=2, settle_s=1, retry_s=0.2)
    files.write_configuration(folder, patient)
    house = House(
        folder,
        BridgeClient(f"http://127.0.0.1:{port}", folder / "secrets"),
        SandboxClient(f"http://127.0.0.1:{sandbox_port}"),
        _environment(folder),
    )
    ports = ("--port", str(port), "--sandbox-port", str(sandbox_port))
    with _process(house, "up", "--sandbox", *ports) as process:
        wait_for(house.bridge.is_ready, process, READY_WITHIN_S, "the bridge did not become ready")
        yield house


@contextmanager
def _process(house: House, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """In a session of its own (Ctrl-C is for the demo), and bound to the demo's life."""
    with (house.folder / "up.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *COMMAND, *words),
            env=house.environment,
            cwd=house.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOPPED_WITHIN_S)
        process.kill()
        process.wait()


def wait_for(
    condition: Callable[[], bool], process: subprocess.Popen[bytes], within_s: float, trouble: str
) -> None:
    """Asks until the answer is true; ``OurFault`` when time is up or the process has ended."""
    deadline = time.monotonic() + within_s
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise OurFault(f"The demo failed: {trouble}.")
        time.sleep(POLL_S)


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens, all different."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _environment(folder: Path) -> dict[str, str]:
    """The demo's own configuration, whatever bridge the caller's environment speaks of."""
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("BBIC_")}
    return {**inherited, **OWN_SETTINGS, CONFIG_VARIABLE: str(folder / "bridge.toml")}
