"""What ``/openapi.json`` says of bodies that are read raw, and of problems."""

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bbic_bridge import __version__
from bbic_bridge.handbook.handelser import HANDELSER
from bbic_bridge.handbook.kodlistor import Vikt
from bbic_bridge.receivers.problems import MEDIA_TYPE

_REF = "#/components/schemas/"
_TITLES = {
    400: "Malformed",
    401: "Bad or missing signature or token",
    403: "Not within what the secret or token is bound to",
    404: "Nothing here",
    408: "The body came too slowly",
    409: "In conflict with what is stored",
    413: "Too large",
    415: "Media type unsupported",
    422: "Understood, but against the handbook's rules",
    429: "Too many requests",
    503: "The store cannot be reached, or too much comes at once; nothing was accepted",
}


class Fault(BaseModel):
    """One fault: a JSON pointer or XPath, and what is wrong there.

    Of a content point of the handbook also its Swedish name, who asks for it (a source and its
    line, law, or our own design), how much it weighs, and the rule's code.
    """

    pointer: str
    detail: str
    namn: str | None = None
    kalla: str | None = None
    vikt: Vikt | None = None
    kod: str | None = None


class ProblemDetails(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    errors: list[Fault] | None = None


class EventResult(BaseModel):
    """What became of one event; ``id`` is its own, where it could be read."""

    id: str | None
    status: Literal["accepted", "duplicate", "rejected"]
    problem: ProblemDetails | None = None


class Results(BaseModel):
    """One result per event, in order."""

    results: list[EventResult]


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may refuse in these ways."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}{ProblemDetails.__name__}"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}


def _intake(content: dict[str, Any], *statuses: int) -> dict[str, Any]:
    accepted = {"model": Results, "description": "Durably stored"}
    headers = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ]
    return {
        "status_code": 202,
        "responses": {202: accepted, **problems_of(*statuses)},
        "openapi_extra": {
            "parameters": headers,
            "requestBody": {"required": True, "content": content},
        },
    }


def _events_in() -> dict[str, Any]:
    event = {"$ref": f"{_REF}HandbookEvent"}
    content = {
        "application/cloudevents+json": {"schema": event},
        "application/cloudevents-batch+json": {
            "schema": {"type": "array", "minItems": 1, "items": event}
        },
        "application/json": {"schema": event},
    }
    return _intake(content, 400, 401, 403, 408, 409, 413, 415, 422, 429, 503)


EVENTS_IN = _events_in()


def webhook_in(system: str) -> dict[str, Any]:
    """The route of one vendor's webhooks."""
    schema = {"type": "string", "description": f"<Andringar> of contracts/{system}.xsd"}
    content = {"application/xml": {"schema": schema}, "text/xml": {"schema": schema}}
    return _intake(content, 400, 401, 404, 408, 413, 415, 429, 503)


def json_in(model: type[BaseModel], *statuses: int) -> dict[str, Any]:
    """A route with an optional JSON body that is read raw."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {
        "responses": problems_of(*statuses),
        "openapi_extra": {"requestBody": {"required": False, "content": content}},
    }


def describe(app: FastAPI) -> None:
    """Makes ``/openapi.json`` tell the whole API, with every event type's document."""
    app.openapi = lambda: _cached(app)  # type: ignore[method-assign]  # FastAPI's own way


def _cached(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = _build(app)
    return app.openapi_schema


def _build(app: FastAPI) -> dict[str, Any]:
    described = get_openapi(
        title="bbic-bridge",
        version=__version__,
        summary="Carries BBIC handbook decisions into the municipal case systems",
        routes=app.routes,
    )
    schemas = described["components"]["schemas"]
    schemas.update(_schemas())
    _drop_fastapis_422(described["paths"], schemas)
    return described


def _drop_fastapis_422(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Parameters are answered with 400 here."""
    theirs = {"$ref": f"{_REF}HTTPValidationError"}
    for operation in (operation for path in paths.values() for operation in path.values()):
        content = operation["responses"].get("422", {}).get("content", {})
        if content.get("application/json", {}).get("schema") == theirs:
            del operation["responses"]["422"]
    del schemas["HTTPValidationError"], schemas["ValidationError"]


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [ProblemDetails, *dict.fromkeys(HANDELSER.values())]
    references, found = models_json_schema(
        [(model, "validation") for model in models], ref_template=_REF + "{model}"
    )
    kinds = [
        {"properties": {"type": {"const": name}, "data": references[(model, "validation")]}}
        for name, model in HANDELSER.items()
    ]
    event = {"allOf": [{"$ref": f"{_REF}CloudEvent"}, {"oneOf": kinds}]}
    return {**found["$defs"], "CloudEvent": _CLOUD_EVENT, "HandbookEvent": event}


_CLOUD_EVENT = {
    "type": "object",
    "description": "CloudEvents 1.0; `subject` is the ärende, `kommun` an extension attribute",
    "required": ["specversion", "id", "source", "type", "time", "subject", "kommun", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "description": "unique per source"},
        "source": {"type": "string", "format": "uri-reference", "minLength": 1},
        "type": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "subject": {"type": "string", "minLength": 1},
        "kommun": {"type": "string"},
        "datacontenttype": {"const": "application/json"},
        "data": {"type": "object"},
    },
}
