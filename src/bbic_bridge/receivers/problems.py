"""Refusals as ``application/problem+json`` (RFC 9457). Nothing that was sent is repeated."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from bbic_bridge.services.views.accepting import Problem, Violation

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5

NOT_FOUND = Problem(404, "not_found", "There is nothing here.")
WRONG_METHOD = Problem(405, "method_not_allowed", "This cannot be done here.")
INTERNAL = Problem(500, "internal_error", "The bridge failed; the fault is its own.")
UNAVAILABLE = Problem(
    503, "store_unavailable", "The store cannot be reached; nothing was accepted."
)
STORAGE_LOW = Problem(503, "storage_low", "The store's disk is nearly full; nothing was accepted.")


class Refusal(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.headers = headers


def refusal(
    status: int,
    code: str,
    title: str,
    *errors: Violation,
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """A refusal of our own; ``code`` and ``title`` are static text."""
    return Refusal(Problem(status, code, title, errors), headers)


def response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as an answer."""
    return JSONResponse(problem.document(), problem.status, headers, MEDIA_TYPE)


async def on_refusal(_: Request, error: Refusal) -> Response:
    return response(error.problem, error.headers)


async def on_http_exception(request: Request, error: HTTPException) -> Response:
    """What the framework itself refuses: no such path, no such method."""
    match error.status_code:
        case 404:
            return response(NOT_FOUND)
        case 405:
            return response(WRONG_METHOD, {"Allow": ", ".join(_methods(request))})
        case status:
            return response(Problem(status, "refused", "The request was refused."), error.headers)


def _methods(request: Request) -> list[str]:
    """All that the path takes; the framework's own answer stops at the first route."""
    return [
        method
        for method in ("GET", "POST")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


async def on_invalid_request(_: Request, error: RequestValidationError) -> Response:
    """A path that cannot name anything is not found; any other bad parameter is malformed."""
    if any(fault["loc"][0] == "path" for fault in error.errors()):
        return response(NOT_FOUND)
    title = "A parameter is unknown or malformed."
    errors = tuple(violation(fault) for fault in error.errors())
    return response(Problem(400, "parameter_invalid", title, errors))


def violation(fault: Mapping[str, Any]) -> Violation:
    """A pydantic fault as a violation. The name of an unknown field is the sender's: left out."""
    unknown = fault["type"] == "extra_forbidden"
    place = fault["loc"][:-1] if unknown else fault["loc"]
    detail = "An unknown name stands here." if unknown else str(fault["msg"])
    return Violation("".join(f"/{part}" for part in place), detail)


async def on_store_unavailable(_: Request, __: Exception) -> Response:
    return response(UNAVAILABLE, {"Retry-After": str(RETRY_AFTER_S)})


async def on_storage_low(_: Request, __: Exception) -> Response:
    return response(STORAGE_LOW, {"Retry-After": str(RETRY_AFTER_S)})
