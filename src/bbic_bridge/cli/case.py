"""``bbic-bridge case show``: the timeline of one ärende."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.deviations import print_deviations
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, WrongUse
from bbic_bridge.cli.handbook import print_handbook
from bbic_bridge.cli.hold import hold, release
from bbic_bridge.cli.known import require_kommuner
from bbic_bridge.cli.options import command, group
from bbic_bridge.cli.output import print_json, when
from bbic_bridge.cli.timeline import print_timeline
from bbic_bridge.services.views.cases import CaseView

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge


@group("case", "Show a case, or keep it from being pruned")
def case() -> None:
    """See cases."""


@command(
    "show",
    "Show the timeline of a case",
    role="read",
    instead={"reveal": "admin"},
    prints_data=True,
)
@click.argument("arende", metavar="ARENDE")
@click.option(
    "--kommun", metavar="NAME", help="Where two kommuner have an ärende of the same name."
)
@click.option(
    "--reveal", is_flag=True, help="Show the texts that deviate; needs --reason, audited."
)
@click.option("--reason", metavar="TEXT", default="", help="Why personal data is needed.")
def show(
    *,
    config: Path | None,
    arende: str,
    kommun: str | None,
    reveal: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Show the timeline of a case: each event with its deliveries, what the vendor told,
    which of the handbook's points are done, on their way, missing or overdue, and what
    deviates from it.

    Ends with exit code 1 where a delivery is failed, with a person or ambiguous, a limit that is
    law or SKA is overdue, or anything deviates.
    """
    if reveal and not reason:
        raise WrongUse("--reveal needs --reason: it is written to the audit log.")
    from bbic_bridge.services import audit, queries

    with opened(config) as bridge:
        require_kommuner(bridge, [kommun] if kommun else [])
        found = queries.show_case(bridge, arende, kommun=kommun)
        if found is None:
            raise _not_shown(bridge, arende, kommun)
        if reveal:
            of = found.kommun
            audit.record(bridge, actor(), "reveal", arende, {"reason": reason}, of)
            found = queries.show_case(bridge, arende, kommun=of, reveal=True) or found
    if as_json:
        print_json(found)
    else:
        print_case(found)
    click.get_current_context().exit(NEEDS_PERSON if found.needs_person else DONE)


def print_case(view: CaseView) -> None:
    click.echo(f"Case {view.arende}, {view.kommun}")
    print_timeline(view)
    print_handbook(view.handbook)
    print_deviations(view.deviations)
    if view.pruned_at is not None:
        click.echo(f"Payloads were pruned {when(view.pruned_at)}: texts from before are not kept.")
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


for each in (show, hold, release):
    case.add_command(each)
