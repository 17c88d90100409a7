"""``bbic-bridge skip``: what was done outside the bridge."""

from pathlib import Path

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.cancel import refusals_told
from bbic_bridge.cli.exits import whoever_listens
from bbic_bridge.cli.options import REASON_DEMANDED, command
from bbic_bridge.cli.output import print_json
from bbic_bridge.services.views.replays import Skipped


@command("skip", "Let be what was done outside the bridge", role="operate", prints_data=True)
@click.argument("delivery_id", metavar="ID")
@REASON_DEMANDED
@click.option(
    "--assume-done",
    is_flag=True,
    help="What waits for it goes at once, on your word; else when the vendor shows it.",
)
@click.option("--dry-run", is_flag=True, help="Only list what waits behind it.")
def skip(
    *,
    config: Path | None,
    delivery_id: str,
    reason: str,
    assume_done: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Skip a delivery: somebody has done it in the vendor system.

    What waits for it is listed. What cannot be skipped is told, and the exit code is 1.
    """
    from bbic_bridge.services.calling_off import skip as act

    with opened(config) as bridge, refusals_told():
        skipped = act(
            bridge,
            delivery_id,
            actor=actor(),
            reason=reason,
            assume_done=assume_done,
            dry_run=dry_run,
        )
    with whoever_listens():
        if as_json:
            print_json(skipped)
        else:
            _tell(skipped, dry_run=dry_run)


def _tell(skipped: Skipped, *, dry_run: bool) -> None:
    click.echo(f"{skipped.id} {'would be' if dry_run else 'is'} skipped.")
    for one in skipped.waits:
        goes = (
            "goes now" if one in skipped.released else "waits until the vendor shows what it needs"
        )
        click.echo(f"{one} ({'waits behind it' if dry_run else goes})")
