"""``POST /v1/webhooks/<system>/<kommun>``: signed XML from a kommun's vendor system."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bbic_bridge.receivers import openapi
from bbic_bridge.receivers.body import media_type
from bbic_bridge.receivers.events import answer
from bbic_bridge.receivers.front import front_of

MEDIA_TYPES = ("application/xml", "text/xml")

router = APIRouter()


@router.post("/v1/webhooks/procapita/{kommun}", **openapi.webhook_in("procapita"))
async def post_procapita(request: Request, kommun: str) -> Response:
    """Accepts changes from Procapita. 202 only after they are durably stored."""
    return await _receive(request, "procapita", kommun)


@router.post("/v1/webhooks/treserva/{kommun}", **openapi.webhook_in("treserva"))
async def post_treserva(request: Request, kommun: str) -> Response:
    """Accepts changes from Treserva. 202 only after they are durably stored."""
    return await _receive(request, "treserva", kommun)


async def _receive(request: Request, system: str, kommun: str) -> Response:
    front = front_of(request)
    media_type(request.headers, MEDIA_TYPES)
    body = await front.bodies.read(request)
    webhook_id = front.access.vendor(system, kommun, request.headers.raw, body)
    accept = partial(front.desk.accept_webhook, kommun, system, webhook_id, body)
    return answer(await front.writing(accept))
