"""``bbic-bridge evb``: the quarter's draft on ej verkställda beslut."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, WrongUse
from bbic_bridge.cli.files import write_private
from bbic_bridge.cli.known import require_kommuner
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import print_json, print_table

if TYPE_CHECKING:
    from bbic_bridge.handbook.frister.evb import Kvartal
    from bbic_bridge.services.bridge import Bridge
    from bbic_bridge.services.evb import EvbDraft

STDOUT = Path("-")


def quarter(
    ctx: click.Context | None, param: click.Parameter | None, text: str | None
) -> "Kvartal | None":
    """A quarter as it is written: 2026Q3."""
    from bbic_bridge.handbook.frister.evb import Kvartal

    try:
        return None if text is None else Kvartal.las(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}", ctx, param) from None


@command(
    "evb",
    "Draft the report on ej verkställda beslut",
    role="read",
    instead={"reveal": "admin"},
    prints_data=True,
)
@click.option(
    "--quarter",
    "kvartal",
    callback=quarter,
    metavar="2026Q3",
    help="The quarter; else the last one that has ended.",
)
@click.option(
    "--kommun", "kommuner", metavar="NAME", multiple=True, help="Only of this kommun (repeatable)."
)
@click.option("--list", "individuals", is_flag=True, help="Only the decisions, for IVO.")
@click.option("--statistics", is_flag=True, help="Only the statistics, for fullmäktige.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Write the list, or the statistics, for Excel to a new file (- for stdout).",
)
@click.option("--reveal", is_flag=True, help="Show people's own words too; needs --reason.")
@click.option("--reason", metavar="TEXT", default="", help="Why; is written to the audit log.")
def evb(
    *,
    config: Path | None,
    kvartal: "Kvartal | None",
    kommuner: tuple[str, ...],
    individuals: bool,
    statistics: bool,
    csv_file: Path | None,
    reveal: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Draft the quarter's report on decisions not executed within three months.

    The list goes to IVO and the kommun's revisorer, the statistics to fullmäktige. It is a draft:
    it says what a person must fill in, and sends nothing.

    Ends with exit code 1 where a decision still waits to be executed.
    """
    if reveal and not reason:
        raise WrongUse("--reveal needs --reason: it is written to the audit log.")
    _check_sheet(csv_file, as_json=as_json, both=individuals and statistics)
    with opened(config) as bridge:
        require_kommuner(bridge, kommuner)
        made = _draft(bridge, kvartal, kommuner, reason if reveal else None)
    if csv_file is not None:
        _write_sheet(made, csv_file, statistics=statistics)
    else:
        every = individuals == statistics
        chosen = {"individuals": individuals or every, "statistics": statistics or every}
        _print(made, **chosen, as_json=as_json)
    waiting = any(view.rad.aterstar for view in made.individer)
    click.get_current_context().exit(NEEDS_PERSON if waiting else DONE)


def _check_sheet(file: Path | None, *, as_json: bool, both: bool) -> None:
    if file is None:
        return
    if as_json:
        raise WrongUse("Choose one of --csv and --json.")
    if both:
        raise WrongUse("--csv writes one table: choose one of --list and --statistics.")
    if file != STDOUT and file.exists():
        raise WrongUse(f"{file} is there already; nothing was written.")


def _draft(
    bridge: "Bridge", kvartal: "Kvartal | None", kommuner: tuple[str, ...], reason: str | None
) -> "EvbDraft":
    from bbic_bridge.services import evb as service

    kvartal = kvartal or service.last_ended(bridge)
    if not service.has_begun(bridge, kvartal):
        raise WrongUse(f"--quarter: {kvartal} has not begun.")
    made = service.draft(bridge, kvartal, kommuner)
    return made if reason is None else service.revealed(bridge, actor(), reason, made)


def _print(made: "EvbDraft", *, individuals: bool, statistics: bool, as_json: bool) -> None:
    from bbic_bridge.cli import evb_draft as layout
    from bbic_bridge.cli.sheet import cell

    if as_json:
        print_json(layout.document(made, individuals=individuals, statistics=statistics))
        return
    click.echo(layout.heading(made))
    if individuals:
        rows = map(layout.list_row, made.individer)
        print_table(layout.LIST_COLUMNS, rows, keep=layout.KEPT)
    if statistics:
        cells = ([cell(value) for value in row[1:]] for row in layout.statistics_rows(made))
        print_table(layout.STATISTICS_COLUMNS[1:], cells, keep=layout.KEPT)
    click.echo(layout.rest())


def _write_sheet(made: "EvbDraft", file: Path, *, statistics: bool) -> None:
    from bbic_bridge.cli import evb_draft as layout
    from bbic_bridge.cli.sheet import sheet

    if statistics:
        text = sheet(layout.STATISTICS_COLUMNS, layout.statistics_rows(made))
    else:
        rows = (layout.sheet_row(made, view) for view in made.individer)
        text = sheet(layout.SHEET_COLUMNS, rows)
    if file == STDOUT:
        click.echo(text.encode(), nl=False)
    else:
        try:
            write_private(file, text)
        except OSError as error:
            raise WrongUse(f"{file}: {error.strerror}") from error
    click.echo(layout.heading(made), err=True)
    click.echo(layout.rest(), err=True)
