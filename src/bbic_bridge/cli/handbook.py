"""A case as the handbook sees it: point by point, for each insats."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from bbic_bridge.cli.output import STATE_STYLES, clean, print_table
from bbic_bridge.services.views.cases import HandbookView

COLUMNS = ("step", "process", "point", "weight", "state", "day")


def print_handbook(points: Sequence[HandbookView]) -> None:
    """Prints one table per insats; nothing for a case that no rule asks about."""
    for (insats_id, insatstyp), of_one in groupby(points, key=_insats):
        click.echo(
            clean(f"Handbook, {insats_id or 'no insats yet'} ({insatstyp or 'kind unknown'})")
        )
        print_table(COLUMNS, rows(list(of_one)), styles=STATE_STYLES)


def rows(points: Sequence[HandbookView]) -> Iterator[tuple[object, ...]]:
    """The lines of one insats; a process is named at its first point."""
    for _, of_step in groupby(points, key=lambda point: point.step):
        for number, point in enumerate(of_step):
            first = (point.step, point.process) if number == 0 else ("", "")
            yield (*first, point.name, point.weight, point.state.replace("_", " "), point.day or "")


def _insats(point: HandbookView) -> tuple[str | None, str | None]:
    return (point.insats_id, point.insatstyp)
