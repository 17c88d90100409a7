"""``serve``, ``worker``, ``beat``: the three parts one by one, for a real installation.

Each becomes the server itself (exec), so that a service manager's signals reach it.
"""

import os
from pathlib import Path
from typing import NoReturn

import click

from bbic_bridge.cli import embedded, parts
from bbic_bridge.cli.configuration import Configuration, configuration
from bbic_bridge.cli.exits import Unreachable
from bbic_bridge.cli.files import make_private
from bbic_bridge.cli.options import HOST, command, port_option
from bbic_bridge.delivery.errors import ConfigurationError

STDOUT = 1


@command("serve", "Run the receivers alone", role=None)
@port_option("--port", 8800, "Where to listen.")
@HOST
def serve(*, config: Path | None, port: int, host: str) -> None:
    """Run the receivers: events and vendors' messages in, over HTTP."""
    found = _with_broker(config)
    parts.require_free(host, port, "--port")
    _become(found, parts.receivers(host, port, found.settings.worker.drain_s))


@command("worker", "Run one worker alone", role=None)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Deliveries sent at once by each process, instead of the setting worker.concurrency.",
)
@click.option(
    "--pool",
    type=click.Choice(["threads", "prefork"]),
    default="threads",
    show_default=True,
    help="One process, or several (see --processes).",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    metavar="N",
    default=2,
    show_default=True,
    help="How many, with --pool prefork.",
)
@click.option(
    "--name",
    metavar="NAME",
    default="worker",
    show_default=True,
    help="Unique among a host's workers.",
)
def worker(
    *, config: Path | None, concurrency: int | None, pool: str, processes: int, name: str
) -> None:
    """Run a worker: it delivers to the vendor systems and reads back."""
    found = _with_broker(config)
    _require_broker(found)
    lanes = {"BBIC_WORKER__CONCURRENCY": str(concurrency)} if concurrency else {}
    _become(found, parts.worker(name, processes if pool == "prefork" else None), **lanes)


@command("beat", "Run the scheduler alone", role=None)
def beat(*, config: Path | None) -> None:
    """Run the scheduler: sweeps, fetching of changes, time limits. One per installation."""
    found = _with_broker(config)
    _require_broker(found)
    make_private(found.settings.var)
    _become(found, parts.beat(found.settings.var.absolute() / "beat-schedule"))


def _with_broker(config: Path | None) -> Configuration:
    found = configuration(config)
    if not found.settings.broker_url.get_secret_value():
        raise ConfigurationError(
            "no broker address: set broker_url (or BBIC_BROKER_URL) to your Redis. "
            "On one machine `bbic-bridge up` needs none."
        )
    return found


def _require_broker(found: Configuration) -> None:
    if not embedded.reached(found.settings.broker_url.get_secret_value()):
        raise Unreachable("The broker (broker_url) does not answer.")


def _become(found: Configuration, program: tuple[str, ...], **more: str) -> NoReturn:
    """What the servers log goes to stderr; Celery's farewell and the like, on stdout, to nobody."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
    os.execve(program[0], program, found.environment(**more))  # noqa: S606 (no shell is wanted)
