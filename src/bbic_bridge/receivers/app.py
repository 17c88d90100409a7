"""The HTTP application."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from bbic_bridge import telemetry
from bbic_bridge.receivers import events, openapi, operation, operators, problems, webhooks
from bbic_bridge.receivers.desk import Desk
from bbic_bridge.receivers.draining import at_sigterm
from bbic_bridge.receivers.front import Front
from bbic_bridge.receivers.guard import Guard
from bbic_bridge.receivers.rereading import Rereading
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.settings import default_path, load
from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.space import StorageLow

_HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    problems.Refusal: problems.on_refusal,
    HTTPException: problems.on_http_exception,
    RequestValidationError: problems.on_invalid_request,
    StoreUnavailable: problems.on_store_unavailable,
    StorageLow: problems.on_storage_low,
}


def create_app(bridge: Bridge | None = None, *, desk: Desk | None = None) -> FastAPI:
    """The application; a factory for ASGI servers.

    Args:
        bridge: what to serve; the caller closes it. Without one, the configuration is read
            (``BBIC_CONFIG``, else ``./bridge.toml``, else the defaults) and a bridge is made
            when the server starts, and closed when it ends.
        desk: takes the place of a bridge's services.

    Raises:
        ConfigurationError: for a secret or token that cannot be used; without a bridge, the
            server's start fails with it.
    """
    app = FastAPI(
        lifespan=_lifespan,
        docs_url=None,  # the pages would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=_HANDLERS,
    )
    app.add_middleware(Guard)
    for module in (events, webhooks, operators, operation):
        app.include_router(module.router)
    openapi.describe(app)
    if bridge is not None:
        desk = _desk_of(bridge)
    app.state.front = None if desk is None else Front(desk)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    made: Bridge | None = None
    if app.state.front is None:
        from bbic_bridge.bootstrap import bootstrap

        telemetry.take_over()
        path = default_path()
        made = bootstrap(load(path))
    try:
        if made is not None:
            desk = _desk_of(made)
            app.state.front = Front(desk, Rereading(path, desk.settings, desk.now).current)
        with at_sigterm(app.state.front.drain):
            yield
    finally:
        if made is not None:
            made.close()


def _desk_of(bridge: Bridge) -> Desk:
    from bbic_bridge.receivers.bridge_desk import BridgeDesk

    return BridgeDesk(bridge)
