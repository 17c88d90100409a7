"""``bbic-bridge init``: a configuration to begin with."""

import os
import shlex
from pathlib import Path

import click

from bbic_bridge.cli import files
from bbic_bridge.cli.configuration import CONFIG_VARIABLE
from bbic_bridge.cli.demo.cases import examples
from bbic_bridge.cli.options import command


@command("init", "Write a configuration to begin with", role=None, configured=False)
@click.option("--with-sandbox", is_flag=True, help="Add two kommuner pointed at the sandbox.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init(*, folder: Path, with_sandbox: bool) -> None:
    """Write a commented bridge.toml and fresh secrets into DIR (this folder if not named).

    Nothing that is there already is overwritten.
    """
    written = files.write_configuration(folder, files.Sandbox() if with_sandbox else None)
    for path in written:
        click.echo(f"wrote {path}")
    for line in next_steps(folder, with_sandbox=with_sandbox):
        click.echo(line)


def next_steps(folder: Path, *, with_sandbox: bool) -> tuple[str, ...]:
    """What to do now. The commands can be pasted as they stand, in the folder one is in."""
    config = folder / "bridge.toml"
    is_found = folder == Path() and CONFIG_VARIABLE not in os.environ
    named = "" if is_found else f" --config {shlex.quote(str(config))}"
    events = shlex.quote(str(examples() / "kontaktfamilj_malmo.ndjson"))
    todo = "" if with_sandbox else " Add your kommuner to it."
    return (
        f"Configuration: {config}.{todo} Keep a copy of its master_key and index_key elsewhere.",
        f"Start it:      bbic-bridge up{' --sandbox' if with_sandbox else ''}{named}",
        f"Send events:   bbic-bridge send{named} {events if with_sandbox else 'FILE'}",
    )
