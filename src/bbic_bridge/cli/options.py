"""The options that every command takes, so that each reads the same everywhere."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from bbic_bridge.cli.roles import RoleCommand
from bbic_bridge.security.tokens import Role

Command = Callable[[Callable[..., Any]], click.Command]

FILE = click.Path(path_type=Path, dir_okay=False)


def _nearest(ctx: click.Context, _: click.Parameter, given: Path | None) -> Path | None:
    """The file named at this command, else the one named before it (``case --config F show``)."""
    if given is not None:
        ctx.meta[__name__] = given
    named: Path | None = ctx.meta.get(__name__)
    return named


CONFIG = click.option(
    "--config",
    type=FILE,
    metavar="FILE",
    callback=_nearest,
    help="The configuration (else BBIC_CONFIG, else ./bridge.toml, else built-in defaults).",
)
CONFIG_BEFORE = click.option(
    "--config", type=FILE, callback=_nearest, expose_value=False, hidden=True
)
DEBUG = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show the whole trace of a fault."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def _no_blank(_ctx: click.Context, _param: click.Parameter, text: str) -> str:
    if not text.strip():
        raise click.BadParameter("say why: it is written to the audit log")
    return text


REASON = click.option("--reason", metavar="TEXT", default="", help="Why; written to the audit log.")
REASON_DEMANDED = click.option(
    "--reason",
    metavar="TEXT",
    required=True,
    callback=_no_blank,
    help="Why; written to the audit log.",
)


def command(
    name: str,
    short: str,
    *,
    role: Role | None,
    instead: Mapping[str, Role | None] = MappingProxyType({}),
    prints_data: bool = False,
    configured: bool = True,
) -> Command:
    """A command with --config and --debug, and --json where it prints data.

    Args:
        short: the line that stands for it in a list of commands.
        role: which a token must have for it, see ``RoleCommand``; and ``instead`` of that, where
            an option is given.
        configured: False for a command that needs no configuration: it takes --config, as every
            command does, and has no use for it.
    """
    options = [DEBUG, CONFIG if configured else CONFIG_BEFORE]
    if prints_data:
        options.append(AS_JSON)

    def decorate(function: Callable[..., Any]) -> click.Command:
        for option in options:
            function = option(function)
        return click.command(
            name,
            RoleCommand,
            short_help=short,
            context_settings={"max_content_width": 100},
            role=role,
            instead=instead,
        )(function)

    return decorate


def group(name: str, short: str) -> Callable[[Callable[..., Any]], click.Group]:
    """Commands that belong together; --config may stand before or after the inner name."""

    def decorate(function: Callable[..., Any]) -> click.Group:
        return click.group(name, short_help=short)(DEBUG(CONFIG_BEFORE(function)))

    return decorate


HOST = click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on.",
)


def port_option(name: str, default: int, text: str) -> Callable[..., Any]:
    """A TCP port."""
    return click.option(
        name,
        type=click.IntRange(1, 65535),
        metavar="PORT",
        default=default,
        show_default=True,
        help=text,
    )
