"""What the vendors told and could not be read; nothing of the rows themselves is shown."""

from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor
from bbic_bridge.cli.exits import WrongUse, whoever_listens
from bbic_bridge.cli.output import clean, print_json, print_ndjson, print_table
from bbic_bridge.services.views.changes import ParkedView, SyncProblem

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge

COLUMNS = ("kommun", "system", "id", "kind", "stream", "code", "where", "since")


def list_parked(bridge: "Bridge", kommun: str | None, *, as_json: bool) -> None:
    """Prints what is parked, of one kommun or of all."""
    from bbic_bridge.services import fetching

    found = fetching.list_parked(bridge, kommun)
    if as_json:
        print_ndjson(found)
    else:
        print_table(COLUMNS, map(row, found))


def give_up(
    bridge: "Bridge", row_id: str, kommun: str | None, reason: str, *, as_json: bool
) -> None:
    """Gives up one that is parked: somebody has dealt with it, and it need not be read."""
    from bbic_bridge.services import parking

    found = parking.give_up(bridge, row_id, kommun, actor=actor(), reason=reason)
    if not found:
        raise WrongUse(f"Nothing is parked under {row_id}; `bbic-bridge sync --parked` lists it.")
    if len(found) > 1:
        raise WrongUse(f"{row_id} is parked in {', '.join(found)}: choose with --kommun.")
    with whoever_listens():
        if as_json:
            print_json({"given_up": row_id, "kommun": found[0]})
        else:
            click.echo(f"{clean(row_id)} of {found[0]} is given up.")


def row(one: ParkedView) -> tuple[object, ...]:
    """A parked row as a line of a table."""
    kind = one.kind or "unknown"
    return (one.kommun, one.system, one.id, kind, one.stream, one.code, one.where, one.since)


def told(problem: SyncProblem) -> str:
    """A problem in a line: the stream, what is wrong with it, and where if that is known."""
    return ": ".join(part for part in (problem.stream, problem.code, problem.where) if part)
