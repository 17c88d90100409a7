"""Printing: JSON for programs, tables and colour on a terminal, plain lines otherwise.

Text that came from elsewhere is cleaned of control characters first, so that a document or a
vendor's answer cannot steer the operator's terminal.
"""

import dataclasses
import json
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import click

from bbic_bridge.services.views.accepting import Result, Violation

LOCAL = ZoneInfo("Europe/Stockholm")
WIDE = 100
STATE_STYLES = {
    "verified": "green",
    "failed": "red",
    "with_person": "red",
    "waiting": "yellow",
    "retrying": "yellow",
    "ambiguous": "yellow",
    "warning": "yellow",
    "done": "green",
    "on its way": "yellow",
    "missing": "red",
    "overdue": "red",
    "ok": "green",
    "warn": "yellow",
    "fail": "red",
}


class Bar(Protocol):
    """What a long command tells as it goes."""

    def advance(self, steps: int = 1) -> None: ...

    def say(self, line: str) -> None: ...


def on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()  # None: it was closed (``>&-``)


def clean(value: object) -> str:
    """The text of a value, in one line and without control characters."""
    text = when(value) if isinstance(value, datetime) else "" if value is None else str(value)
    return "".join(" " if unicodedata.category(char).startswith("C") else char for char in text)


def when(at: datetime | None) -> str:
    """A time as people in Sweden read it, to the second."""
    return "" if at is None else at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")


def print_json(value: object) -> None:
    """One JSON document, readable."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def print_ndjson(values: Iterable[object]) -> None:
    """One JSON value per line."""
    for value in values:
        click.echo(json.dumps(value, default=_plain, ensure_ascii=False))


def _plain(value: object) -> object:
    if isinstance(value, Result | Violation):
        return value.document()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    styles: Mapping[str, str] | None = None,
    keep: Collection[str] = (),
) -> None:
    """A table on a terminal; tab-separated lines with a heading elsewhere.

    Args:
        styles: a colour for a cell's whole text, e.g. ``{"failed": "red"}``.
        keep: columns whose texts stay in one line on a wide terminal, so that they can be copied.
    """
    if not on_terminal():
        click.echo("\t".join(columns))
        for row in rows:
            click.echo("\t".join(clean(cell) for cell in row))
        return
    from rich.console import Console

    console = Console()
    kept = keep if console.width >= WIDE else ()
    console.print(build_table(columns, rows, styles=styles, keep=kept))


def build_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    styles: Mapping[str, str] | None = None,
    keep: Collection[str] = (),
    title: str | None = None,
) -> Any:
    """The Rich table itself, for those who show it live."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in keep)
    for row in rows:
        texts = [clean(cell) for cell in row]
        table.add_row(*(Text(text, style=(styles or {}).get(text, "")) for text in texts))
    return table


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Bar]:
    """A progress bar on a terminal; silent elsewhere. ``total`` is None where it is unknown."""
    if not (on_terminal() and sys.stderr is not None and sys.stderr.isatty()):
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        yield _Shown(shown, shown.add_task(what, total=total))


class _Silent:
    def advance(self, steps: int = 1) -> None:
        """Nobody is watching."""

    def say(self, line: str) -> None:
        click.echo(clean(line))


class _Shown:
    def __init__(self, shown: Any, task: Any) -> None:
        self._shown = shown
        self._task = task

    def advance(self, steps: int = 1) -> None:
        self._shown.advance(self._task, steps)

    def say(self, line: str) -> None:
        self._shown.console.print(clean(line), markup=False, highlight=False)
