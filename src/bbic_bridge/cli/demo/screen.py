"""What is seen while the demo runs: a live picture on a terminal, plain lines otherwise."""

import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click

from bbic_bridge.cli.demo.clients import Record
from bbic_bridge.cli.output import build_table, on_terminal

SHOWN_LINES = 14
COLUMNS = ("case", "deliveries", "verified", "in work", "waiting", "failed")
QUIET = frozenset({"verified", "waiting", "failed"})


class Screen(Protocol):
    """What the story tells to."""

    def act(self, title: str) -> None: ...

    def say(self, line: str) -> None: ...

    def update(self, deliveries: list[Record]) -> None: ...


@contextmanager
def screen(*, silent: bool) -> Iterator[Screen]:
    """The screen that fits the place: none for ``--json``, live on a terminal, else lines."""
    if silent:
        yield Silent()
    elif on_terminal():
        from rich.live import Live

        with Live(refresh_per_second=8) as live:
            yield Picture(live)
    else:
        yield Lines()


class Silent:
    """Tells nothing."""

    def act(self, title: str) -> None:
        """Not told."""

    def say(self, line: str) -> None:
        """Not told."""

    def update(self, deliveries: list[Record]) -> None:
        """Not told."""


class Lines:
    """One line for what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told = ""

    def act(self, title: str) -> None:
        click.echo(f"\n== {title}")

    def say(self, line: str) -> None:
        click.echo(f"{time.monotonic() - self._began:5.1f} s  {line}")

    def update(self, deliveries: list[Record]) -> None:
        counts = Counter(delivery["state"] for delivery in deliveries)
        told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        if told != self._told:
            self._told = told
            self.say(f"  {told}")


class Picture:
    """The cases in numbers, and below them what was last told."""

    def __init__(self, live: Any) -> None:
        self._live = live
        self._title = ""
        self._lines: deque[str] = deque(maxlen=SHOWN_LINES)
        self._deliveries: list[Record] = []

    def act(self, title: str) -> None:
        self._title = title
        self._lines.append(f"== {title}")
        self._draw()

    def say(self, line: str) -> None:
        self._lines.append(f"   {line}")
        self._draw()

    def update(self, deliveries: list[Record]) -> None:
        self._deliveries = deliveries
        self._draw()

    def _draw(self) -> None:
        from rich.console import Group
        from rich.text import Text

        told = Text("\n".join(self._lines))
        self._live.update(Group(build_table(COLUMNS, rows(self._deliveries)), told))


def rows(deliveries: list[Record]) -> list[tuple[object, ...]]:
    """Each case with its deliveries counted by what they are doing."""
    cases: dict[str, Counter[str]] = {}
    for delivery in deliveries:
        name = f"{delivery['arende']}, {delivery['kommun']}"
        state = delivery["state"]
        cases.setdefault(name, Counter())[state if state in QUIET else "in work"] += 1
    order = ("verified", "in work", "waiting", "failed")
    return [
        (name, counts.total(), *(counts[state] or "" for state in order))
        for name, counts in cases.items()
    ]
