"""Running tests against a copy of the source, whole or with one promise broken in it.

The copy stands first in ``PYTHONPATH``: whatever is started from a test imports it too.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.broken.breakage import PACKAGE, ROOT, Breakage

LONGEST_S = 180
PATIENCE_S = 30
PLUGINS = ("-p", "xdist.plugin", "-p", "anyio", "-p", "tests.broken.plugin")


class NotSound(Exception):
    """The proof itself is not sound: a copy that is not imported, a test that fails unbroken."""


@dataclass(frozen=True, slots=True)
class Went:
    """How tests went, by pytest's id: ``passed``, or when and of what each failed."""

    tests: dict[str, list[str]]
    words: str

    def of(self, test: str) -> list[str]:
        """Of a test; of all its parameters where none is named."""
        found = [how for name, how in self.tests.items() if _is(name, test)]
        return [one for how in found for one in how]


def copy_tree(folder: Path, of: Path = ROOT) -> Path:
    """Copies the source, with what it finds beside itself and what was compiled of it."""
    for name in ("src", "examples"):
        shutil.copytree(of / name, folder / name)
    return folder


def break_it(folder: Path, breakage: Breakage) -> None:
    """Breaks the promise in a copy."""
    changed = breakage.broken(folder)
    path = folder / PACKAGE / breakage.file
    path.write_text(changed, encoding="utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def run(tests: Sequence[str], folder: Path, *options: str, longest_s: float = LONGEST_S) -> Went:
    """Runs tests with the copy in ``folder`` in front.

    Raises:
        NotSound: they took another source, or never ended.
    """
    report = folder / "report.json"
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=line", "-rN"]
    command += ["-p", "no:cacheprovider", *PLUGINS, *options, *tests]
    env = os.environ | {"PYTHONPATH": str(folder / "src"), "BROKEN_REPORT": str(report)}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading them all takes longer than most tests
    words = _ended(command, env, longest_s)
    if not report.exists():
        raise NotSound(f"no report:\n{words}")
    found = json.loads(report.read_text(encoding="utf-8"))
    if not Path(found["source"]).is_relative_to(folder):
        raise NotSound(f"not the copy: {found['source']}")
    return Went(found["tests"], words)


def caught(breakage: Breakage, went: Went) -> str:
    """Empty where each test failed as it must; else what is wrong."""
    wanted = {"call:AssertionError", f"call:{breakage.error}"}
    wrong = [
        f"{test}: {', '.join(sorted(set(went.of(test)))) or 'was not run'}"
        for test in breakage.tests
        if wanted.isdisjoint(went.of(test))
    ]
    return "; ".join(wrong)


def _is(name: str, test: str) -> bool:
    return name == test or name.startswith((f"{test}[", f"{test}::"))


def _ended(command: Sequence[str], env: dict[str, str], longest_s: float) -> str:
    """Runs to the end, or is ended as by a key: then it ends what it started."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for patience, ending in ((longest_s, signal.SIGINT), (PATIENCE_S, signal.SIGKILL)):
            with suppress(subprocess.TimeoutExpired):
                return process.communicate(timeout=patience)[0]
            process.send_signal(ending)
        return process.communicate()[0]
