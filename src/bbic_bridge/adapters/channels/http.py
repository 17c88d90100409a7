"""HTTP: the one place that knows the HTTP library, and what a broken exchange means.

The line that matters is whether anything may have left this machine. Before it, every failure is
``Transient``; after it, a write is ``Ambiguous`` and only a read may be repeated.
"""

import logging
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

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
from bbic_bridge.delivery.errors import (
    Ambiguous,
    ConfigurationError,
    Contract,
    DeliveryError,
    Transient,
)

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


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str] | None
    params: Mapping[str, str] | None = None
    writes: bool = False

    def lost(self, code: str) -> DeliveryError:
        """The error for an exchange that broke after something may have left."""
        return (Ambiguous if self.writes else Transient)(code, unreachable=True)


class Http:
    """Exchanges with one address. Threads share it.

    Args:
        address: scheme, host and base path; must hold no user and no query.
        timeout_s: seconds for one whole ``read`` or ``write``, repetitions included.
        headers: sent with every request.
        connections: how many exchanges may be in flight at once.
        max_bytes: longest answer that is read.

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
    ) -> None:
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)
        self._address = _checked(address)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self.clock = clock or Clock()
        self._client = httpx.Client(
            headers={"Accept-Encoding": "identity", **(headers or {})},
            transport=_Transport(connections, self.clock.monotonic),
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
    ) -> Answer:
        """Asks something that changes nothing; repeated a few times while that may help.

        Raises:
            Transient: no whole answer came in time.
            Contract: the answer is too long or compressed.
        """
        return self._call(_Call(method, path, body, headers, params))

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

    def _call(self, call: _Call) -> Answer:
        ends_at = self.clock.monotonic() + self._timeout_s

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
        except UNSENT:
            failure: DeliveryError = Transient("connect_failed", unreachable=True)
        except httpx.TimeoutException:
            failure = call.lost("timeout")
        except httpx.HTTPError:
            failure = call.lost("response_lost")
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

    def __init__(self, connections: int, monotonic: Callable[[], float]) -> None:
        super().__init__(verify=_trust(), trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=DeadlineBackend(monotonic),
        )


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own trust store: a kommun's inner certificate authority is installed there."""
    return ssl.create_default_context()


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
