"""Signatures on what crosses HTTP: Standard Webhooks 1.0, symmetric scheme (v1, HMAC-SHA256).

Signed is ``<webhook-id>.<webhook-timestamp>.<raw body>``. Nothing here reads a clock.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)
_SHAPES = {
    ID.encode(): re.compile(rb"[!-~]{1,256}"),
    TIMESTAMP.encode(): re.compile(rb"[0-9]{1,12}"),
    SIGNATURE.encode(): re.compile(rb"[ -~]{1,4096}"),
}


class BadSignature(Exception):
    """Not known to come from whom it says. ``code`` is a static word; nothing sent is repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing key and the name of whom it belongs to."""

    name: str
    key: bytes = field(repr=False)

    @classmethod
    def decode(cls, name: str, text: str) -> Self:
        """Reads ``whsec_<base64>`` of 24 to 64 bytes; ``ValueError`` without the text if not."""
        try:
            key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        except ValueError:
            key = b""
        if not text.startswith(_PREFIX) or len(key) not in _KEY_BYTES:
            raise ValueError(f"a signing secret is {_PREFIX} and base64 of 24 to 64 bytes")
        return cls(name, key)


@dataclass(frozen=True, slots=True)
class Verified:
    """Whose secret signed the message, and the sender's id of it, the same when sent again."""

    name: str
    message_id: str


def sign(secret: str, msg_id: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` of a body.

    Args:
        secret: as configured, ``whsec_…``; ``ValueError`` if it is not one.
        msg_id: the ``webhook-id``, printable ASCII; the same for every attempt.
        timestamp: the ``webhook-timestamp`` of this attempt, in Unix seconds.
    """
    content = b"%s.%d.%s" % (msg_id.encode("ascii"), timestamp, body)
    return _signature(Secret.decode("", secret).key, content).decode("ascii")


def signed_headers(secret: str, msg_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers to send with a body; ``now`` must be aware."""
    if now.tzinfo is None:
        raise ValueError("a signature's time must be aware")
    timestamp = int(now.timestamp())
    signature = sign(secret, msg_id, timestamp, body)
    return {ID: msg_id, TIMESTAMP: str(timestamp), SIGNATURE: signature}


def verify(
    headers: Iterable[tuple[bytes, bytes]],
    body: bytes,
    secrets: Sequence[Secret],
    now: datetime,
    tolerance_s: float,
) -> Verified:
    """Whose secret signed the message.

    Every secret is tried against every signature, so that time tells nothing of which matched.

    Args:
        headers: raw names and values, in any case and order (ASGI's ``scope["headers"]``).
        body: the bytes as they came.
        secrets: all that are active; old and new overlap while a secret is being changed.
        tolerance_s: how far ``webhook-timestamp`` may lie from ``now``, in seconds.

    Raises:
        BadSignature: ``signature_missing``, ``signature_malformed`` (a header that is repeated,
            too long or not of its form), ``timestamp_stale`` or ``signature_mismatch``.
    """
    msg_id, timestamp, offered = _read(headers)
    if abs(now.timestamp() - int(timestamp)) > tolerance_s:
        raise BadSignature("timestamp_stale")
    content = b"%s.%s.%s" % (msg_id, timestamp, body)
    signatures = offered.split(b" ")
    matching = [secret for secret in secrets if _matches(secret, content, signatures)]
    if not matching:
        raise BadSignature("signature_mismatch")
    return Verified(matching[0].name, msg_id.decode("ascii"))


def _read(headers: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    found: dict[bytes, bytes] = {}
    for raw_name, value in headers:
        name = raw_name.lower()
        if name not in _SHAPES:
            continue
        if name in found or not _SHAPES[name].fullmatch(value):
            raise BadSignature("signature_malformed")
        found[name] = value
    if len(found) < len(_SHAPES):
        raise BadSignature("signature_missing")
    return [found[name] for name in _SHAPES]


def _matches(secret: Secret, content: bytes, signatures: Sequence[bytes]) -> bool:
    expected = _signature(secret.key, content)
    return True in [hmac.compare_digest(expected, signature) for signature in signatures]


def _signature(key: bytes, content: bytes) -> bytes:
    return b"v1," + base64.b64encode(hmac.digest(key, content, "sha256"))
