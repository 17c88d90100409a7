"""Bearer tokens (RFC 6750): who asks, in which role and for what use, for which kommuner.

Kept is a plain SHA-256 of each. A slow hash guards what people choose, against guessing; a token
that the bridge makes is 256 random bits, which nobody guesses however fast the hash.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

Role = Literal["read", "operate", "admin"]
Use = Literal["operator", "feed"]
"""``operator``: people's tools, who see everything masked. ``feed``: the handbook workflow, which
sees what it is told as it is, and nothing else."""

_PREFIX = "bbic_"
_ROLES: tuple[Role, ...] = ("read", "operate", "admin")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,512}")
_AUTHORIZATION = re.compile(rf"(?i:bearer) +({_TOKEN.pattern})")


class BadToken(Exception):
    """No valid token was shown: ``token_missing``, ``token_invalid`` or ``token_expired``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token. Only the token's digest is kept."""

    name: str
    role: Role
    kommuner: tuple[str, ...]
    digest: bytes = field(repr=False)
    use: Use = "operator"
    expires: datetime | None = None

    @classmethod
    def of(
        cls,
        name: str,
        token: str,
        role: Role,
        kommuner: tuple[str, ...],
        *,
        use: Use = "operator",
        expires: datetime | None = None,
    ) -> Self:
        """Reads a configured token; ``ValueError`` without the token if it is no usable one."""
        if not _TOKEN.fullmatch(token):
            raise ValueError("a token is 16 to 512 of A-Z a-z 0-9 . _ ~ + / = -")
        if not kommuner:
            raise ValueError("a token needs at least one kommun, or *")
        return cls(name, role, kommuner, digest_of(token), use, expires)

    @property
    def actor(self) -> str:
        """What the audit log calls its holder; no name of a token can pass for anybody else."""
        return f"token:{self.name}"

    def may(self, role: Role) -> bool:
        """Each role holds the ones before it: read, operate, admin."""
        return _ROLES.index(self.role) >= _ROLES.index(role)

    @property
    def is_for_all(self) -> bool:
        return "*" in self.kommuner

    def sees(self, kommun: str) -> bool:
        return "*" in self.kommuner or kommun in self.kommuner


def new_token() -> str:
    """A fresh token of 256 random bits; its beginning lets scanners for leaked secrets know it."""
    return _PREFIX + secrets.token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("ascii")).digest()


def shown_in(authorization: str | None) -> bytes:
    """The digest of the token in an ``Authorization`` header. Raises ``BadToken``."""
    if authorization is None:
        raise BadToken("token_missing")
    shown = _AUTHORIZATION.fullmatch(authorization)
    if shown is None:
        raise BadToken("token_invalid")
    return digest_of(shown[1])


def authenticate(shown: bytes, bearers: Iterable[Bearer], now: datetime) -> Bearer:
    """Whose token was shown, by its digest.

    Digests are compared, all of them, in constant time: neither a token's length nor which one
    matched shows in the time it takes.

    Raises:
        BadToken: if it is none of the bearers', or has expired.
    """
    matching = [bearer for bearer in bearers if hmac.compare_digest(bearer.digest, shown)]
    if not matching:
        raise BadToken("token_invalid")
    if matching[0].expires is not None and matching[0].expires <= now:
        raise BadToken("token_expired")
    return matching[0]
