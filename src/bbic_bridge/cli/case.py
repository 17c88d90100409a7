"""``bbic-bridge case show``: the timeline of one ärende."""

from pathlib import Path

import click

from bbic_bridge.cli.bridge import opened
from bbic_bridge.cli.deliveries import COLUMNS, row
from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.options import command, group
from bbic_bridge.cli.output import STATE_STYLES, print_json, print_table
from bbic_bridge.services.views import CaseView, StepView

STEPS = ("when", "what", "state", "detail", "waits for")


@group("case", "Show the timeline of a case")
def case() -> None:
    """See cases."""


@command("show", "Show the timeline of a case", prints_data=True)
@click.argument("arende", metavar="ARENDE")
@click.option(
    "--kommun", metavar="NAME", help="Where two kommuner have an ärende of the same name."
)
def show(*, config: Path | None, arende: str, kommun: str | None, as_json: bool) -> None:
    """Show the timeline of a case: events, deliveries, what the vendor told, what is open."""
    from bbic_bridge.services import queries

    with opened(config) as bridge:
        found = queries.show_case(bridge, arende, kommun=kommun)
    if found is None:
        raise WrongUse(f"There is no case {arende}{f' in {kommun}' if kommun else ''}.")
    if as_json:
        print_json(found)
    else:
        print_case(found)


def print_case(view: CaseView) -> None:
    click.echo(f"Case {view.arende}, {view.kommun}")
    print_table(STEPS, map(step_row, view.steps), styles=STATE_STYLES)
    if view.open_deliveries:
        click.echo("Open:")
        print_table(COLUMNS, map(row, view.open_deliveries), styles=STATE_STYLES)


def step_row(step: StepView) -> tuple[object, ...]:
    """A step as a line of a table."""
    return (step.at, step.name, step.state, step.detail, ", ".join(step.waits_for))


case.add_command(show)
