"""For whoever runs the bridge: probes and metrics. No token; no personal data."""

from functools import partial
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from bbic_bridge.receivers.front import FrontOf
from bbic_bridge.receivers.metrics import render


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Static words. ``reasons`` for taking nothing in: ``draining``, ``store_unavailable``,
    ``schema_not_current``, ``storage_low``. ``degraded``, for carrying nothing on: ``no_worker``,
    ``no_beat``, ``due_not_claimed``, ``recovering``."""

    status: Literal["ready", "not_ready"]
    reasons: list[str]
    degraded: list[str]


router = APIRouter()


@router.get("/livez")
async def livez() -> Alive:
    """The process answers."""
    return Alive()


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "Send nothing here now"}},
)
async def readyz(front: FrontOf) -> Response:
    """Events can be accepted: the store is reached and has room, its schema is current, nothing
    is ending. What is accepted is kept, also while nothing is carried on: that is told as
    ``degraded``, with 200, for refusing events then would help nobody."""
    draining = ["draining"] if front.draining else []
    reasons = draining or await front.reading(front.desk.not_ready)
    readiness = Readiness(
        status="not_ready" if reasons else "ready",
        reasons=reasons,
        degraded=[] if reasons else await front.reading(front.desk.degraded),
    )
    return JSONResponse(readiness.model_dump(), 503 if reasons else 200)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus' text format"}},
)
async def metrics(front: FrontOf) -> Response:
    """Counts and ages, asked from the store now."""
    content = await front.reading(partial(render, front.desk.status))
    return Response(content, media_type=CONTENT_TYPE_LATEST)
