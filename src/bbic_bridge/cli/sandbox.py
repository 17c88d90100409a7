"""``bbic-bridge sandbox``: both vendor systems, over real HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli import files, parts
from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.options import HOST, command, port_option

if TYPE_CHECKING:
    from bbic_bridge.sandbox.config import SandboxConfig
    from bbic_bridge.settings import Settings

STATE = "sandbox.ndjson"


@command("sandbox", "Run both vendor systems, to try things out", role=None)
@port_option("--port", files.SANDBOX_PORT, "Where to listen.")
@HOST
@click.option(
    "--bridge",
    metavar="URL",
    default="http://127.0.0.1:8800",
    show_default=True,
    help="The bridge that is told of changes.",
)
def sandbox(*, config: Path | None, port: int, host: str, bridge: str) -> None:
    """Run both vendor systems for trying things out, with invented people only.

    What happens in them is kept in var/sandbox.ndjson: they go on where they were when they are
    started again. Remove that file to begin anew.
    """
    found = configuration(config)
    parts.require_free(host, port, "--port")
    from bbic_bridge import telemetry
    from bbic_bridge.sandbox import HistoryUnusable, serve

    telemetry.take_over()
    files.make_private(found.settings.var)
    try:
        serve(sandbox_config(found.settings, host, port, bridge))
    except HistoryUnusable as error:
        raise WrongUse(f"{error}.") from error


def sandbox_config(settings: "Settings", host: str, port: int, bridge: str) -> "SandboxConfig":
    """The sandbox knows the same secrets as the bridge that it plays vendor for."""
    from bbic_bridge.sandbox.config import SandboxConfig

    webhooks = {
        name: kommun.webhook_secrets[0].get_secret_value()
        for name, kommun in settings.kommun.items()
        if kommun.webhook_secrets
    }
    callback = settings.callback.secret.get_secret_value() if settings.callback else ""
    return SandboxConfig(
        host=host,
        port=port,
        webhooks_to=bridge,
        webhook_secrets=webhooks,
        callback_secret=callback,
        state=settings.var / STATE,
    )
