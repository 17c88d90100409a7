"""Bearer tokens (RFC 6750) of operators' tools: who asks, in which role, for which kommuner."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

Role = Literal["read", "operate", "admin"]

_ROLES: tuple[Role, ...] = ("read", "operate", "admin")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,512}")
_AUTHORIZATION = re.compile(rf"(?i:bearer) +({_TOKEN.pattern})")


class BadToken(Exception):
    """No known token was shown. ``code`` is ``token_missing`` or ``token_invalid``."""

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

    @classmethod
    def of(cls, name: str, token: str, role: Role, kommuner: tuple[str, ...]) -> Self:
        """Reads a configured token; ``ValueError`` without the token if it is no usable one."""
        if not _TOKEN.fullmatch(token):
            raise ValueError("a token is 16 to 512 of A-Z a-z 0-9 . _ ~ + / = -")
        if not kommuner:
            raise ValueError("a token needs at least one kommun, or *")
        return cls(name, role, kommuner, _digest(token))

    def may(self, role: Role) -> bool:
        """Each role holds the ones before it: read, operate, admin."""
        return _ROLES.index(self.role) >= _ROLES.index(role)

    def sees(self, kommun: str) -> bool:
        return "*" in self.kommuner or kommun in self.kommuner


def authenticate(authorization: str | None, bearers: Sequence[Bearer]) -> Bearer:
    """Who sent this ``Authorization`` header.

    Digests are compared, all of them, in constant time: neither a token's length nor which one
    matched shows in the time it takes.

    Raises:
        BadToken: if no header came, or none of the bearers' tokens stands in it.
    """
    if authorization is None:
        raise BadToken("token_missing")
    shown = _AUTHORIZATION.fullmatch(authorization)
    if shown is None:
        raise BadToken("token_invalid")
    digest = _digest(shown[1])
    matching = [bearer for bearer in bearers if hmac.compare_digest(bearer.digest, digest)]
    if not matching:
        raise BadToken("token_invalid")
    return matching[0]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
