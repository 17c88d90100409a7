"""``bbic-bridge up``: everything on this machine, in one process tree."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli import embedded, files, parts
from bbic_bridge.cli.checks import require_sound_secrets
from bbic_bridge.cli.configuration import Configuration, configuration
from bbic_bridge.cli.instance import Lock, only_instance
from bbic_bridge.cli.options import HOST, command, port_option

if TYPE_CHECKING:
    from bbic_bridge.cli.supervisor import Death
    from bbic_bridge.cli.tree import Plan


@command("up", "Run the whole bridge on this machine", role=None)
@port_option("--port", 8800, "Where the bridge listens.")
@HOST
@click.option("--sandbox", "with_sandbox", is_flag=True, help="Run both vendor systems too.")
@port_option("--sandbox-port", files.SANDBOX_PORT, "Where the sandbox listens.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    default=1,
    show_default=True,
    help="How many worker processes.",
)
def up(
    *,
    config: Path | None,
    port: int,
    host: str,
    with_sandbox: bool,
    sandbox_port: int,
    workers: int,
) -> None:
    """Run the whole bridge on this machine until Ctrl-C.

    Receivers, worker and scheduler over an embedded database and broker: nothing needs to be
    installed or configured. One line with the address is printed when it is ready.
    """
    from bbic_bridge import telemetry
    from bbic_bridge.cli.tree import Plan

    telemetry.take_over("WARNING")
    found = configuration(config, sandbox_port=sandbox_port if with_sandbox else None)
    var, named = found.settings.var, found.settings.broker_url.get_secret_value()
    with ExitStack() as held:
        lock = held.enter_context(only_instance(var))
        place = None if named else held.enter_context(embedded.socket_place(var))
        plan = Plan(found, host, port, sandbox_port if with_sandbox else None, workers, place)
        _require_free_ports(plan)
        _prepare(found)
        _tell_of_idle_sandbox(plan)
        _run(plan, lock)


def _require_free_ports(plan: "Plan") -> None:
    parts.require_free(plan.host, plan.port, "--port")
    if plan.sandbox_port:
        parts.require_free(plan.host, plan.sandbox_port, "--sandbox-port")


def _prepare(found: Configuration) -> None:
    """Migrates, and builds the bridge once, so that a wrong setting shows here and at once."""
    from bbic_bridge.bootstrap import bootstrap, no_wake
    from bbic_bridge.services import upkeep

    require_sound_secrets(found.settings)
    upkeep.migrate(found.settings)
    bootstrap(found.settings, wake=no_wake).close()


def _tell_of_idle_sandbox(plan: "Plan") -> None:
    from bbic_bridge import telemetry

    kommuner = plan.configuration.settings.kommun.values()
    address = plan.sandbox_address
    if address and not any(kommun.write_url.startswith(address) for kommun in kommuner):
        telemetry.get_logger().warning("sandbox_idle")


def _run(plan: "Plan", lock: Lock) -> None:
    from bbic_bridge.cli import tree

    def ready() -> None:
        lock.tell(plan.address, plan.sandbox_address, plan.broker_url)
        beside = f", sandbox at {plan.sandbox_address}" if plan.sandbox_port else ""
        click.echo(f"bbic-bridge is ready at {plan.address}{beside}")

    asyncio.run(tree.run(plan, ready=ready, report=_tell_of))


def _tell_of(death: "Death") -> None:
    from bbic_bridge import telemetry

    log = telemetry.get_logger()
    if death.killed:
        log.warning("part_killed", process=death.part)
    else:
        log.warning("part_ended", process=death.part, status=death.ending)
