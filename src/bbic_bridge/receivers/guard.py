"""The outermost layer: what nobody foresaw becomes a 500 that says nothing of the request."""

import sys

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bbic_bridge import telemetry
from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.receivers.problems import INTERNAL, response

log = telemetry.get_logger()
_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class Guard:
    """Keeps answers out of caches, and exceptions out of answers and of the server's log.

    The log gets the exception's class and the line it came from: a message or a traceback may
    hold what was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, _briefly(send))
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  the last place that can keep it in
            log.error(
                "request_failed",
                error=telemetry.error_name(error),
                code=telemetry.place_of(error.__traceback__),
            )
            if not started:
                await response(INTERNAL)(scope, receive, guarded)


def _briefly(send: Send) -> Send:
    """A start that fails for a reason of ours is told in one line, without a traceback."""

    async def told(message: Message) -> None:
        error = sys.exc_info()[1]
        if message["type"] == "lifespan.startup.failed" and isinstance(error, BridgeError):
            log.error("start_failed", error=telemetry.error_name(error), because=str(error))
            message = {**message, "message": ""}
        await send(message)

    return told
