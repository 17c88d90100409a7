"""What `doctor` finds out about those that are called: do they answer, and until when in TLS?"""

import ssl
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from bbic_bridge.cli import web
from bbic_bridge.cli.check import Check
from bbic_bridge.cli.configuration import Configuration
from bbic_bridge.delivery.errors import ConfigurationError

if TYPE_CHECKING:
    from bbic_bridge.settings import Partner, Settings

NO_ANSWER = "is the address right, the network open, the certificate trusted?"
RENEW = "let it be renewed"


@dataclass(frozen=True, slots=True)
class _Address:
    what: str
    url: str
    partner: "Partner"


def checks(found: Configuration) -> Iterator[Check]:
    """Asks each address for nothing in particular, without credentials; reads its clock."""
    settings, skews = found.settings, list[timedelta]()
    warn = timedelta(days=settings.certificate_warning_days)
    for name, partner in _partners(settings):
        yield from _own_certificates(name, partner, settings.base, warn)
    for address in _addresses(settings):
        try:
            tls = _tls(address.partner, settings.base)
        except ConfigurationError as error:
            yield Check(address.what, "fail", str(error), "correct the setting or the file")
            continue
        answer = web.request("HEAD", _origin(address.url), timeout_s=3, tls=tls)
        yield from _told(address, answer, warn)
        skews += _skew(answer.headers.get("date", ""))
    yield _clock(skews, settings.limits.timestamp_tolerance_s)


def _told(address: _Address, answer: web.Answer, warn: timedelta) -> Iterator[Check]:
    if answer.tls_fault:
        yield Check(address.what, "fail", f"TLS: {answer.tls_fault}", NO_ANSWER)
    elif not answer.status:
        yield Check(address.what, "fail", "does not answer", NO_ANSWER)
    elif _in_clear(urlsplit(address.url)):
        advice = "https:// keeps what is sent from those between"
        yield Check(address.what, "warn", "answers, without encryption", advice)
    else:
        yield Check(address.what, "ok", "answers")
    if answer.certificate_until:
        yield expiry(f"{address.what} certificate", answer.certificate_until, warn)


def expiry(what: str, until: datetime, warn: timedelta) -> Check:
    """Whether a certificate has ended, or will within ``warn``."""
    left = until - datetime.now(UTC)
    told = f"until {until:%Y-%m-%d}"
    if left <= timedelta():
        return Check(what, "fail", f"has expired ({told})", RENEW)
    if left <= warn:
        return Check(what, "warn", f"expires in {left.days} days ({told})", RENEW)
    return Check(what, "ok", told)


def _own_certificates(
    name: str, partner: "Partner", base: Path, warn: timedelta
) -> Iterator[Check]:
    """The files that we show, and believe by: until when they hold, and who can read them."""
    for setting, path in (("client_cert", partner.client_cert), ("ca", partner.ca)):
        if path and (ends := _ends(base / path)):
            yield expiry(f"{name}: {setting}", min(ends), warn)
    key = base / (partner.client_key or partner.client_cert)
    if partner.client_cert and key.is_file():
        mode = stat.S_IMODE(key.stat().st_mode)
        if mode & 0o077:
            told = f"others can read it (mode {mode:o})"
            yield Check(f"{name}: client_key", "warn", told, f"chmod 600 {key}")


def _ends(path: Path) -> Sequence[datetime]:
    """When each certificate in a file ends; what cannot be read is told where it is to be used."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return []
    return [certificate.not_valid_after_utc for certificate in found]


def _tls(partner: "Partner", base: Path) -> ssl.SSLContext:
    """As the channels to this partner have it."""
    from bbic_bridge.adapters.channels.tls import context_of

    return context_of(partner, base)


def _partners(settings: "Settings") -> Iterator[tuple[str, "Partner"]]:
    yield from settings.kommun.items()
    if settings.callback:
        yield "workflow", settings.callback
    if settings.alerts.url:
        yield "alerts", settings.alerts


def _addresses(settings: "Settings") -> Iterator[_Address]:
    for name, kommun in settings.kommun.items():
        yield _Address(f"{name}: writing", kommun.write_url, kommun)
        if _origin(kommun.read_url) != _origin(kommun.write_url):
            yield _Address(f"{name}: reading", kommun.read_url, kommun)
    if settings.callback:
        yield _Address("workflow", settings.callback.url, settings.callback)
    if settings.alerts.url:
        yield _Address("alerts", settings.alerts.url, settings.alerts)
    for name, partner in _partners(settings):
        if partner.oauth:
            yield _Address(f"{name}: token", partner.oauth.token_url, partner)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _in_clear(parts: SplitResult) -> bool:
    """Whether what is sent there leaves this machine unencrypted."""
    return parts.scheme == "http" and not _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _skew(date: str) -> list[timedelta]:
    try:
        return [datetime.now(UTC) - parsedate_to_datetime(date)]
    except (ValueError, TypeError):
        return []


def _clock(skews: list[timedelta], tolerance_s: float) -> Check:
    """Signatures are refused when the clock is wrong: compared with the clocks of those asked."""
    if not skews:
        return Check("clock", "ok", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC (nobody to compare)")
    off = min(abs(skew.total_seconds()) for skew in skews)
    if off <= tolerance_s / 2:
        return Check("clock", "ok", "agrees with the clocks of those asked")
    return Check(
        "clock", "fail", f"{off:.0f} s off", "synchronise it (NTP): signatures are refused"
    )
