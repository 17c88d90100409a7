"""The systems that the bridge delivers to, one folder each, all of one shape."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from ssl import SSLContext

from bbic_bridge.adapters.alarm import Alarm
from bbic_bridge.adapters.base import System
from bbic_bridge.adapters.channels import oauth
from bbic_bridge.adapters.channels.http import Clock, Http
from bbic_bridge.adapters.channels.tls import context_of
from bbic_bridge.adapters.mapped import MappedSystem
from bbic_bridge.adapters.procapita import Procapita
from bbic_bridge.adapters.treserva import Treserva
from bbic_bridge.adapters.workflow import Workflow
from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.mappings import engine
from bbic_bridge.security.signatures import Secret
from bbic_bridge.settings import Alerts, Callback, Kommun

__all__ = ["SYSTEMS", "Alarm", "System", "build", "build_alarm", "build_workflow"]

# As many as a worker may have in flight: what slows a sick vendor down is not the pool.
CONNECTIONS = 256

Connect = Callable[[engine.Profile, Kommun, Callable[[str], Http]], MappedSystem]


def _procapita(profile: engine.Profile, kommun: Kommun, http: Callable[[str], Http]) -> Procapita:
    key = kommun.key.get_secret_value()
    if not kommun.domain or not key:
        raise ConfigurationError("domain and key: FamilyCare asks for both")
    return Procapita(profile, http(kommun.write_url), http(kommun.read_url), kommun.domain, key)


def _treserva(profile: engine.Profile, kommun: Kommun, http: Callable[[str], Http]) -> Treserva:
    return Treserva(profile, http(kommun.write_url), http(kommun.read_url))


SYSTEMS: Mapping[str, Connect] = {"procapita": _procapita, "treserva": _treserva}


def build(
    name: str,
    kommun: Kommun,
    *,
    profiles: Path | None = None,
    base: Path = Path(),
    connections: int = CONNECTIONS,
    clock: Clock | None = None,
) -> System:
    """The vendor system of one kommun (``delivery.ports.VendorSystem``); close it when done.

    Args:
        name: the kommun's name in the configuration, for messages.
        profiles: where the installation keeps its own mapping profiles.
        base: the folder that the paths of certificates count from.
        connections: exchanges that may be in flight at once, for reads and writes each.

    Raises:
        ConfigurationError: naming the setting or the profile; never a value.
    """
    tls = context_of(kommun, base, f"kommun.{name}")
    try:
        http = _channels(kommun, tls, connections, clock)
        return SYSTEMS[kommun.system](engine.load(kommun.profile, profiles), kommun, http)
    except ConfigurationError as error:
        raise ConfigurationError(f"kommun.{name}: {error}") from error


def build_workflow(
    callback: Callback,
    *,
    base: Path = Path(),
    connections: int = CONNECTIONS,
    clock: Clock | None = None,
) -> System:
    """The handbook workflow that is told what happened; close it when done.

    Raises:
        ConfigurationError: naming the setting; never its value.
    """
    secret = callback.secret.get_secret_value()
    tls = context_of(callback, base, "callback")
    try:
        Secret.decode("callback", secret)
        write = _channels(callback, tls, connections, clock)(callback.url)
    except (ValueError, ConfigurationError) as error:
        raise ConfigurationError(f"callback: {error}") from None
    return Workflow(write, (secret,))


def _channels(
    partner: Kommun | Callback | Alerts,
    tls: SSLContext,
    connections: int,
    clock: Clock | None,
) -> Callable[[str], Http]:
    """What opens a channel to any of the partner's addresses, as it wants to be called."""
    token = partner.token.get_secret_value() if isinstance(partner, Kommun) else ""
    if token and partner.oauth:
        raise ConfigurationError("token, oauth: only one of them can be sent")
    to = partial(
        Http,
        timeout_s=partner.timeout_s,
        connections=connections,
        clock=clock,
        tls=tls,
    )
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    authority = None
    if partner.oauth:
        endpoint = to(partner.oauth.token_url, max_bytes=oauth.MAX_ANSWER_BYTES)
        authority = oauth.ClientCredentials(endpoint, partner.oauth)
    return partial(to, headers=headers, authority=authority)


def build_alarm(alerts: Alerts, *, base: Path = Path(), clock: Clock | None = None) -> Alarm:
    """Whoever is on duty, told of alerts; close it when done.

    Raises:
        ConfigurationError: naming the setting; never its value.
    """
    secret = alerts.secret.get_secret_value()
    tls = context_of(alerts, base, "alerts")
    try:
        Secret.decode("alerts", secret)
        http = _channels(alerts, tls, 1, clock)(alerts.url)
    except (ValueError, ConfigurationError) as error:
        raise ConfigurationError(f"alerts: {error}") from None
    return Alarm(http, secret)
