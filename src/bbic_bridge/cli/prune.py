"""``bbic-bridge prune``: nothing is kept longer than it should be."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import WrongUse, whoever_listens
from bbic_bridge.cli.known import require_kommuner
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import print_ndjson, print_table

if TYPE_CHECKING:
    from bbic_bridge.services.retention import PrunedCase

COLUMNS = ("kommun", "case", "what", "counts")
NOTHING_KEPT_SHORT = "[retention] is not configured: everything is kept for ever."
GIVES_NOTHING_BACK = (
    "This file gives nothing back to the system: once, while nothing runs, "
    "`bbic-bridge prune --compact`."
)


@command("prune", "Take away what is kept no longer", role="admin", prints_data=True)
@click.option("--kommun", metavar="NAME", help="Only of this kommun.")
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
@click.option("--compact", is_flag=True, help="Then rewrite the database; nobody can write then.")
def prune(
    *, config: Path | None, kommun: str | None, dry_run: bool, compact: bool, as_json: bool
) -> None:
    """Take away what [retention] says is to be kept no longer, and give the space back.

    Payloads go when all of a case has been done for payload_days; rows of a case that has ended
    after row_days. Never what is unresolved, waits or is held (`case hold`), nor what an active
    case remembers. Where beat runs this happens by itself. It is safe to interrupt.
    """
    from bbic_bridge.services import retention

    if dry_run and compact:
        raise WrongUse("--dry-run changes nothing, --compact rewrites everything: choose one.")
    with opened(config) as bridge:
        require_kommuner(bridge, [kommun] if kommun else [])
        if not retention.is_configured(bridge):
            click.echo(NOTHING_KEPT_SHORT, err=True)
        found = retention.prune(bridge, actor=actor(), kommun=kommun, dry_run=dry_run)
        with whoever_listens():
            _tell(found, as_json=as_json)
        if not dry_run and not retention.reclaim(bridge, compact=compact):
            click.echo(GIVES_NOTHING_BACK, err=True)


def _tell(found: Iterable["PrunedCase"], *, as_json: bool) -> None:
    if as_json:
        print_ndjson(found)
        return
    totals: Counter[tuple[str, str, str]] = Counter()
    print_table(COLUMNS, _rows(found, totals))
    print_table(("kommun", "what", "table", "count"), ((*k, n) for k, n in sorted(totals.items())))


def _rows(
    found: Iterable["PrunedCase"], totals: Counter[tuple[str, str, str]]
) -> Iterator[tuple[object, ...]]:
    for one in found:
        counts = {table: count for table, count in one.counts.items() if count}
        totals.update({(one.kommun, one.tier, table): n for table, n in counts.items()})
        told = ", ".join(f"{count} {table}" for table, count in counts.items())
        yield one.kommun, one.arende, one.tier, told
