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
from urllib.parse import urlsplit

from bbic_bridge.cli import web
from bbic_bridge.cli.check import Check
from bbic_bridge.cli.configuration import Configuration
from bbic_bridge.delivery.errors import ConfigurationError

if TYPE_CHECKING:
    from bbic_bridge.settings import Partner, Settings

NO_ANSWER = "is the address right, the network open, the certificate trusted?"
RENEW = "let it be renewed"
HTTPS = "https:// keeps what is sent from those between"


@dataclass(frozen=True, slots=True)
class _Address:
    """Somewhere that is called. ``owner`` is where the partner stands among the settings."""

    what: str
    owner: str
    name: str
    url: str
    partner: "Partner"

    @property
    def setting(self) -> str:
        return f"{self.owner}.{self.name}"


def checks(found: Configuration) -> Iterator[Check]:
    """Asks each address for nothing in particular, without credentials; reads its clock."""
    settings, skews = found.settings, list[timedelta]()
    warn = timedelta(days=settings.certificate_warning_days)
    for name, _, partner in _partners(settings):
        yield from _own_certificates(name, partner, settings.base, warn)
    for address in _addresses(settings):
        yield from _in_clear(address)
        try:
            tls = _tls(address, settings.base)
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


def _tls(address: _Address, base: Path) -> ssl.SSLContext:
    """As the channels to this partner have it."""
    from bbic_bridge.adapters.channels.tls import context_of

    return context_of(address.partner, base, address.owner)


def _partners(settings: "Settings") -> Iterator[tuple[str, str, "Partner"]]:
    """What each is called here, where it stands among the settings, and what is told of it."""
    for name, kommun in settings.kommun.items():
        yield name, f"kommun.{name}", kommun
    if settings.callback:
        yield "workflow", "callback", settings.callback
    if settings.alerts.url:
        yield "alerts", "alerts", settings.alerts


def _addresses(settings: "Settings") -> Iterator[_Address]:
    for name, kommun in settings.kommun.items():
        owner = f"kommun.{name}"
        yield _Address(f"{name}: writing", owner, "write_url", kommun.write_url, kommun)
        if _origin(kommun.read_url) != _origin(kommun.write_url):
            yield _Address(f"{name}: reading", owner, "read_url", kommun.read_url, kommun)
    if callback := settings.callback:
        yield _Address("workflow", "callback", "url", callback.url, callback)
    if settings.alerts.url:
        yield _Address("alerts", "alerts", "url", settings.alerts.url, settings.alerts)
    for name, owner, partner in _partners(settings):
        if oauth := partner.oauth:
            url = oauth.token_url
            yield _Address(f"{name}: token", owner, "oauth.token_url", url, partner)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _in_clear(address: _Address) -> Iterator[Check]:
    """Whether what is sent there leaves this machine unencrypted, be it answered or not."""
    parts = urlsplit(address.url)
    if parts.scheme == "http" and not _is_here(parts.hostname or ""):
        told = f"none: {address.setting} is http:// to another machine"
        yield Check(f"{address.what} encryption", "warn", told, HTTPS)


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
