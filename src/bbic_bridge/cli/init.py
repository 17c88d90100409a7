"""``bbic-bridge init``: a configuration to begin with."""

from pathlib import Path

import click

from bbic_bridge.cli import files
from bbic_bridge.cli.options import command


@command("init", "Write a configuration to begin with", configured=False)
@click.option("--with-sandbox", is_flag=True, help="Add two kommuner pointed at the sandbox.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init(*, folder: Path, with_sandbox: bool) -> None:
    """Write a commented bridge.toml and fresh secrets into DIR (this folder if not named).

    Nothing that is there already is overwritten.
    """
    written = files.write_configuration(folder, files.Sandbox() if with_sandbox else None)
    for path in written:
        click.echo(f"wrote {path}")
    click.echo("Keep a copy of secrets/master_key and secrets/index_key in a safe place.")
    then = "bbic-bridge up --sandbox" if with_sandbox else "edit bridge.toml, bbic-bridge doctor"
    click.echo(f"Next, in {folder.absolute()}: {then}")
