"""Starts real processes, starts a dead one again, and stops them in order.

Nothing here knows what the processes are; ``up`` says that.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bbic_bridge.cli.exits import OurFault

LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Part:
    """One process to keep running.

    Args:
        stage: parts are stopped stage by stage, the lowest first.
        grace_s: how long it may take to end after SIGTERM before it is killed.
    """

    name: str
    command: tuple[str, ...]
    stage: int
    grace_s: float


@dataclass(frozen=True, slots=True)
class Restarts:
    """When a dead process is started again: a little later each time, until it is hopeless."""

    most: int = 5
    window_s: float = 60
    base_s: float = 0.2
    max_s: float = 5

    def delay(self, deaths: Sequence[float], now: float) -> float | None:
        """Seconds to wait after the deaths at those times; None to give up."""
        recent = sum(1 for at in deaths if now - at <= self.window_s)
        if recent >= self.most:
            return None
        return min(self.max_s, self.base_s * 2.0 ** max(recent - 1, 0))


@dataclass(frozen=True, slots=True)
class Death:
    """A part that ended by itself and is started again, or that was killed for not ending."""

    part: str
    ending: str
    killed: bool = False


class Supervisor:
    """A group of processes that live and end together; made inside a running event loop.

    Args:
        environment: of every part; secrets travel as paths of files in it, never as arguments.
        report: told of each death that nobody asked for.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        report: Callable[[Death], None],
        restarts: Restarts = Restarts(),
    ) -> None:
        self._environment = environment
        self._report = report
        self._restarts = restarts
        self._kept: list[_Kept] = []
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Never done unless a part is given up: then it raises ``OurFault``."""

    def start(self, part: Part) -> None:
        """Starts a part and keeps it running until ``stop``."""
        kept = _Kept(part)
        kept.keeper = asyncio.create_task(self._keep(kept), name=part.name)
        self._kept.append(kept)

    async def stop(self, hurry: asyncio.Event) -> None:
        """Ends all parts in order of their stage; ``hurry`` kills what is left at once."""
        by_stage = sorted(self._kept, key=lambda kept: kept.part.stage)
        for _, stage in groupby(by_stage, key=lambda kept: kept.part.stage):
            await asyncio.gather(*(self._end(kept, hurry) for kept in stage))

    async def _keep(self, kept: "_Kept") -> None:
        while not kept.stopping.is_set():
            kept.process = await self._launch(kept.part)
            if kept.stopping.is_set():
                kept.terminate()
            code = await kept.process.wait()
            if kept.stopping.is_set() or not await self._may_go_on(kept, code):
                return

    async def _may_go_on(self, kept: "_Kept", code: int) -> bool:
        """After a death: waits before the next start; False when the part is given up."""
        now = asyncio.get_running_loop().time()
        kept.deaths.append(now)
        delay = self._restarts.delay(kept.deaths, now)
        ending = f"signal {-code}" if code < 0 else f"exit {code}"
        if delay is None:
            fault = OurFault(f"{kept.part.name} keeps ending ({ending}); given up.")
            if not self.failed.done():
                self.failed.set_exception(fault)
            return False
        self._report(Death(kept.part.name, ending))
        with suppress(TimeoutError):
            await asyncio.wait_for(kept.stopping.wait(), delay)
        return True

    async def _launch(self, part: Part) -> Process:
        """In a process group of its own: Ctrl-C reaches the supervisor, which stops in order.

        What it logs goes to stderr; Celery's farewell and the like, on stdout, to nobody.
        """
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid())),
            *part.command,
            env=dict(self._environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            process_group=0,
        )

    async def _end(self, kept: "_Kept", hurry: asyncio.Event) -> None:
        kept.stopping.set()
        kept.terminate()
        hurried = asyncio.create_task(hurry.wait())
        await asyncio.wait(
            (kept.keeper, hurried),
            timeout=kept.part.grace_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        hurried.cancel()
        if not kept.keeper.done():
            self._report(Death(kept.part.name, "not in time", killed=True))
            kept.kill()
        await kept.keeper


class _Kept:
    """A part, its process at the moment, and the task that looks after both."""

    keeper: asyncio.Task[None]

    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: Process | None = None
        self.deaths: list[float] = []
        self.stopping = asyncio.Event()

    def terminate(self) -> None:
        """Asks the process to end; what it started itself it ends itself."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()

    def kill(self) -> None:
        """Ends the process and all that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
