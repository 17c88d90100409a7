"""Who may speak here: signing secrets bound to what they may say, tokens to what they may see."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pydantic import SecretStr

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.receivers.problems import Refusal, refusal
from bbic_bridge.receivers.rate import Caller, Pace, Rates
from bbic_bridge.security.signatures import BadSignature, Secret, Verified, verify
from bbic_bridge.security.tokens import BadToken, Bearer, Role, Use, authenticate
from bbic_bridge.services.tokens import configured
from bbic_bridge.services.views.accepting import Grant
from bbic_bridge.settings import Settings

RawHeaders = Iterable[tuple[bytes, bytes]]
Clock = Callable[[], datetime]
Uses = frozenset[Use]


@dataclass(frozen=True, slots=True)
class Access:
    """Everyone the configuration knows, and the clock that signatures are held against."""

    workflows: tuple[Secret, ...]
    grants: Mapping[str, Grant]
    vendors: Mapping[tuple[str, str], tuple[Secret, ...]]
    bearers: tuple[Bearer, ...]
    tolerance_s: float
    clock: Clock
    rates: Rates

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Self:
        """Reads what the settings say of secrets and tokens.

        Raises:
            ConfigurationError: for a malformed one, and for a secret that stands in two places:
                it could not tell its direction, or whose it is.
        """
        workflows = {name: _secrets(name, it.secrets) for name, it in settings.source.items()}
        vendors: dict[tuple[str, str], tuple[Secret, ...]] = {
            (it.system, name): _secrets(name, it.webhook_secrets)
            for name, it in settings.kommun.items()
        }
        callback = _secrets("callback", [settings.callback.secret] if settings.callback else [])
        _refuse_shared([*workflows.values(), *vendors.values(), callback])
        return cls(
            workflows=tuple(secret for ring in workflows.values() for secret in ring),
            grants={name: Grant(it.sources, it.kommuner) for name, it in settings.source.items()},
            vendors=vendors,
            bearers=configured(settings),
            tolerance_s=settings.limits.timestamp_tolerance_s,
            clock=clock,
            rates=Rates(dict(_paces(settings)), clock),
        )

    def workflow(self, headers: RawHeaders, body: bytes) -> Grant:
        """What the signer of an event may speak for.

        Raises:
            Refusal: 401; 429 where this signer calls more often than it may.
        """
        name = self._verify(headers, body, self.workflows).name
        self._count(("source", name))
        return self.grants[name]

    def vendor(self, system: str, kommun: str, headers: RawHeaders, body: bytes) -> str:
        """The ``webhook-id`` of a kommun's system.

        Raises:
            Refusal: 401; 404 if there is none, after the same work as a 401; 429 where it calls
                more often than it may.
        """
        known = self.vendors.get((system, kommun))
        try:
            verified = self._verify(headers, body, (_DECOY,) if known is None else known)
        except Refusal:
            if known is None:
                raise refusal(404, "kommun_unknown", "No such kommun has this system.") from None
            raise
        self._count((system, kommun))
        return verified.message_id

    def bearer(self, shown: bytes, made: Iterable[Bearer], role: Role, uses: Uses) -> Bearer:
        """Who shows a token.

        Args:
            shown: its digest.
            made: the bearers of tokens made by command.
            uses: those that the route is for.

        Raises:
            Refusal: 401; 403 if the role is too small, or the token for another use.
        """
        try:
            bearer = authenticate(shown, (*self.bearers, *made), self.clock())
        except BadToken as error:
            raise unknown_bearer(error) from None
        if bearer.use not in uses:
            raise refusal(403, "use_other", "This token is for the feed of events alone.")
        if not bearer.may(role):
            raise refusal(403, "role_too_small", f"This needs the role {role}.")
        return bearer

    def _count(self, caller: Caller) -> None:
        if wait_s := self.rates.take(caller):
            retry = {"Retry-After": str(wait_s)}
            raise refusal(429, "too_many_requests", "This sender calls too often.", headers=retry)

    def _verify(self, headers: RawHeaders, body: bytes, ring: Sequence[Secret]) -> Verified:
        try:
            return verify(headers, body, ring, self.clock(), self.tolerance_s)
        except BadSignature as error:
            raise refusal(
                401,
                error.code,
                "A valid Standard Webhooks signature is needed.",
                headers={"WWW-Authenticate": "StandardWebhooks"},
            ) from None


_DECOY = Secret("nobody", secrets.token_bytes(32))


def unknown_bearer(error: BadToken) -> Refusal:
    """The answer to whoever shows no valid token."""
    headers = {"WWW-Authenticate": "Bearer"}
    return refusal(401, error.code, "A valid token is needed.", headers=headers)


def _secrets(owner: str, configured: Iterable[SecretStr]) -> tuple[Secret, ...]:
    try:
        return tuple(Secret.decode(owner, text.get_secret_value()) for text in configured)
    except ValueError as error:
        raise ConfigurationError(f"secret of {owner}: {error}") from None


def _refuse_shared(owned: Iterable[Sequence[Secret]]) -> None:
    owners: dict[bytes, str] = {}
    for secret in (secret for ring in owned for secret in ring):
        if secret.key in owners:
            raise ConfigurationError(
                f"the same secret is configured twice: {owners[secret.key]} and {secret.name}"
            )
        owners[secret.key] = secret.name


def _paces(settings: Settings) -> Iterable[tuple[Caller, Pace]]:
    for name, source in settings.source.items():
        if source.rate_per_s:
            yield ("source", name), Pace(source.rate_per_s, source.burst)
    for name, kommun in settings.kommun.items():
        if kommun.webhook_rate_per_s:
            pace = Pace(kommun.webhook_rate_per_s, kommun.webhook_burst)
            yield (kommun.system, name), pace
