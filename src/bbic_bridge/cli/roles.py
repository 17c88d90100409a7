"""Who may do what on the command line: the role that a command needs, and the token that has it.

A token bounds the command that it is given to. Without one a command may do all that the account
may, unless the configuration makes a token compulsory. Whoever can read the master key and reach
the database can go round this: docs/security says what that means.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.delivery.errors import ConfigurationError

if TYPE_CHECKING:
    from bbic_bridge.security.tokens import Bearer, Role
    from bbic_bridge.settings import Settings

TOKEN = "BBIC_TOKEN"  # noqa: S105 (the name of a variable)
TOKEN_FILE = "BBIC_TOKEN_FILE"  # noqa: S105 (the name of a variable)
HOLDER = f"{__name__}.holder"
"""Where a run keeps whose token it was given."""
NO_TOKEN = f"A token is compulsory here: name its file in {TOKEN_FILE}, or give it in {TOKEN}."
REFUSED = {
    "token_invalid": "The token that was given is not valid.",
    "token_expired": "The token that was given has expired.",
}


class RoleCommand(click.Command):
    """A command that knows which role it needs.

    Args:
        role: None where it needs none: it opens no bridge, or is a part of the bridge itself.
        instead: the role that it needs in place of that where an option, by its name, is given.
    """

    def __init__(
        self,
        *args: Any,
        role: "Role | None",
        instead: "Mapping[str, Role | None]",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        self.instead = instead
        self.epilog = self._told()

    def needed(self, given: Mapping[str, Any]) -> "Role | None":
        """The role that these arguments need."""
        return next((role for name, role in self.instead.items() if given.get(name)), self.role)

    def invoke(self, ctx: click.Context) -> Any:
        role = self.needed(ctx.params)
        if role is not None:
            _require(ctx, role)
        return super().invoke(ctx)

    def _told(self) -> str:
        options = {param.name: param.opts[0] for param in self.params}
        others = (
            f", with {options[name]}: {role or 'none'}" for name, role in self.instead.items()
        )
        return f"Role needed: {self.role or 'none'}{''.join(others)}."


def holder() -> str | None:
    """What the audit log calls whoever gave this run a token; None where nobody did."""
    ctx = click.get_current_context(silent=True)
    return None if ctx is None else ctx.meta.get(HOLDER)


def _require(ctx: click.Context, role: "Role") -> None:
    """Holds the token that was given, if any, against the role.

    Raises:
        WrongUse: it is not valid or its role too small; or none was given where one is compulsory.
    """
    from bbic_bridge.cli.configuration import configuration

    token = _given()
    try:
        settings = configuration(ctx.params.get("config")).settings
    except ConfigurationError:
        return  # nothing can be opened: the command says so itself
    if token is None:
        if settings.cli.token_required:
            raise WrongUse(NO_TOKEN)
        return
    bearer = _whose(settings, token)
    if bearer.use != "operator":
        raise WrongUse(f"The token {bearer.name} is for the feed of events over HTTP alone.")
    if not bearer.is_for_all:
        raise WrongUse(
            f"The token {bearer.name} is for {', '.join(bearer.kommuner)} only: "
            "the command line takes tokens for all kommuner (*)."
        )
    if not bearer.may(role):
        raise WrongUse(f"This needs the role {role}; the token {bearer.name} has {bearer.role}.")
    ctx.meta[HOLDER] = bearer.actor


def _given() -> str | None:
    token, file = os.environ.get(TOKEN), os.environ.get(TOKEN_FILE)
    if token is not None and file is not None:
        raise WrongUse(f"Give one of {TOKEN} and {TOKEN_FILE}.")
    if file is None:
        return token
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise WrongUse(f"{TOKEN_FILE}: {file} cannot be read.") from None


def _whose(settings: "Settings", token: str) -> "Bearer":
    """The configuration's tokens are known without the database, which may be new or away."""
    from bbic_bridge.bootstrap import bootstrap, no_wake, utc_now
    from bbic_bridge.security.tokens import BadToken, authenticate, shown_in
    from bbic_bridge.services import tokens, upkeep

    try:
        shown, known = shown_in(f"Bearer {token}"), tokens.configured(settings)
        try:
            return authenticate(shown, known, utc_now())
        except BadToken as error:
            version, _ = upkeep.schema_state(settings)
            if error.code != "token_invalid" or version is None:
                raise
        bridge = bootstrap(settings, wake=no_wake)
        try:
            return authenticate(shown, tokens.bearers(bridge), utc_now())
        finally:
            bridge.close()
    except BadToken as error:
        raise WrongUse(REFUSED[error.code]) from None
