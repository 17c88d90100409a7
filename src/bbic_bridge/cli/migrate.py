"""``bbic-bridge migrate``: the database to the newest schema."""

from pathlib import Path

import click

from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.options import command


@command("migrate", "Bring the database to the newest schema", role="admin")
def migrate(*, config: Path | None) -> None:
    """Bring the database to the newest schema; it is safe to run again."""
    from bbic_bridge.services import upkeep

    version = upkeep.migrate(configuration(config).settings)
    click.echo(f"The database has schema {version}.")
