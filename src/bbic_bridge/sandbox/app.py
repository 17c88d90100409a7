"""The sandbox as one ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from bbic_bridge.sandbox import control
from bbic_bridge.sandbox.connection import with_connection
from bbic_bridge.sandbox.procapita import familycare, soap
from bbic_bridge.sandbox.treserva import api as treserva
from bbic_bridge.sandbox.workflow import BadCallback, BadSignature
from bbic_bridge.sandbox.world import World

Endpoint = Callable[[Request, World], Awaitable[Response]]
FAMILYCARE = "/procapita/{kommun}/WESE.FC.Api.FC/apifc/v1"
TRESERVA = "/treserva/{kommun}/api"

# What is called most stands first: the router tries one after the other.
ROUTES: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "/procapita/{kommun}/soap", soap.soap),
    ("POST", f"{TRESERVA}/meddelanden", treserva.meddelanden),
    ("GET", f"{TRESERVA}/svar", treserva.svar),
    ("GET", f"{TRESERVA}/andringar", treserva.andringar),
    ("GET", f"{FAMILYCARE}/Persons", familycare.persons),
    ("GET", f"{FAMILYCARE}/Extract/{{kind}}", familycare.extract),
    ("GET", f"{FAMILYCARE}/{{kind}}", familycare.list_rows),
    ("GET", "/_sandbox/journal", control.journal),
    ("GET", "/_sandbox/faults", control.faults),
    ("POST", "/_sandbox/faults", control.faults),
    ("DELETE", "/_sandbox/faults", control.faults),
    ("POST", "/_sandbox/changes", control.make_change),
    ("GET", "/_sandbox/callbacks", control.callbacks),
    ("GET", "/_sandbox/webhooks", control.webhooks),
    ("POST", "/_sandbox/reset", control.reset),
)


async def _workflow_events(request: Request, world: World) -> Response:
    """The built-in workflow's ear: signed CloudEvents from the bridge."""
    try:
        callback = world.workflow.read(await request.body(), request.headers)
    except BadSignature:
        return Response(status_code=401)
    except BadCallback:
        return PlainTextResponse("not a CloudEvent in JSON", 400)
    with world.happening("callback", **callback):
        world.workflow.take(**callback)
    return Response(status_code=204)


async def _livez(_request: Request, _world: World) -> Response:
    return PlainTextResponse("ok\n")


def create_app(world: World) -> ASGIApp:
    """The application over a world; it must be served by uvicorn (see ``connection``)."""
    extra = (
        ("POST", "/workflow/events", _workflow_events),
        ("GET", "/livez", _livez),
    )
    routes = [_route(method, path, endpoint, world) for method, path, endpoint in ROUTES + extra]

    @asynccontextmanager
    async def lifespan(_app: ASGIApp) -> AsyncIterator[None]:
        sender = asyncio.create_task(world.webhooks.run())
        yield
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender

    router = Router(routes, lifespan=lifespan)
    handlers = {control.BadInput: control.bad_input, HTTPException: _plain}
    return with_connection(ExceptionMiddleware(router, handlers=handlers), world.stopping)


async def _plain(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return Response(status_code=status)


def _route(method: str, path: str, endpoint: Endpoint, world: World) -> Route:
    async def handle(request: Request) -> Response:
        return await endpoint(request, world)

    return Route(path, handle, methods=[method])
