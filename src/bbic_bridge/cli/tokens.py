"""``bbic-bridge tokens add|list|revoke``: who may ask over HTTP."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.filters import moment
from bbic_bridge.cli.known import require_kommuner
from bbic_bridge.cli.options import REASON, REASON_DEMANDED, command, group
from bbic_bridge.cli.output import print_json, print_ndjson, print_table, when

if TYPE_CHECKING:
    from bbic_bridge.security.tokens import Role
    from bbic_bridge.services.tokens import TokenView

COLUMNS = ("name", "state", "role", "use", "kommuner", "from", "made", "expires", "revoked")
EVERY = "*"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@group("tokens", "Make, list and revoke tokens for HTTP")
def tokens() -> None:
    """Manage the bearer tokens of operators' tools and of a workflow that polls."""


def _name(_ctx: click.Context, _param: click.Parameter, text: str) -> str:
    """It is stored and logged in the clear, as the actor of what its holder does."""
    if not NAME.fullmatch(text):
        raise click.BadParameter(
            "a name is 1 to 64 of A-Z a-z 0-9 . _ - and begins with one of A-Z a-z 0-9"
        )
    return text


def _to_come(
    ctx: click.Context | None, param: click.Parameter | None, text: str | None
) -> datetime | None:
    """A point in time that has not passed."""
    at = moment(ctx, param, text)
    if at is not None and at <= datetime.now(UTC):
        told = f"{text} has passed: the token would have expired already"
        raise click.BadParameter(told, ctx, param)
    return at


@command("add", "Make a token; it is shown once", role="admin", prints_data=True)
@click.argument("name", callback=_name)
@click.option(
    "--role",
    type=click.Choice(["read", "operate", "admin"]),
    default="read",
    show_default=True,
    help="What its holder may do: each role holds the ones before it.",
)
@click.option(
    "--kommun",
    "kommuner",
    metavar="NAME",
    multiple=True,
    required=True,
    help="Which kommuner it sees (repeatable); * is all.",
)
@click.option("--feed", is_flag=True, help="For a workflow that polls: GET /v1/events, unmasked.")
@click.option(
    "--expires",
    callback=_to_come,
    metavar="TIME",
    help="From when it is no longer valid: a date or a time. Without it, until it is revoked.",
)
@REASON
def add(
    *,
    config: Path | None,
    name: str,
    role: "Role",
    kommuner: tuple[str, ...],
    feed: bool,
    expires: datetime | None,
    reason: str,
    as_json: bool,
) -> None:
    """Make a token and print it. It cannot be shown again: only a hash of it is kept.

    It is valid at once, without a restart.
    """
    if feed and role != "read":
        raise WrongUse("A token for the feed reads: --feed goes with --role read.")
    from bbic_bridge.services import tokens as service

    with opened(config) as bridge:
        require_kommuner(bridge, [kommun for kommun in kommuner if kommun != EVERY])
        token = service.add(
            bridge,
            name,
            role=role,
            use="feed" if feed else "operator",
            kommuner=kommuner,
            expires=expires,
            actor=actor(),
            reason=reason,
        )
    if as_json:
        print_json({"name": name, "token": token})
    else:
        click.echo(token)
        click.echo("Keep it now: it is not shown again.", err=True)


@command("list", "List tokens", role="admin", prints_data=True)
def list_(*, config: Path | None, as_json: bool) -> None:
    """List the tokens of the configuration and those made by command: all but what is secret."""
    from bbic_bridge.services import tokens as service

    with opened(config) as bridge:
        found = service.listed(bridge)
    if as_json:
        print_ndjson(found)
        return
    print_table(COLUMNS, map(_row, found))


@command("revoke", "End a token for good", role="admin")
@click.argument("name")
@REASON_DEMANDED
def revoke(*, config: Path | None, name: str, reason: str) -> None:
    """End a token: the next request that shows it is refused, without a restart."""
    from bbic_bridge.services import tokens as service

    with opened(config) as bridge:
        service.revoke(bridge, name, actor=actor(), reason=reason)
    click.echo(f"{name} is revoked.")


def _row(one: "TokenView") -> tuple[object, ...]:
    what = (one.name, one.state, one.role, one.use, ", ".join(one.kommuner), one.source)
    return (*what, when(one.created_at), when(one.expires), when(one.revoked_at))


for each in (add, list_, revoke):
    tokens.add_command(each)
