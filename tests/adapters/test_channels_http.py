"""What a broken exchange means: before and after the first byte."""

import logging
import socket
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bbic_bridge.adapters.channels.http import ATTEMPTS, Clock, Http
from bbic_bridge.delivery.errors import (
    Ambiguous,
    ConfigurationError,
    Contract,
    DeliveryError,
    Transient,
)
from tests.adapters.peer import OK, Script, answers, dribbles, peer, resets, stays_silent

SECRET = "key-in-the-query"
BODY = b"<Personligt/>"
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


class Waits:
    """Notes the waits asked for, and waits for none."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def clock(self) -> Clock:
        return Clock(sleep=self.seconds.append, now=lambda: NOW)


def _status(code: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {code} X", *headers, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _unused_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _http(address: str, timeout_s: float = 5, connections: int = 4, max_bytes: int = 5000) -> Http:
    return Http(
        address,
        timeout_s=timeout_s,
        connections=connections,
        max_bytes=max_bytes,
        clock=Waits().clock(),
    )


def _fails(http: Http, *, writes: bool) -> DeliveryError:
    with closing(http), pytest.raises(DeliveryError) as caught:
        http.write("/x", BODY, {}) if writes else http.read("GET", "/x", params={"key": SECRET})
    return caught.value


def test_an_answer_is_given_whole_with_lower_case_headers() -> None:
    with peer(answers(_status(418, "Retry-After: 3", body=b"hej"))) as other:
        http = Http(other.address, timeout_s=5, headers={"Authorization": "Bearer t"})
        answer = http.write("/soap", b"<a/>", {"SOAPAction": '"x"'})
        http.close()
    assert (answer.status, answer.headers["retry-after"], answer.body) == (418, "3", b"hej")
    sent = other.seen[0]
    assert sent.startswith(b"POST /base/soap HTTP/1.1\r\n")
    assert b'SOAPAction: "x"' in sent
    assert b"Authorization: Bearer t" in sent
    assert b"Accept-Encoding: identity" in sent


@pytest.mark.parametrize("writes", [True, False])
def test_no_connection_is_transient_and_tried_again_by_itself(writes: bool) -> None:
    waits = Waits()
    error = _fails(Http(_unused_address(), timeout_s=5, clock=waits.clock()), writes=writes)
    assert type(error) is Transient
    assert error.code == "connect_failed"
    assert len(waits.seconds) == ATTEMPTS - 1


def test_a_write_that_may_have_left_is_ambiguous_and_never_repeated() -> None:
    with peer(resets, answers(OK)) as other:
        error = _fails(_http(other.address), writes=True)
    assert type(error) is Ambiguous
    assert error.code == "response_lost"
    assert len(other.seen) == 1


def test_a_read_that_broke_is_repeated() -> None:
    with (
        peer(resets, answers(_status(503)), answers(OK)) as other,
        closing(_http(other.address)) as http,
    ):
        assert http.read("GET").body == b"ok"
    assert len(other.seen) == 3


def test_a_read_that_keeps_breaking_is_transient() -> None:
    with peer(*[resets] * ATTEMPTS) as other:
        error = _fails(_http(other.address), writes=False)
    assert type(error) is Transient
    assert len(other.seen) == ATTEMPTS


def test_a_sick_vendor_is_asked_a_few_times_then_believed() -> None:
    with peer(*[answers(_status(500))] * ATTEMPTS) as other, closing(_http(other.address)) as http:
        assert http.read("GET").status == 500
    assert len(other.seen) == ATTEMPTS


def test_a_write_is_not_repeated_for_a_status() -> None:
    with peer(answers(_status(503)), answers(OK)) as other, closing(_http(other.address)) as http:
        assert http.write("", BODY, {}).status == 503
    assert len(other.seen) == 1


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(dribbles(b"HTTP/1.1 200 OK\r\nX-Slow: "), id="headers"),
        pytest.param(dribbles(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"), id="body"),
        pytest.param(stays_silent, id="silence"),
    ],
)
@pytest.mark.parametrize(("writes", "kind"), [(True, Ambiguous), (False, Transient)])
def test_the_deadline_holds_for_the_whole_exchange(
    script: Script, writes: bool, kind: type[DeliveryError]
) -> None:
    begun = time.monotonic()
    with peer(script) as other:
        error = _fails(_http(other.address, timeout_s=0.3), writes=writes)
    assert (type(error), error.code) == (kind, "timeout")
    assert time.monotonic() - begun < 20


def test_repetitions_share_one_deadline() -> None:
    pauses: list[float] = []
    clock = Clock(monotonic=lambda: 11.0 if pauses else 0.0, sleep=pauses.append)
    with peer(resets, answers(OK)) as other:
        error = _fails(Http(other.address, timeout_s=10, clock=clock), writes=False)
        assert type(error) is Transient
        assert len(other.seen) == 1


def test_a_full_pool_is_transient_because_nothing_left() -> None:
    with peer(stays_silent) as other, ThreadPoolExecutor(1) as pool:
        http = _http(other.address, timeout_s=0.5, connections=1)
        first = pool.submit(http.read, "GET")
        other.reached.wait(10)
        http._timeout_s = 0.1
        error = _fails(http, writes=True)
        assert isinstance(first.exception(), Transient)
    assert (type(error), error.code) == (Transient, "connect_failed")


@pytest.mark.parametrize("writes", [True, False])
def test_too_long_an_answer_is_not_read(writes: bool) -> None:
    with peer(answers(_status(200, body=b"a" * 2000))) as other:
        error = _fails(_http(other.address, max_bytes=1000), writes=writes)
    assert (type(error), error.code) == (Contract, "answer_too_large")


def test_a_compressed_answer_is_refused() -> None:
    with peer(answers(_status(200, "Content-Encoding: gzip", body=b"\x1f\x8b"))) as other:
        error = _fails(_http(other.address), writes=True)
    assert (type(error), error.code) == (Contract, "answer_compressed")


def test_redirects_are_not_followed() -> None:
    with (
        peer(answers(_status(307, "Location: /elsewhere")), answers(OK)) as other,
        closing(_http(other.address)) as http,
    ):
        assert http.write("", BODY, {}).status == 307
    assert len(other.seen) == 1


def test_errors_and_logs_hold_neither_address_nor_body(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), peer(resets, answers(OK)) as other:
        error = _fails(_http(other.address), writes=True)
        http = _http(other.address)
        http.read("GET", "/x", params={"key": SECRET})
        http.close()
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    for private in (other.address, SECRET, BODY.decode()):
        assert private not in told
    assert error.__context__ is None


@pytest.mark.parametrize("fault", ["reset", "silence", "nobody"])
@pytest.mark.parametrize("writes", [True, False])
def test_no_failed_exchange_tells_where_it_went_nor_what_was_sent(
    caplog: pytest.LogCaptureFixture, fault: str, writes: bool
) -> None:
    """Cut, never answered, or never connected: the library knew it all, and its error is gone."""
    script = stays_silent if fault == "silence" else resets
    with caplog.at_level(logging.DEBUG), peer(*[script] * ATTEMPTS) as other:
        address = _unused_address() if fault == "nobody" else other.address
        error = _fails(_http(address, timeout_s=1), writes=writes)
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    for private in (address, SECRET, BODY.decode()):
        assert private not in told
    assert error.__context__ is None


@pytest.mark.parametrize(
    "address", ["", "malmo.example", "ftp://a/b", "http://", "http://u:p@a/", "http://a/?key=1"]
)
def test_an_address_that_is_none_is_a_configuration_error(address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Http(address, timeout_s=1)
    assert "u:p" not in str(caught.value)


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", _unused_address())
    monkeypatch.setenv("NO_PROXY", "")
    with peer(answers(OK)) as other, closing(_http(other.address)) as http:
        assert http.read("GET").body == b"ok"
