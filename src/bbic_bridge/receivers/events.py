"""``POST /v1/events``: signed CloudEvents from a handbook workflow, one or a batch."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bbic_bridge.receivers import openapi, problems
from bbic_bridge.receivers.body import media_type, parse_json
from bbic_bridge.receivers.desk import Desk
from bbic_bridge.receivers.front import front_of
from bbic_bridge.services.views.accepting import Grant, Result
from bbic_bridge.settings import Limits

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MEDIA_TYPES = (STRUCTURED, BATCH, "application/json")

router = APIRouter()


@router.post("/v1/events", **openapi.EVENTS_IN)
async def post_events(request: Request) -> Response:
    """Accepts events. 202 only after they are durably stored; a batch gets a result per event."""
    front = front_of(request)
    mode = media_type(request.headers, MEDIA_TYPES)
    declared = mode in (STRUCTURED, BATCH)
    if not declared and any(name.startswith("ce-") for name in request.headers):
        raise problems.refusal(
            415, "binary_mode", "Attributes in headers are not signed: use structured mode."
        )
    body = await front.bodies.read(request)
    grant = front.access.workflow(request.headers.raw, body)
    receive = receive_batch if mode == BATCH else receive_one
    return await front.writing(partial(receive, front.desk, front.limits, grant, body))


def receive_one(desk: Desk, _: Limits, grant: Grant, body: bytes) -> Response:
    """Stores one event; a problem is the answer's own status."""
    event = parse_json(body)
    if not isinstance(event, dict):
        raise problems.refusal(400, "event_malformed", "The body is not one event.")
    return answer(*desk.accept([event], grant))


def receive_batch(desk: Desk, limits: Limits, grant: Grant, body: bytes) -> Response:
    """Stores those of the events that may be; each has its result, in order."""
    events = parse_json(body)
    if not isinstance(events, list) or not events:
        raise problems.refusal(400, "batch_malformed", "The body is not an array of events.")
    if len(events) > limits.batch_events:
        title = f"A batch holds at most {limits.batch_events} events."
        raise problems.refusal(413, "batch_too_large", title)
    return accepted(*desk.accept(events, grant))


def answer(result: Result) -> Response:
    """The answer to one message: 202, or its problem."""
    return problems.response(result.problem) if result.problem else accepted(result)


def accepted(*results: Result) -> Response:
    return JSONResponse({"results": [result.document() for result in results]}, 202)
