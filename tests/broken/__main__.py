"""``python -m tests.broken``: breaks each promise, and demands that its tests fail of it.

Prints a line for each breakage and, last, the figures as JSON. Exit 0 only if none survived.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.broken.breakage import Breakage
from tests.broken.run import NotSound, break_it, caught, copy_tree, run
from tests.broken.topics import TOPICS

UNBROKEN_S = 1800.0


def main() -> int:
    asked = argparse.ArgumentParser(prog="make broken", description=__doc__)
    asked.add_argument("--topic", choices=TOPICS, action="append")
    asked.add_argument("--word", action="append", help="only promises or files with this in them")
    asked.add_argument("--jobs", type=int, default=2)
    chosen = asked.parse_args()
    breakages = [
        (topic, one)
        for topic in chosen.topic or TOPICS
        for one in TOPICS[topic]
        if any(word in f"{one.promise} {one.file}" for word in chosen.word or [""])
    ]
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="bbic-broken-"))
    folder.chmod(0o755)
    try:
        survived = _all(breakages, folder, chosen.jobs)
    except NotSound as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder)
    figures = {"breakages": len(breakages), "caught": len(breakages) - len(survived)}
    figures |= {"survived": len(survived), "seconds": round(time.monotonic() - began)}
    print(json.dumps(figures))
    return 1 if survived else 0


def _all(breakages: Sequence[tuple[str, Breakage]], folder: Path, jobs: int) -> list[str]:
    """Those that survived."""
    whole = copy_tree(folder / "whole")
    tests = sorted({test for _, one in breakages for test in one.tests})
    print(f"{len(tests)} tests, unbroken first ...", flush=True)
    spread = ("-n", str(jobs), "--dist", "loadgroup") if jobs > 1 else ()
    went = run(tests, whole, *spread, longest_s=UNBROKEN_S)
    bad = [test for test in tests if set(went.of(test)) != {"passed"}]
    if bad:
        raise NotSound(f"not passed unbroken: {bad}\n{went.words}")

    def one(numbered: tuple[int, tuple[str, Breakage]]) -> str:
        number, (topic, breakage) = numbered
        wrong = _broken(breakage, whole, folder / str(number))
        told = f"SURVIVED: {wrong}" if wrong else "caught"
        print(f"{topic}: {breakage.promise} ({breakage.file}): {told}", flush=True)
        return f"{topic}: {breakage.promise}" if wrong else ""

    with ThreadPoolExecutor(jobs) as pool:
        return [found for found in pool.map(one, enumerate(breakages)) if found]


def _broken(breakage: Breakage, whole: Path, folder: Path) -> str:
    """Empty where the breakage was caught; else what is wrong."""
    copy_tree(folder, whole)
    break_it(folder, breakage)
    try:
        first = () if len(breakage.tests) > 1 else ("-x",)
        return caught(breakage, run(breakage.tests, folder, *first))
    except NotSound as error:
        return str(error)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
