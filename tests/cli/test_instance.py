"""One `up` per configuration, and how other commands find it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.instance import LOCK, Running, only_instance, running

HOLDER = """
import sys
from pathlib import Path
from bbic_bridge.cli.instance import only_instance
with only_instance(Path(sys.argv[1])) as lock:
    lock.tell("http://127.0.0.1:1", "", "redis+socket:///x")
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_running_one_is_found_while_it_runs(tmp_path: Path) -> None:
    assert running(tmp_path / "var") is None
    with only_instance(tmp_path / "var") as lock:
        assert running(tmp_path / "var") is None
        lock.tell("http://a", "http://b", "redis+socket:///c")
        found = running(tmp_path / "var")
        assert found == Running(os.getpid(), "http://a", "http://b", "redis+socket:///c")
    assert running(tmp_path / "var") is None


def test_what_it_says_is_private(tmp_path: Path) -> None:
    with only_instance(tmp_path / "var"):
        assert stat.S_IMODE((tmp_path / "var" / LOCK).stat().st_mode) == 0o600


def test_a_second_one_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    with only_instance(tmp_path) as lock:
        with pytest.raises(WrongUse, match="not ready yet"), only_instance(tmp_path):
            pass
        lock.tell("http://127.0.0.1:8800", "", "")
        told = rf"process {os.getpid()}, http://127\.0\.0\.1:8800"
        with pytest.raises(WrongUse, match=told), only_instance(tmp_path):
            pass
    with only_instance(tmp_path):
        pass


def test_looking_does_not_stand_in_the_way(tmp_path: Path) -> None:
    with only_instance(tmp_path):
        pass
    for _ in range(50):
        assert running(tmp_path) is None
        with only_instance(tmp_path):
            pass


def test_a_killed_holder_holds_no_longer(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        found = running(tmp_path)
        assert found is not None
        assert found.pid == holder.pid
        holder.kill()
    assert running(tmp_path) is None
    with only_instance(tmp_path):
        pass
