"""Reading a request's body: capped while it streams, of a known media type, strictly parsed."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from typing import Any, NoReturn

from fastapi import Request
from starlette.datastructures import Headers

from bbic_bridge.receivers.problems import Refusal, refusal

MAX_DEPTH = 32
DISCARDED_LIMITS = 32
DISCARDED_WITHIN_S = 5.0


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


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, or nothing: keeping it stops as soon as it is too large.

    Raises:
        Refusal: 413; the connection is closed, since what was not read cannot be skipped.
    """
    announced = request.headers.get("content-length", "0")
    stream = request.stream()
    if not announced.isdecimal() or int(announced) > limit:
        if request.headers.get("expect", "").lower() != "100-continue":
            await _discard(stream, limit)
        raise _too_large(limit)
    chunks = bytearray()
    async for chunk in stream:
        chunks += chunk
        if len(chunks) > limit:
            chunks.clear()
            await _discard(stream, limit)
            raise _too_large(limit)
    return bytes(chunks)


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
    except (ValueError, RecursionError):
        raise _malformed() from None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise refusal(400, "json_too_deep", f"The body has more than {MAX_DEPTH} levels.")
    if b"\\u" in body and not _is_text(value):
        raise _malformed()
    return value


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
