"""OAuth 2.0 client credentials (RFC 6749, 4.4): a token that is fetched, kept, and fetched anew."""

import base64
import json
import re
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus, urlencode

from bbic_bridge.adapters.channels.http import Http
from bbic_bridge.delivery.errors import Contract, Transient
from bbic_bridge.settings import OAuth

LIFETIME_S = 60.0
"""How long a token is used whose server does not say."""
MARGIN_S = 60.0
MAX_ANSWER_BYTES = 65_536
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: float


class ClientCredentials:
    """The bearer token of one client. Threads share it; one of them fetches, the others wait.

    Args:
        http: the token endpoint.
        oauth: who we are there, and what we ask for.
    """

    def __init__(self, http: Http, oauth: OAuth) -> None:
        self._http = http
        self._question, self._headers = _question(oauth)
        self._lock = threading.Lock()
        self._kept: _Token | None = None

    def token(self, ends_at: float) -> str:
        """A token that is good for a while yet.

        Args:
            ends_at: when the exchange that it is for must be over, on the channel's clock.

        Raises:
            Transient: ``token_unavailable`` (no answer), ``token_refused`` or ``token_malformed``.
        """
        monotonic = self._http.clock.monotonic
        if not self._lock.acquire(timeout=max(0.0, ends_at - monotonic())):
            raise Transient("token_unavailable")
        try:
            if self._kept is None or self._kept.until <= monotonic():
                self._kept = self._fetched(ends_at)
            return self._kept.text
        finally:
            self._lock.release()

    def forget(self, token: str) -> None:
        """The token was refused: the next one is fetched."""
        with self._lock:
            if self._kept is not None and self._kept.text == token:
                self._kept = None

    def close(self) -> None:
        """Closes the connections to the token endpoint."""
        self._http.close()

    def _fetched(self, ends_at: float) -> _Token:
        asked_at = self._http.clock.monotonic()
        try:
            answer = self._http.read(
                "POST", body=self._question, headers=self._headers, ends_at=ends_at
            )
        except (Transient, Contract) as error:
            code = "token_malformed" if isinstance(error, Contract) else "token_unavailable"
        else:
            if answer.status == HTTPStatus.OK:
                return _read(answer.body, asked_at)
            sick = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            code = "token_unavailable" if sick else "token_refused"
        # Outside the handler, and without the answer: it may quote what was asked.
        raise Transient(code)


def _question(oauth: OAuth) -> tuple[bytes, dict[str, str]]:
    secret = oauth.client_secret.get_secret_value()
    both = f"{quote_plus(oauth.client_id)}:{quote_plus(secret)}"
    form = {"grant_type": "client_credentials", **({"scope": oauth.scope} if oauth.scope else {})}
    headers = {
        "Authorization": "Basic " + base64.b64encode(both.encode()).decode(),
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    return urlencode(form).encode(), headers


def _read(body: bytes, asked_at: float) -> _Token:
    """The token in an answer; it is given up a while before it ends."""
    told = _object(body)
    token, kind, lifetime = (told.get(n) for n in ("access_token", "token_type", "expires_in"))
    good = (
        isinstance(token, str)
        and _TOKEN.fullmatch(token)
        and isinstance(kind, str)
        and kind.lower() == "bearer"
    )
    if not good:
        raise Transient("token_malformed")
    seconds = float(lifetime) if isinstance(lifetime, int) and lifetime > 0 else LIFETIME_S
    return _Token(str(token), asked_at + seconds - min(MARGIN_S, seconds / 2))


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    return told if isinstance(told, dict) else {}
