"""HTTP: the one place that knows the HTTP library, and what a broken exchange means.

The line that matters is whether anything may have left this machine. Before it, every failure is
``Transient``; after it, a write is ``Ambiguous`` and only a read may be repeated.
"""

import logging
import math
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

import httpcore
import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    wait_random_exponential,
)

from bbic_bridge.adapters.channels.deadline import DeadlineBackend, deadline
from bbic_bridge.adapters.channels.tls import context_of, tls_error, turned_us_down
from bbic_bridge.delivery.errors import (
    Ambiguous,
    ConfigurationError,
    Contract,
    DeliveryError,
    Transient,
)
from bbic_bridge.settings import Partner

MAX_ANSWER_BYTES = 5 * 1024 * 1024
KEPT_BYTES = 64 * 1024
KEEPALIVE_S = 4
ATTEMPTS = 3
RETRIED_READS = frozenset({500, 502, 503, 504})
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the channel sees it, so that tests can move it: seconds, a wait, the wall clock."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _utc_now


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are lower case; ``body`` is whole and never compressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Authority(Protocol):
    """Where bearer tokens come from."""

    def token(self, ends_at: float) -> str:
        """A token to use now. Raises ``Transient`` where there is none by ``ends_at``."""
        ...

    def forget(self, token: str) -> None:
        """That token was refused."""
        ...

    def close(self) -> None:
        """Closes the connections."""
        ...


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str] | None
    params: Mapping[str, str] | None = None
    writes: bool = False

    def bearing(self, token: str) -> "_Call":
        return replace(self, headers={**(self.headers or {}), "Authorization": f"Bearer {token}"})

    def lost(self, code: str) -> DeliveryError:
        """The error for an exchange that broke after something may have left."""
        return (Ambiguous if self.writes else Transient)(code, unreachable=True)


class Http:
    """Exchanges with one address. Threads share it. No redirect is ever followed.

    Args:
        address: scheme, host and base path; must hold no user and no query.
        timeout_s: seconds for one whole ``read`` or ``write``, repetitions included.
        headers: sent with every request.
        connections: how many exchanges may be in flight at once.
        max_bytes: longest answer that is read.
        tls: whom to believe and who we are; else the machine's own trust and no certificate.
        authority: gives the token that is sent along; closed with the channel.

    Raises:
        ConfigurationError: for an address that is none; the address is not repeated.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float,
        headers: Mapping[str, str] | None = None,
        connections: int = 16,
        max_bytes: int = MAX_ANSWER_BYTES,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
        authority: Authority | None = None,
    ) -> None:
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)
        self._address = _checked(address)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._authority = authority
        self.clock = clock or Clock()
        trust = tls or context_of(Partner(), Path())
        self._client = httpx.Client(
            headers={"Accept-Encoding": "identity", **(headers or {})},
            transport=_Transport(connections, self.clock.monotonic, trust),
            trust_env=False,
        )

    def read(
        self,
        method: str,
        path: str = "",
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        ends_at: float = math.inf,
    ) -> Answer:
        """Asks something that changes nothing; repeated a few times while that may help.

        It is over after the channel's ``timeout_s``, and by ``ends_at`` on its clock.

        Raises:
            Transient: no whole answer came in time.
            Contract: the answer is too long or compressed.
        """
        return self._call(_Call(method, path, body, headers, params), ends_at)

    def write(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Posts something that may change the world; repeated only when no connection was made.

        Raises:
            Transient: nothing has left this machine.
            Ambiguous: something may have, and no whole answer came in time.
            Contract: the answer is too long or compressed.
        """
        return self._call(_Call("POST", path, body, headers, writes=True))

    def close(self) -> None:
        """Closes the idle connections."""
        self._client.close()
        if self._authority is not None:
            self._authority.close()

    def _call(self, call: _Call, ends_at: float = math.inf) -> Answer:
        """With a token, if there is an authority. 401 says that nothing was done: a token that
        has been called back is exchanged, once."""
        ends_at = min(ends_at, self.clock.monotonic() + self._timeout_s)
        if self._authority is None:
            return self._tried(call, ends_at)
        token = self._authority.token(ends_at)
        answer = self._tried(call.bearing(token), ends_at)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._authority.forget(token)
            answer = self._tried(call.bearing(self._authority.token(ends_at)), ends_at)
        return answer

    def _tried(self, call: _Call, ends_at: float) -> Answer:

        def enough(state: RetryCallState) -> bool:
            next_at = self.clock.monotonic() + state.upcoming_sleep
            return state.attempt_number >= ATTEMPTS or next_at >= ends_at

        def sick(answer: Answer) -> bool:
            return not call.writes and answer.status in RETRIED_READS

        retrying = Retrying(
            retry=retry_if_exception_type(Transient) | retry_if_result(sick),
            wait=wait_random_exponential(multiplier=0.1, max=1),
            stop=enough,
            sleep=self.clock.sleep,
            retry_error_callback=_last_outcome,
        )
        answer: Answer = retrying(self._exchange, call, ends_at)
        return answer

    def _exchange(self, call: _Call, ends_at: float) -> Answer:
        try:
            with deadline(ends_at):
                return self._send(call, ends_at - self.clock.monotonic())
        except UNSENT as error:
            code = "tls_failed" if tls_error(error) else "connect_failed"
            failure: DeliveryError = Transient(code, unreachable=True)
        except httpx.TimeoutException:
            failure = call.lost("timeout")
        except httpx.HTTPError as error:
            down = turned_us_down(error)
            failure = (
                Transient("certificate_refused", unreachable=True)
                if down
                else call.lost("response_lost")
            )
        # Outside the handler: the library's error holds the request, and with it the address.
        raise failure

    def _send(self, call: _Call, timeout: float) -> Answer:
        request = self._client.build_request(
            call.method,
            self._address + call.path,
            content=call.body,
            headers=call.headers,
            params=call.params,
            timeout=max(timeout, 0),
        )
        with closing(self._client.send(request, stream=True)) as response:
            return Answer(
                response.status_code,
                {name.lower(): value for name, value in response.headers.items()},
                self._body(response),
            )

    def _body(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Contract("answer_compressed")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self._max_bytes:
                raise Contract("answer_too_large", answer=bytes(body[:KEPT_BYTES]))
        return bytes(body)


class _Transport(httpx.HTTPTransport):
    """The library's transport over connections that keep to the deadline."""

    def __init__(
        self, connections: int, monotonic: Callable[[], float], tls: ssl.SSLContext
    ) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=DeadlineBackend(monotonic),
        )


def _last_outcome(state: RetryCallState) -> Any:
    """The last try's answer or error, instead of the library's own error about having given up."""
    return state.outcome and state.outcome.result()


def _checked(address: str) -> str:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise ConfigurationError("an address must be http(s)://host[:port]/path")
    return address.rstrip("/")
