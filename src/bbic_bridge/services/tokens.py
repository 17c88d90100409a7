"""Bearer tokens that are made, listed and revoked while the bridge runs. Every act is audited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bbic_bridge.delivery.errors import BridgeError, ConfigurationError
from bbic_bridge.security.tokens import Bearer, Role, Use, digest_of, new_token
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.settings import Settings, Token
from bbic_bridge.store.times import micros, moment
from bbic_bridge.store.tokens import add_token, all_tokens, revoke_token, valid_tokens
from bbic_bridge.store.tx import Tx


class TokenRefused(BridgeError):
    """A token cannot be made or revoked as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """One token, without what is secret of it. ``source``: ``configuration`` or ``command``."""

    name: str
    role: Role
    use: Use
    kommuner: tuple[str, ...]
    source: Literal["configuration", "command"]
    state: Literal["valid", "expired", "revoked"]
    created_at: datetime | None
    expires: datetime | None
    revoked_at: datetime | None


def add(
    bridge: Bridge,
    name: str,
    *,
    role: Role,
    use: Use,
    kommuner: tuple[str, ...],
    expires: datetime | None,
    actor: str,
    reason: str = "",
) -> str:
    """Makes a token and returns it: the only time that it can be seen.

    Raises:
        TokenRefused: the name is taken, also by a revoked token, or it would expire at once.
    """
    if name in bridge.settings.token:
        raise TokenRefused(f"the configuration has a token {name}: choose another name")
    if expires is not None and expires <= bridge.clock():
        raise TokenRefused("it would have expired already")
    token = new_token()
    values = {"name": name, "role": role, "use": use, "kommuner": list(kommuner)}
    until = None if expires is None else expires.isoformat()

    def job(tx: Tx) -> bool:
        expires_at = None if expires is None else micros(expires)
        if not add_token(tx, {**values, "digest": digest_of(token), "expires_at": expires_at}):
            return False
        details = {**values, "expires": until, "reason": reason}
        note(tx, actor, "token_add", name, BRIDGE, details)
        return True

    if not bridge.store.write(job):
        raise TokenRefused(f"there is, or was, a token {name}: choose another name")
    return token


def revoke(bridge: Bridge, name: str, *, actor: str, reason: str = "") -> None:
    """Ends a token for good; the next request that shows it is refused.

    Raises:
        TokenRefused: there is none to revoke.
    """
    if name in bridge.settings.token:
        raise TokenRefused(f"{name} is a token of the configuration: take it out there")

    def job(tx: Tx) -> bool:
        if not revoke_token(tx, name):
            return False
        note(tx, actor, "token_revoke", name, BRIDGE, {"reason": reason})
        return True

    if not bridge.store.write(job):
        raise TokenRefused(f"there is no token {name} that is not revoked")


def configured(settings: Settings) -> tuple[Bearer, ...]:
    """Who holds a token of the configuration. Raises ``ConfigurationError`` for a malformed one."""
    return tuple(_configured(name, it) for name, it in settings.token.items())


def bearers(bridge: Bridge) -> tuple[Bearer, ...]:
    """Who holds a token that is not revoked, asked anew each time."""
    with bridge.store.read() as tx:
        return tuple(
            Bearer(
                row.name, row.role, tuple(row.kommuner), row.digest, row.use, _at(row.expires_at)
            )
            for row in valid_tokens(tx)
        )


def listed(bridge: Bridge) -> list[TokenView]:
    """All tokens: those of the configuration first, then those made by command, by name."""
    now = bridge.clock()
    configured = [
        TokenView(
            name=name,
            role=it.role,
            use=it.use,
            kommuner=it.kommuner,
            source="configuration",
            state=_state(it.ends, None, now),
            created_at=None,
            expires=it.ends,
            revoked_at=None,
        )
        for name, it in sorted(bridge.settings.token.items())
    ]
    with bridge.store.read() as tx:
        return configured + [_made(row, now) for row in all_tokens(tx)]


def _configured(name: str, it: Token) -> Bearer:
    token = it.token.get_secret_value()
    try:
        return Bearer.of(name, token, it.role, it.kommuner, use=it.use, expires=it.ends)
    except ValueError as error:
        raise ConfigurationError(f"token {name}: {error}") from None


def _made(row: Any, now: datetime) -> TokenView:
    expires, revoked_at = _at(row.expires_at), _at(row.revoked_at)
    return TokenView(
        name=row.name,
        role=row.role,
        use=row.use,
        kommuner=tuple(row.kommuner),
        source="command",
        state=_state(expires, revoked_at, now),
        created_at=moment(row.created_at),
        expires=expires,
        revoked_at=revoked_at,
    )


def _state(
    expires: datetime | None, revoked_at: datetime | None, now: datetime
) -> Literal["valid", "expired", "revoked"]:
    if revoked_at is not None:
        return "revoked"
    return "expired" if expires is not None and expires <= now else "valid"


def _at(at: int | None) -> datetime | None:
    return None if at is None else moment(at)
