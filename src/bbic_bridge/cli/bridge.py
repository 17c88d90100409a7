"""The bridge as a command uses it: configured, opened, and closed in the end."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bbic_bridge.cli.configuration import configuration
from bbic_bridge.cli.instance import running
from bbic_bridge.cli.roles import holder

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge
    from bbic_bridge.settings import Settings


@contextmanager
def opened(config: Path | None) -> "Iterator[Bridge]":
    """The bridge on the configuration in force.

    A new file for the database is made ready at once, so that ``send`` works before ``up`` ever
    did. What holds data already, and a database server, is migrated only when told to.
    """
    from bbic_bridge import telemetry
    from bbic_bridge.bootstrap import bootstrap
    from bbic_bridge.services import upkeep

    telemetry.configure("ERROR")
    settings = with_embedded_broker(configuration(config).settings)
    version, _ = upkeep.schema_state(settings)
    if version is None and settings.sqlalchemy_url().startswith("sqlite"):
        upkeep.migrate(settings)
    bridge = bootstrap(settings)
    try:
        yield bridge
    finally:
        bridge.close()


def with_embedded_broker(settings: "Settings") -> "Settings":
    """Where ``up`` runs with its own broker, the same broker: workers are woken at once."""
    from pydantic import SecretStr

    if settings.broker_url.get_secret_value():
        return settings
    instance = running(settings.var)
    if instance is None:
        return settings
    return settings.model_copy(update={"broker_url": SecretStr(instance.broker_url)})


def actor() -> str:
    """Whose token it is, else the operating system's user, recorded as claimed."""
    if (named := holder()) is not None:
        return named
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"
