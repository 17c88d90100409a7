"""``bbic-bridge send``: events from files into the bridge, as an administrator's act."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from bbic_bridge.cli.bridge import opened
from bbic_bridge.cli.events_in import NotEvents, chunks, read_events
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, WrongUse, whoever_listens
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import Bar, print_ndjson, progress
from bbic_bridge.cli.violations import told
from bbic_bridge.services.views.accepting import Grant, Problem, Result, Violation

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge

CHUNK = 200


@command("send", "Submit events from files", role="operate", prints_data=True)
@click.argument("names", metavar="FILE...", nargs=-1, required=True)
def send(*, config: Path | None, names: tuple[str, ...], as_json: bool) -> None:
    """Submit the events in each FILE (- is standard input).

    A FILE holds one CloudEvent, a JSON array of them, or one per line. For each event it is told
    whether it was accepted, was there already (duplicate), or was rejected and why. What was sent
    before an interruption is kept: send the same file again.
    """
    _require_readable(names)
    counts: Counter[str] = Counter()
    with opened(config) as bridge, progress("sending", None) as bar:
        for name in names:
            for result in _submit(bridge, name):
                counts[result.status] += 1
                with whoever_listens():
                    _tell(result, bar, as_json=as_json)
                bar.advance()
    with whoever_listens():
        if not as_json:
            click.echo(", ".join(f"{counts[s]} {s}" for s in ("accepted", "duplicate", "rejected")))
    click.get_current_context().exit(NEEDS_PERSON if counts["rejected"] else DONE)


def _require_readable(names: tuple[str, ...]) -> None:
    """A wrong name is found before anything was sent."""
    for name in names:
        if name != "-" and not Path(name).is_file():
            raise WrongUse(f"There is no file {name}.")


def _submit(bridge: "Bridge", name: str) -> Iterator[Result]:
    from bbic_bridge.services.accept import accept

    with _stream(name) as stream:
        try:
            for chunk in chunks(read_events(stream), CHUNK):
                yield from accept(bridge, chunk, Grant())
        except NotEvents as error:
            where = Violation("", f"{name}, {error}; nothing after this was sent")
            yield Result(None, "rejected", Problem(400, "malformed", "Not an event", (where,)))


@contextmanager
def _stream(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


def _tell(result: Result, bar: Bar, *, as_json: bool) -> None:
    if as_json:
        print_ndjson([result])
        return
    problem = result.problem
    bar.say(f"{result.status:<10} {result.id or '?'}{f'  {problem.title}' if problem else ''}")
    for violation in problem.errors if problem else ():
        bar.say(f"           {told(violation)}")
