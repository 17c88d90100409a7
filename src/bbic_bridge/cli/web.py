"""The little HTTP that the command line speaks: one request, one answer, a deadline."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers (names in small letters); status 0 where nobody answered.

    Attributes:
        certificate_until: when the other side's certificate ends, over TLS.
        tls_fault: why TLS failed, in a few words.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    certificate_until: datetime | None = None
    tls_fault: str = ""

    def json(self) -> Any:
        return json.loads(self.body)


def request(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    timeout_s: float = 5,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Asks once. Never raises for what the network or the other side does."""
    until: datetime | None = None
    try:
        parts = urlsplit(url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection = _connection(parts, timeout_s, tls)
        try:
            connection.connect()
            until = _certificate_until(connection.sock)
            connection.request(method, target, body, dict(headers or {}))
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, answer.read(), told, until)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Answer(0, certificate_until=until, tls_fault=_tls_fault(error, until))


def _connection(
    parts: SplitResult, timeout_s: float, tls: ssl.SSLContext | None
) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=tls)
    if parts.scheme != "http":
        raise ValueError("neither http nor https")
    return http.client.HTTPConnection(host, parts.port, timeout=timeout_s)


def _certificate_until(connection: object) -> datetime | None:
    found = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    if not found:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)


def _tls_fault(error: Exception, until: datetime | None) -> str:
    """The library's static words, a verification's message or a reason's name; else our own."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.partition(",")[0]
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if until or isinstance(error, ssl.SSLError):
        # Under TLS 1.3 a client is refused after the handshake; the reason may be lost.
        return "hung up on us: is a client certificate asked for?"
    return ""
