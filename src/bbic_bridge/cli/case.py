"""``bbic-bridge case show``: the timeline of one ärende."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import opened
from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.known import require_kommuner
from bbic_bridge.cli.options import command, group
from bbic_bridge.cli.output import print_json
from bbic_bridge.cli.timeline import print_timeline
from bbic_bridge.services.views import CaseView

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge


@group("case", "Show the timeline of a case")
def case() -> None:
    """See cases."""


@command("show", "Show the timeline of a case", prints_data=True)
@click.argument("arende", metavar="ARENDE")
@click.option(
    "--kommun", metavar="NAME", help="Where two kommuner have an ärende of the same name."
)
def show(*, config: Path | None, arende: str, kommun: str | None, as_json: bool) -> None:
    """Show the timeline of a case: each event with its deliveries, and what the vendor told."""
    from bbic_bridge.services import queries

    with opened(config) as bridge:
        require_kommuner(bridge, [kommun] if kommun else [])
        found = queries.show_case(bridge, arende, kommun=kommun)
        if found is None:
            raise _not_shown(bridge, arende, kommun)
    if as_json:
        print_json(found)
    else:
        print_case(found)


def print_case(view: CaseView) -> None:
    click.echo(f"Case {view.arende}, {view.kommun}")
    print_timeline(view)
    counts = Counter(delivery.state for delivery in view.open_deliveries)
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    click.echo(f"Open: {told or 'nothing'}.")


def _not_shown(bridge: "Bridge", arende: str, kommun: str | None) -> WrongUse:
    from bbic_bridge.services import queries

    holders = " and ".join(queries.kommuner_of_case(bridge, arende))
    if not holders:
        return WrongUse(f"There is no case {arende}.")
    if kommun is not None:
        return WrongUse(f"There is no case {arende} in {kommun}; there is in {holders}.")
    return WrongUse(f"Case {arende} is in {holders}: choose with --kommun.")


case.add_command(show)
