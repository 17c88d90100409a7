"""Carrying out a call to a vendor, well or as a fault switch says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bbic_bridge.sandbox.connection import SCOPE_KEY, Connection, NoAnswer
from bbic_bridge.sandbox.faults import Fault, Faults

TIMEOUT_MS = 8000
SLOW_MS = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a vendor, understood but not yet carried out.

    ``act`` brings the effect about, or reads, and gives the vendor's true answer. ``reject``
    words a business fault as this vendor does. ``reference`` is what the answer will repeat.
    """

    system: str
    kommun: str
    names: frozenset[str]
    act: Callable[[], Response]
    reject: Callable[[str, str], Response]
    reference: str = ""
    read: bool = False


async def carry_out(call: Call, faults: Faults, request: Request) -> Response:
    """The answer to a call; a fault that strikes may hinder the effect, the answer, or both."""
    fault = faults.for_call(call.system, call.kommun, call.names, read=call.read)
    if fault is None:
        return call.act()
    return await MISBEHAVIOUR[fault.fault](call, fault, request.scope[SCOPE_KEY])


async def _refuse(_call: Call, _fault: Fault, connection: Connection) -> Response:
    connection.abort()
    return NoAnswer()


async def _lost_response(call: Call, _fault: Fault, connection: Connection) -> Response:
    call.act()
    connection.abort()
    return NoAnswer()


async def _http_500(_call: Call, _fault: Fault, _connection: Connection) -> Response:
    return PlainTextResponse("Internal Server Error", 500)


async def _http_429(_call: Call, fault: Fault, _connection: Connection) -> Response:
    headers = {"Retry-After": str(fault.retry_after)}
    return PlainTextResponse("Too Many Requests", 429, headers)


async def _timeout(call: Call, fault: Fault, connection: Connection) -> Response:
    if fault.effect == "before":
        call.act()
    await connection.hold(fault.delay_s(TIMEOUT_MS))
    if fault.effect == "after":
        call.act()
    connection.abort()
    return NoAnswer()


async def _slow(call: Call, fault: Fault, connection: Connection) -> Response:
    before = call.act() if fault.effect in (None, "before") else None
    await connection.hold(fault.delay_s(SLOW_MS))
    if fault.effect == "never":
        return PlainTextResponse("Service Unavailable", 503)
    return before or call.act()


async def _reject(call: Call, fault: Fault, _connection: Connection) -> Response:
    return call.reject(fault.code, fault.text)


async def _malformed(call: Call, _fault: Fault, _connection: Connection) -> Response:
    answer = call.act()
    whole = bytes(answer.body)
    return Response(whole[: len(whole) * 2 // 3], answer.status_code, media_type=_type(answer))


async def _wrong_answer(call: Call, _fault: Fault, _connection: Connection) -> Response:
    answer = call.act()
    ours = escape(call.reference, quote=False).encode()
    body = bytes(answer.body).replace(ours, b"annan-referens") if ours else bytes(answer.body)
    return Response(body, answer.status_code, media_type=_type(answer))


def _type(answer: Response) -> str:
    return answer.headers["content-type"]


MISBEHAVIOUR: dict[str, Callable[[Call, Fault, Connection], Awaitable[Response]]] = {
    "refuse": _refuse,
    "lost_response": _lost_response,
    "http_500": _http_500,
    "http_429": _http_429,
    "timeout": _timeout,
    "slow": _slow,
    "reject": _reject,
    "malformed": _malformed,
    "wrong_answer": _wrong_answer,
}
