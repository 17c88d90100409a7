"""Runs every module of this folder that has a ``run()`` and says which bars are met.

A module's ``run()`` returns one bar or a list of them, each a mapping with ``name``, ``value``
(measured), ``bar`` (what it shall reach, as the module words it) and ``met``.
"""

import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import bench
from bench import Bar

RESULTS = Path(__file__).parent / "results"


def main(names: list[str]) -> int:
    """Runs the named modules, else all; 0 if every bar is met, 1 if not, 2 for a wrong name."""
    known = {found.name for found in pkgutil.iter_modules(bench.__path__)} - {"__main__"}
    if unknown := set(names) - known:
        print(f"no such benchmark: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    bars = [bar for name in names or sorted(known) for bar in measure(name)]
    show(bars)
    print(f"written to {write(bars)}")
    return 0 if all(bar["met"] for bar in bars) else 1


def measure(name: str) -> Iterator[Bar]:
    """The bars of one module; none for a module that only helps others."""
    module = importlib.import_module(f"bench.{name}")
    run: Callable[[], Bar | list[Bar]] | None = getattr(module, "run", None)
    if run is None:
        return
    print(f"{name} ...", file=sys.stderr, flush=True)
    result = run()
    yield from result if isinstance(result, list) else [result]


def show(bars: Iterable[Bar]) -> None:
    table = Table("what", "value", "bar", "met")
    for bar in bars:
        met = "[green]yes[/]" if bar["met"] else "[red]no[/]"
        table.add_row(bar["name"], f"{bar['value']:.3g}", str(bar["bar"]), met)
    Console().print(table)


def write(bars: list[Bar]) -> Path:
    """Writes the results beside earlier ones; the file's name is the time, in UTC."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps({"machine": machine(), "bars": bars}, indent=2) + "\n")
    return path


def machine() -> dict[str, Any]:
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
