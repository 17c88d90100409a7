"""``bbic-bridge recover``: after the database was put back from a backup."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, Refused, WrongUse, whoever_listens
from bbic_bridge.cli.filters import moment
from bbic_bridge.cli.options import REASON, command
from bbic_bridge.cli.output import clean, print_json, print_table, when
from bbic_bridge.cli.parked import told

if TYPE_CHECKING:
    from bbic_bridge.services.recovery import Recovery

COLUMNS = ("source", "last event", "its time", "received")


@command("recover", "Make a restored database whole", role="admin", prints_data=True)
@click.option("--since", callback=moment, metavar="TIME", help="When the backup was taken.")
@click.option("--resume", is_flag=True, help="All has been sent again: let sending go on.")
@REASON
def recover(
    *, config: Path | None, since: datetime | None, resume: bool, reason: str, as_json: bool
) -> None:
    """After the database was put back from a backup, before anything else is started.

    --since stops all sending, lets everything open be looked for at the vendors before it is sent,
    fetches their changes, and names what each source must send again. Intake goes on: let them
    send it. Then --resume. Ends with exit code 1 as long as that remains to be done.
    """
    from bbic_bridge.services import recovery

    if (since is None) != resume:
        raise WrongUse("Give either --since TIME, or --resume when all has been sent again.")
    with opened(config) as bridge:
        if since is None:
            if not recovery.resume(bridge, actor=actor(), reason=reason):
                raise Refused("No recovery is under way; sending is not stopped.")
            with whoever_listens():
                _say_resumed(as_json=as_json)
            click.get_current_context().exit(DONE)
        found = recovery.recover(bridge, since, actor=actor(), reason=reason)
    with whoever_listens():
        if as_json:
            print_json(found)
        else:
            _tell(found)
    click.get_current_context().exit(NEEDS_PERSON)


def _say_resumed(*, as_json: bool) -> None:
    if as_json:
        print_json({"resumed": True})
    else:
        click.echo("Sending goes on. What comes late from before is still looked for first.")


def _tell(found: "Recovery") -> None:
    click.echo(f"Sending is stopped. {found.unsure} open deliveries will be looked for first.")
    for report in found.sync:
        click.echo(f"{report.kommun}: {report.read} changes read, {report.held} held back")
        for problem in report.problems:
            click.echo(f"  {clean(told(problem))}")
    click.echo(f"Let every source send again all since {when(found.since)}; twice does no harm:")
    rows = [(one.source, one.event_id, one.time, one.received_at) for one in found.sources]
    print_table(COLUMNS, rows)
    click.echo(
        f"Who polls the feed goes on from its own cursor; {found.feed_cursor} is the last that "
        "this database knows."
    )
    click.echo("What people did since then (cancel, skip, edits, holds) must be done again.")
    click.echo("Then: bbic-bridge recover --resume")
