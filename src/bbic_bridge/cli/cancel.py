"""``bbic-bridge cancel``: what shall never be done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import Refused, whoever_listens
from bbic_bridge.cli.options import REASON_DEMANDED, command
from bbic_bridge.cli.output import print_json


@command("cancel", "Call off what shall never be done", role="operate", prints_data=True)
@click.argument("delivery_id", metavar="ID")
@REASON_DEMANDED
@click.option("--dry-run", is_flag=True, help="Only list what would be cancelled.")
def cancel(
    *, config: Path | None, delivery_id: str, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Cancel a delivery for good, and with it those that need what it would have brought.

    They are listed first. What is already with the vendor cannot be cancelled: that is told, and
    the exit code is 1.
    """
    from bbic_bridge.services import calling_off

    def act(*, dry_run: bool) -> list[str]:
        return calling_off.cancel(
            bridge, delivery_id, actor=actor(), reason=reason, dry_run=dry_run
        )

    with opened(config) as bridge, refusals_told():
        listed = act(dry_run=True)
        if not as_json:
            with whoever_listens():
                if dry_run:
                    click.echo("Would be cancelled:")
                _list(listed)
        if not dry_run:
            listed = act(dry_run=False)
    with whoever_listens():
        if as_json:
            print_json({"cancelled": listed, "dry_run": dry_run})
        elif not dry_run:
            click.echo(f"{len(listed)} cancelled.")


@contextmanager
def refusals_told() -> Iterator[None]:
    """What cannot be done as things stand is told as that, not as wrong use."""
    from bbic_bridge.services.acts import NoDelivery, NotPossible

    try:
        yield
    except NoDelivery:
        raise
    except NotPossible as error:
        raise Refused(str(error)) from None


def _list(listed: list[str]) -> None:
    first, *dependents = listed
    click.echo(first)
    for dependent in dependents:
        click.echo(f"{dependent} (needs it)")
