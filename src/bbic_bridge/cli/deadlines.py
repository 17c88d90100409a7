"""``bbic-bridge deadlines``: the handbook's time limits in all cases."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON
from bbic_bridge.cli.known import Known, require_kommuner, tell_unknown_case
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import print_ndjson, print_table
from bbic_bridge.services.views.deadlines import FristFilter, FristView

if TYPE_CHECKING:
    from bbic_bridge.handbook.frister import Skede

COLUMNS = (
    *("senast", "skede", "dagar kvar", "frist", "vikt"),
    *("kommun", "ärende", "objekt", "met by"),
)
STYLES = {
    "överskriden": "red",
    "närmar sig": "yellow",
    "uppfylld": "green",
    "uppfylld för sent": "green",
}


def _codes() -> Iterable[str]:
    from bbic_bridge.handbook.frister import REGEL

    return REGEL


def _stages() -> Iterable[str]:
    from bbic_bridge.handbook.frister import SKEDEN

    return SKEDEN


def _kinds() -> Iterable[str]:
    from bbic_bridge.handbook.kodlistor import INSATSTYPER

    return INSATSTYPER


@command("deadlines", "List the handbook's time limits", role="read", prints_data=True)
@click.option(
    "--kommun", "kommuner", metavar="NAME", multiple=True, help="Only of this kommun (repeatable)."
)
@click.option("--case", "--arende", "arende", metavar="ARENDE", help="Only of this case.")
@click.option(
    "--kod",
    "koder",
    type=Known(_codes),
    metavar="LIMIT",
    multiple=True,
    help="Only this limit, e.g. uppfoljning or ej_verkstallt (repeatable).",
)
@click.option(
    "--skede",
    "skeden",
    type=Known(_stages),
    metavar="STAGE",
    multiple=True,
    help="Only at this stage: overskriden, narmar_sig, loper, uppfylld, uppfylld_sent or upphord "
    "(repeatable).",
)
@click.option(
    "--insatstyp",
    "insatstyper",
    type=Known(_kinds),
    metavar="KIND",
    multiple=True,
    help="Only of this kind of insats, e.g. kontaktfamilj (repeatable).",
)
@click.option("--all", "met", is_flag=True, help="Also those that are met or have fallen away.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    default=100,
    help="At most so many (else 100).",
)
def deadlines(
    *,
    config: Path | None,
    kommuner: tuple[str, ...],
    arende: str | None,
    koder: tuple[str, ...],
    skeden: "tuple[Skede, ...]",
    insatstyper: tuple[str, ...],
    met: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List the time limits that are still to be met, of all cases: the overdue first.

    A limit draws near (närmar sig) some days before its last day (senast), and is overdue
    (överskriden) from the day after, until the event that meets it. Which kinds of insats each
    limit is kept for, and how long ahead it draws near, stands in the configuration.

    Ends with exit code 1 where one that is law or SKA is overdue.
    """
    from bbic_bridge.services.deadlines import list_frister

    chosen = FristFilter(
        kommuner=kommuner,
        arende=arende,
        koder=koder,
        skeden=skeden,
        insatstyper=insatstyper,
        met=met,
        limit=limit,
    )
    with opened(config) as bridge:
        require_kommuner(bridge, kommuner)
        found = list_frister(bridge, chosen)
        if not found.frister:
            tell_unknown_case(bridge, arende)
    if as_json:
        print_ndjson(found.frister)
    else:
        print_table(COLUMNS, map(row, found.frister), styles=STYLES)
    if found.more:
        click.echo(f"There are more than {limit}: --limit shows more.", err=True)
    click.get_current_context().exit(NEEDS_PERSON if found.needs_person else DONE)


def row(view: FristView) -> tuple[object, ...]:
    """A limit as a line of a table."""
    from bbic_bridge.handbook.frister import SKEDEN, VIKTER

    met_by = f"{view.uppfylld} {view.uppfylld_av}" if view.uppfylld else ""
    left = "" if view.dagar_kvar is None else view.dagar_kvar
    where = (view.kommun, view.arende, view.objekt_id)
    state = (view.senast, SKEDEN[view.skede], left)
    return (*state, view.namn, VIKTER[view.vikt], *where, met_by)
