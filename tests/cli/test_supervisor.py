"""The supervisor, with small programs in the place of the bridge's parts."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from subprocess import PIPE

import pytest

from bbic_bridge.cli.exits import OurFault
from bbic_bridge.cli.supervisor import LAUNCHER, Death, Part, Restarts, Supervisor
from tests.servers.process import wait_until

# Writes its pid at the end of a file, then waits; on SIGTERM it writes its name and ends.
PATIENT = """
import os, signal, sys
name, pids, ends = sys.argv[1:]
def end(*_):
    with open(ends, "a") as file: file.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
with open(pids, "a") as file: file.write(f"{os.getpid()}\\n")
while True: signal.pause()
"""
STUBBORN = PATIENT.replace("sys.exit(0)", "pass")
BRIEF = "import sys; sys.exit(7)"
AT_ONCE = Restarts(most=3, window_s=60, base_s=0, max_s=0)


class Scene:
    """A folder in which parts leave traces."""

    def __init__(self, folder: Path) -> None:
        self.pids = folder / "pids"
        self.ends = folder / "ends"
        self.told: list[Death] = []

    def part(self, name: str, program: str = PATIENT, *, stage: int = 0, grace: float = 10) -> Part:
        words = (sys.executable, "-I", "-S", "-c", program, name, str(self.pids), str(self.ends))
        return Part(name, words, stage, grace)

    def started(self) -> list[int]:
        return [int(line) for line in self.pids.read_text().split()] if self.pids.exists() else []

    def ended(self) -> list[str]:
        return self.ends.read_text().split() if self.ends.exists() else []

    async def until_started(self, count: int) -> list[int]:
        async with asyncio.timeout(10):
            while len(self.started()) < count:
                await asyncio.sleep(0.01)
        return self.started()

    def play(
        self,
        act: Callable[[Supervisor], Awaitable[None]],
        restarts: Restarts = AT_ONCE,
        *,
        hurry: bool = False,
    ) -> None:
        async def run() -> None:
            supervisor = Supervisor(os.environ, self.told.append, restarts)
            hurried = asyncio.Event()
            if hurry:
                hurried.set()
            try:
                await act(supervisor)
            finally:
                await supervisor.stop(hurried)

        asyncio.run(run())


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("deaths", "now", "delay"),
    [
        ([10], 10, 0.2),
        ([10, 11], 11, 0.4),
        ([10, 11, 12], 12, 0.8),
        ([10, 11, 12, 13], 13, 1.0),
        ([10, 11, 12, 13, 14], 14, None),
        ([10, 11, 12, 13, 75], 75, 0.2),
        ([10, 11, 12, 13, 70], 70, None),
    ],
)
def test_a_dead_part_waits_longer_each_time_and_is_then_given_up(
    deaths: list[float], now: float, delay: float | None
) -> None:
    assert Restarts(most=5, window_s=60, base_s=0.2, max_s=1).delay(deaths, now) == delay


def test_parts_run_until_they_are_stopped(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("one"))
        await scene.until_started(1)

    scene.play(act)
    assert scene.ended() == ["one"]
    assert gone(scene.started()[0])
    assert scene.told == []


def test_a_killed_part_is_started_again(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("one"))
        (first,) = await scene.until_started(1)
        os.kill(first, signal.SIGKILL)
        await scene.until_started(2)

    scene.play(act)
    assert scene.told == [Death("one", "signal 9")]
    assert scene.ended() == ["one"]


def test_a_part_that_keeps_ending_is_given_up(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("good"))
        await scene.until_started(1)
        supervisor.start(scene.part("bad", BRIEF))
        await supervisor.failed

    with pytest.raises(OurFault, match=r"bad keeps ending \(exit 7\)"):
        scene.play(act)
    assert scene.told == [Death("bad", "exit 7")] * 2
    assert scene.ended() == ["good"]


def test_parts_end_stage_by_stage(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        for name, stage in (("broker", 2), ("receivers", 0), ("worker", 1)):
            supervisor.start(scene.part(name, stage=stage))
        await scene.until_started(3)

    scene.play(act)
    assert scene.ended() == ["receivers", "worker", "broker"]


def test_a_part_that_does_not_end_in_time_is_killed(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("deaf", STUBBORN, grace=0.2))
        await scene.until_started(1)

    scene.play(act)
    assert scene.told == [Death("deaf", "not in time", killed=True)]
    assert gone(scene.started()[0])


def test_in_a_hurry_nobody_waits_for_a_drain(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("deaf", STUBBORN, grace=3600))
        await scene.until_started(1)

    scene.play(act, hurry=True)
    assert gone(scene.started()[0])


def test_a_stop_does_not_wait_for_the_next_try_of_a_dead_part(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("bad", BRIEF, grace=3600))
        async with asyncio.timeout(10):
            while not scene.told:
                await asyncio.sleep(0.01)

    scene.play(act, Restarts(base_s=3600, max_s=3600))
    assert scene.told == [Death("bad", "exit 7")]


def test_a_stop_during_a_start_leaves_nothing_running(scene: Scene) -> None:
    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("one", STUBBORN, grace=0.5))

    scene.play(act)
    assert all(gone(pid) for pid in scene.started())


SUPERVISING = """
import asyncio, os, sys
from bbic_bridge.cli.supervisor import Part, Supervisor

async def main():
    supervisor = Supervisor(os.environ, print)
    for _ in range(3):
        supervisor.start(Part("one", tuple(sys.argv[1:]), 0, 10))
    await supervisor.failed

asyncio.run(main())
"""


def test_a_killed_supervisor_leaves_no_children(scene: Scene) -> None:
    command = [sys.executable, "-c", SUPERVISING, *scene.part("one").command]
    with subprocess.Popen(command) as process:
        wait_until(lambda: len(scene.started()) == 3, what="three children")
        process.kill()
    wait_until(lambda: all(map(gone, scene.started())), what="the children are gone")
    assert scene.ended() == []


def test_a_child_whose_supervisor_is_gone_already_does_not_begin(tmp_path: Path) -> None:
    program = ["touch", str(tmp_path / "begun")]
    done = subprocess.run([sys.executable, LAUNCHER, "1", *program], check=False, stderr=PIPE)
    assert done.returncode == 1
    assert not (tmp_path / "begun").exists()


def test_parts_have_a_process_group_of_their_own(scene: Scene) -> None:
    """Ctrl-C in a terminal reaches a whole group: it must reach the supervisor only."""

    async def act(supervisor: Supervisor) -> None:
        supervisor.start(scene.part("one"))
        (pid,) = await scene.until_started(1)
        assert os.getpgid(pid) == pid != os.getpgid(0)

    scene.play(act)
