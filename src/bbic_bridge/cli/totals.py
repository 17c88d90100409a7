"""``bbic-bridge totals``: how many events were accepted of a day, for the sender to compare."""

from datetime import datetime
from pathlib import Path

import click

from bbic_bridge.cli.bridge import opened
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import print_ndjson, print_table

COLUMNS = ("day", "source", "kommun", "events", "digest")


@command(
    "totals",
    "Count what was accepted, to compare with what was sent",
    role="read",
    prints_data=True,
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The Stockholm date of the events' own time (else today).",
)
@click.option("--source", metavar="SOURCE", help="Only of this CloudEvents source.")
def totals(*, config: Path | None, day: datetime | None, source: str | None, as_json: bool) -> None:
    """Show per source and kommun how many events of a day were accepted, and a digest of their ids.

    A sender that counts the same, and sums SHA-256 over its ids to the same digest, has lost
    nothing on the way here. An event that comes late changes the total of its own day.
    """
    from bbic_bridge.services.totals import totals as totals_of

    with opened(config) as bridge:
        found = totals_of(bridge, day.date() if day else None, source)
    if as_json:
        print_ndjson(found)
    else:
        rows = ((one.day, one.source, one.kommun, one.count, one.digest) for one in found)
        print_table(COLUMNS, rows, keep=("digest",))
