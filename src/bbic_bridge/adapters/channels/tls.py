"""TLS to a system: whom we believe, and how we prove who we are."""

import ssl
from functools import lru_cache
from pathlib import Path

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.settings import Partner

REFUSED_US = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_UNKNOWN",
    "UNSUPPORTED_CERTIFICATE",
    "UNKNOWN_CA",
)
"""Ends of the alerts by which a server turns down a client's certificate, or the want of one."""


def context_of(partner: Partner, base: Path, owner: str = "partner") -> ssl.SSLContext:
    """TLS 1.2 or newer; the other side's name and certificate are always checked.

    Args:
        partner: with ``ca`` only certificates from that file are believed, else the machine's own.
        base: the folder that the paths count from.
        owner: where the partner stands among the settings (``kommun.malmo``).

    Raises:
        ConfigurationError: naming the setting; nothing of a file is repeated.
    """
    if partner.client_key and not partner.client_cert:
        raise ConfigurationError(f"setting {owner}.client_key: there is no client_cert for it")
    named = (partner.ca, partner.client_cert, partner.client_key)
    try:
        return _context(*(base / path if path else None for path in named))
    except ConfigurationError as error:
        raise ConfigurationError(f"setting {owner}.{error}") from None


@lru_cache(maxsize=1024)
def _context(ca: Path | None, cert: Path | None, key: Path | None) -> ssl.SSLContext:
    # Not create_default_context: it lets the environment have the traffic's keys written down.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(ca) if ca else context.load_default_certs()
    except (OSError, ValueError):
        told = _missing(ca=ca) or "ca: is no file of certificates in PEM"
        raise ConfigurationError(told) from None
    if cert:
        try:
            context.load_cert_chain(cert, key, password="")  # or it asks a terminal
        except (OSError, ValueError):
            told = _missing(client_cert=cert, client_key=key) or _no_pair(key)
            raise ConfigurationError(told) from None
    return context


def _missing(**named: Path | None) -> str:
    """The first of these settings whose file is not there."""
    for setting, path in named.items():
        try:
            if path:
                path.stat()
        except FileNotFoundError:
            return f"{setting}: there is no file {path}"
        except OSError:
            continue
    return ""


def _no_pair(key: Path | None) -> str:
    if key:
        return "client_cert, client_key: are no certificate and its key in PEM, without a password"
    return (
        "client_cert: holds no certificate with its key in PEM, without a password"
        " (a key in a file of its own is named by client_key)"
    )


def tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """The TLS error that a library's error came from; None if it came from something else."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def turned_us_down(error: BaseException) -> bool:
    """Whether the server refused who we are, before it read anything.

    Under TLS 1.3 that is only heard after the request has been written.
    """
    cause = tls_error(error)
    return cause is not None and (cause.reason or "").endswith(REFUSED_US)
