"""``bbic-bridge cancel``: what shall never be done."""

from pathlib import Path

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import print_json


@command("cancel", "Call off what shall never be done", prints_data=True)
@click.argument("delivery_id", metavar="ID")
@click.option("--reason", metavar="TEXT", required=True, help="Why; written to the audit log.")
@click.option("--dry-run", is_flag=True, help="Only list what would be cancelled.")
def cancel(
    *, config: Path | None, delivery_id: str, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Cancel a delivery for good, and with it those that need what it would have brought.

    They are listed first. What is already with the vendor cannot be cancelled.
    """
    from bbic_bridge.services import replay as service

    with opened(config) as bridge:
        listed = service.cancel(bridge, delivery_id, actor=actor(), reason=reason, dry_run=True)
        if not as_json:
            _list(delivery_id, listed)
        if not dry_run:
            listed = service.cancel(bridge, delivery_id, actor=actor(), reason=reason)
    if as_json:
        print_json({"cancelled": listed, "dry_run": dry_run})
    elif not dry_run:
        click.echo(f"{len(listed)} cancelled.")


def _list(delivery_id: str, listed: list[str]) -> None:
    click.echo(delivery_id)
    for dependent in listed:
        if dependent != delivery_id:
            click.echo(f"{dependent} (needs it)")
