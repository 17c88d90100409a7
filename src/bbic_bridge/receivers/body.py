"""Reading a request's body: capped while it streams, of a known media type, strictly parsed."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from fastapi import Request
from starlette.datastructures import Headers

from bbic_bridge.receivers.problems import Refusal, refusal

MAX_DEPTH = 32
DISCARDED_LIMITS = 32
DISCARDED_WITHIN_S = 5.0
BODIES_AT_ONCE = 64
RETRY_AFTER_S = 5


class Bodies:
    """What is held of bodies that nobody has vouched for yet, of all senders together.

    Args:
        limit: bytes of one body.
        within_s: seconds for one body.
    """

    def __init__(self, limit: int, within_s: float) -> None:
        self.limit = limit
        self._within_s = within_s
        self._held = 0

    async def read(self, request: Request) -> bytes:
        """The whole body, or nothing: keeping it stops as soon as it is too large.

        Raises:
            Refusal: 413, 408 (too slow) or 503 (too much is being read already). The connection is
                closed, since what was not read cannot be skipped.
        """
        announced = request.headers.get("content-length", "0")
        stream = request.stream()
        if not announced.isdecimal() or int(announced) > self.limit:
            if request.headers.get("expect", "").lower() != "100-continue":
                await _discard(stream, self.limit)
            raise _too_large(self.limit)
        try:
            async with asyncio.timeout(self._within_s):
                return await self._kept(stream)
        except TimeoutError:
            raise _too_slow() from None

    async def _kept(self, stream: AsyncIterator[bytes]) -> bytes:
        chunks = bytearray()
        with self._counted(chunks):
            async for chunk in stream:
                chunks += chunk
                self._held += len(chunk)
                if len(chunks) > self.limit:
                    break
                if self._held > self.limit * BODIES_AT_ONCE:
                    raise _busy()
            else:
                return bytes(chunks)
        await _discard(stream, self.limit)
        raise _too_large(self.limit)

    @contextmanager
    def _counted(self, chunks: bytearray) -> Iterator[None]:
        try:
            yield
        finally:
            self._held -= len(chunks)
            chunks.clear()


def media_type(headers: Headers, accepted: Collection[str]) -> str:
    """The body's media type, if it is accepted, in UTF-8 and not compressed.

    Raises:
        Refusal: 415.
    """
    essence, *parameters = headers.get("content-type", "").lower().split(";")
    charsets = [
        value.strip(" \"'")
        for name, _, value in (parameter.partition("=") for parameter in parameters)
        if name.strip() == "charset"
    ]
    known = essence.strip() in accepted and set(charsets) <= {"utf-8"}
    if not known or headers.get("content-encoding", "identity") != "identity":
        raise refusal(
            415, "media_type_unsupported", f"Send {' or '.join(accepted)}, in UTF-8, uncompressed."
        )
    return essence.strip()


async def _discard(stream: AsyncIterator[bytes], limit: int) -> None:
    """Reads a refused body away, within bounds, keeping nothing.

    A client that writes on into a closed connection sees a broken pipe, never the answer, and
    would send the same again.
    """
    left = limit * DISCARDED_LIMITS
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARDED_WITHIN_S):
            async for chunk in stream:
                left -= len(chunk)
                if left < 0:
                    return


def _too_large(limit: int) -> Refusal:
    title = f"The body is larger than {limit} bytes."
    return refusal(413, "body_too_large", title, headers={"Connection": "close"})


def _too_slow() -> Refusal:
    title = "The body came too slowly."
    return refusal(408, "body_too_slow", title, headers={"Connection": "close"})


def _busy() -> Refusal:
    headers = {"Connection": "close", "Retry-After": str(RETRY_AFTER_S)}
    return refusal(503, "too_busy", "Too much is being received at once.", headers=headers)


def parse_json(body: bytes) -> Any:
    """The JSON value of a body in UTF-8.

    Refused is also what JSON parsers disagree on: a name twice in one object, NaN and infinities,
    half of a surrogate pair, and more than 32 levels.

    Raises:
        Refusal: 400.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise refusal(400, "not_utf8", "The body is not UTF-8.") from None
    try:
        value = _DECODER.decode(text)
    except RecursionError:  # far beyond our own limit, the parser stops by itself
        raise _too_deep() from None
    except ValueError:
        raise _malformed() from None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise _too_deep()
    if b"\\u" in body and not _is_text(value):
        raise _malformed()
    return value


def _too_deep() -> Refusal:
    return refusal(400, "json_too_deep", f"The body has more than {MAX_DEPTH} levels.")


def _malformed() -> Refusal:
    return refusal(400, "json_malformed", "The body is not strict JSON.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _no_constant(_: str) -> NoReturn:
    raise ValueError("not a JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant
)


def _deeper_than(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [child for node in layer for child in _children(node)]
        if not layer:
            return False
    return any(isinstance(node, dict | list) for node in layer)


def _children(node: Any) -> Collection[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _is_text(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
