"""A connection is ended before what it sends costs memory, and before it waits for ever."""

import socket
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from bbic_bridge.cli import parts
from bbic_bridge.receivers import create_app
from bbic_bridge.receivers.wire import HEAD_BYTES, HEADERS, BoundedProtocol
from tests.receivers.conftest import SETTINGS
from tests.receivers.fake import NOW, FakeDesk
from tests.receivers.serving import served

PIECE = b"a" * 65_536
CHUNKED = b"POST /v1/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
GET = b"GET /livez HTTP/1.1\r\n"


class Hasty(BoundedProtocol):
    """The protocol with the patience of a test."""

    head_within_s = 0.3
    message_within_s = 0.5


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(create_app(desk=FakeDesk(SETTINGS, NOW))) as port:
        yield port


@pytest.fixture(scope="module")
def hasty_port() -> Iterator[int]:
    with served(create_app(desk=FakeDesk(SETTINGS, NOW)), Hasty) as port:
        yield port


def talk(port: int, *parts: bytes) -> tuple[int, bytes]:
    """How many bytes were taken, and what came back before the other side hung up."""
    taken, answer = 0, b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        with suppress(ConnectionError):
            for part in parts:
                taken += connection.send(part)
        with suppress(ConnectionError):
            while piece := connection.recv(65_536):
                answer += piece
                if b"\r\n\r\n" in answer and b"connection: close" not in answer:
                    break
    return taken, answer


def test_the_server_is_started_with_these_bounds() -> None:
    command = parts.receivers("127.0.0.1", 8800, 20)
    chosen = command[command.index("--http") + 1]
    assert chosen == f"{BoundedProtocol.__module__}:{BoundedProtocol.__name__}"


def test_a_common_request_is_answered(port: int) -> None:
    headers = b"".join(b"x-%d: %s\r\n" % (n, b"y" * 200) for n in range(HEADERS - 2))
    assert talk(port, GET + headers + b"\r\n")[1].startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(GET + b"x: y\r\n" * (HEADERS + 1) + b"\r\n", id="too many headers"),
        pytest.param(GET + b"x: " + b"y" * HEAD_BYTES + b"\r\n\r\n", id="a long header"),
        pytest.param(b"GET /" + b"y" * HEAD_BYTES + b" HTTP/1.1\r\n\r\n", id="a long address"),
        pytest.param(GET + (b"x: " + b"y" * 500 + b"\r\n") * 70 + b"\r\n", id="long in all"),
    ],
)
def test_a_head_that_is_too_large_is_refused(port: int, head: bytes) -> None:
    assert talk(port, head)[1].startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(GET + b"x: ", PIECE, id="header"),
        pytest.param(GET, b"x: y\r\n" * 10_000, id="headers"),
        pytest.param(b"GET /", PIECE, id="address"),
        pytest.param(CHUNKED + b"1;", PIECE, id="chunk extension"),
        pytest.param(CHUNKED + b"1\r\na\r\n0\r\nx: ", PIECE, id="trailer"),
    ],
)
def test_ten_megabytes_that_bring_nothing_are_not_kept(
    port: int, start: bytes, piece: bytes
) -> None:
    tracemalloc.start()
    try:
        taken, _ = talk(port, start, *[piece] * 160)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 160 * len(piece)
    assert peak < 3_000_000


def test_a_chunked_body_without_end_is_cut(port: int) -> None:
    chunk = b"10000\r\n" + PIECE + b"\r\n"
    taken, answer = talk(port, CHUNKED.replace(b"\r\n\r\n", b"\r\n" + _json()), *[chunk] * 160)
    assert taken < 160 * len(chunk)
    assert answer.startswith(b"HTTP/1.1 413") or not answer


def _json() -> bytes:
    return b"content-type: application/json\r\n\r\n"


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GE", id="method"),
        pytest.param(GET + b"x: y\r\n", id="headers"),
        pytest.param(GET + b"host: x\r\ncontent-length: 9\r\n\r\n", id="body nobody reads"),
    ],
)
def test_who_begins_and_does_not_go_on_is_hung_up_on(hasty_port: int, start: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hasty_port), timeout=20) as connection:
        connection.sendall(start)
        while connection.recv(65_536):
            pass


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 5\r\ntransfer-encoding: chunked",
        b"content-length: 5\r\ncontent-length: 6",
        b"transfer-encoding: gzip, chunked\r\ncontent-length: 5",
    ],
)
def test_a_message_of_two_lengths_is_no_message(port: int, head: bytes) -> None:
    request = b"POST /v1/events HTTP/1.1\r\nhost: x\r\n" + head + b"\r\n\r\n0\r\n\r\n"
    assert talk(port, request)[1].startswith(b"HTTP/1.1 400")


def test_headers_behind_the_body_are_not_read(port: int) -> None:
    """A signature there would be one that whoever stands between could have added."""
    trailer = b"webhook-id: m\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,x\r\n\r\n"
    head = CHUNKED.replace(b"\r\n\r\n", b"\r\n" + _json())
    _, answer = talk(port, head + b"2\r\n{}\r\n0\r\n" + trailer)
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"signature_missing" in answer
