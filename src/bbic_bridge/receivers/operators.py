"""The API of operators' tools: the feed, cases, deliveries and replay. Everything is masked, but
for the feed to a token that is made for it.

What a token's kommuner do not cover does not exist for it.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from bbic_bridge.delivery.states import State
from bbic_bridge.handbook.dokument.bas import Tid
from bbic_bridge.receivers import openapi
from bbic_bridge.receivers.body import media_type, parse_json
from bbic_bridge.receivers.front import FeedReader, Front, FrontOf, Operator, Reader
from bbic_bridge.receivers.problems import NOT_FOUND, Refusal, refusal, violation
from bbic_bridge.security.tokens import Bearer
from bbic_bridge.services.bridge import OPERATIONS
from bbic_bridge.services.views.accepting import Violation
from bbic_bridge.services.views.cases import CaseView
from bbic_bridge.services.views.deliveries import DeliveryDetail, DeliveryView, Filter
from bbic_bridge.services.views.health import TotalView
from bbic_bridge.services.views.replays import ReplayItem

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
PathWord = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Limit = Annotated[int, Field(ge=1, le=1000)]


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise ValueError("there is no such operation")
    return name


Operation = Annotated[
    str, AfterValidator(_operation), WithJsonSchema({"type": "string", "enum": list(OPERATIONS)})
]

router = APIRouter(responses=openapi.problems_of(400, 401, 403, 503))


class Strict(BaseModel):
    """What comes from outside: nothing unknown, nothing guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedQuery(Strict):
    after: Annotated[str, Field(max_length=128)] | None = None
    limit: Limit = 100


class CaseQuery(Strict):
    kommun: Word | None = None


class DeliveriesQuery(Strict):
    """Filters; those left out do not filter. ``error`` is a kind or a code."""

    state: frozenset[State] = frozenset()
    kommun: frozenset[Word] = frozenset()
    system: Literal["procapita", "treserva", "workflow"] | None = None
    operation: Operation | None = None
    arende: Word | None = None
    error: Word | None = None
    since: Tid | None = None
    until: Tid | None = None
    limit: Limit = 100
    after: Word | None = None


class TotalsQuery(Strict):
    """``day`` is a Stockholm date, that of the events' own ``time``; left out, it is today."""

    day: date | None = None
    source: Annotated[str, Field(max_length=256)] | None = None


class Replay(Strict):
    model_config = ConfigDict(strict=True)

    dry_run: bool = False
    same_bytes: bool = False
    reason: Annotated[str, Field(max_length=500)] = ""


class Feed(BaseModel):
    """CloudEvents, oldest first; ask again with ``after=cursor``."""

    events: tuple[Mapping[str, Any], ...]
    cursor: str


class Totals(BaseModel):
    """By source and kommun; what nothing was accepted of has no line."""

    totals: list[TotalView]


class Deliveries(BaseModel):
    """Deliveries, oldest first; where ``next`` is set, there may be more ``after`` it."""

    deliveries: list[DeliveryView]
    next: str | None


@router.get("/v1/events")
async def get_events(
    front: FrontOf, bearer: FeedReader, asked: Annotated[FeedQuery, Query()]
) -> Feed:
    """What the bridge tells the handbook workflow, for one that polls; masked for operators."""
    reveal = bearer.use == "feed"
    read = partial(front.desk.feed, asked.after, asked.limit, bearer.kommuner, reveal=reveal)
    try:
        page = await front.reading(read)
    except ValueError:
        raise refusal(400, "cursor_invalid", "This cursor was never given.") from None
    return Feed(events=page.events, cursor=page.cursor)


@router.get("/v1/totals")
async def get_totals(
    front: FrontOf, bearer: Reader, asked: Annotated[TotalsQuery, Query()]
) -> Totals:
    """Control totals of a day: how many events of it were accepted, and a digest of their ids."""
    read = partial(front.desk.totals, asked.day, asked.source, bearer.kommuner)
    return Totals(totals=await front.reading(read))


@router.get("/v1/cases/{arende}", responses=openapi.problems_of(404))
async def get_case(
    front: FrontOf, bearer: Reader, arende: PathWord, asked: Annotated[CaseQuery, Query()]
) -> CaseView:
    """A case's timeline: steps, facts, and what is still open."""
    for kommun in (asked.kommun,) if asked.kommun else _kommuner(bearer):
        case = await front.reading(partial(front.desk.case, arende, kommun))
        if case is not None and bearer.sees(case.kommun):
            return case
    raise Refusal(NOT_FOUND)


@router.get("/v1/deliveries")
async def get_deliveries(
    front: FrontOf, bearer: Reader, asked: Annotated[DeliveriesQuery, Query()]
) -> Deliveries:
    """Deliveries, filtered."""
    wanted = _filter(asked, bearer)
    found = await front.reading(partial(front.desk.deliveries, wanted)) if wanted else []
    full = len(found) == asked.limit
    return Deliveries(deliveries=found, next=found[-1].id if full else None)


@router.get("/v1/deliveries/{delivery_id}", responses=openapi.problems_of(404))
async def get_delivery(front: FrontOf, bearer: Reader, delivery_id: PathWord) -> DeliveryDetail:
    """One delivery with its attempts and what it waits for."""
    return await _visible(front, bearer, delivery_id)


@router.post(
    "/v1/deliveries/{delivery_id}/replay",
    **openapi.json_in(Replay, 404, 408, 409, 413, 415),
)
async def post_replay(
    request: Request, front: FrontOf, bearer: Operator, delivery_id: PathWord
) -> ReplayItem:
    """Releases a failed delivery again, as a job of one; mapped anew, or with ``same_bytes`` as it
    was sent last. With ``dry_run``, only says what would happen."""
    asked = await _replay_body(request, front)
    await _visible(front, bearer, delivery_id)
    item = await front.writing(
        partial(
            front.desk.replay,
            delivery_id,
            actor=bearer.actor,
            reason=asked.reason,
            dry_run=asked.dry_run,
            same_bytes=asked.same_bytes,
        )
    )
    if item.outcome in {"refused", "changed"}:
        title = "This delivery cannot be replayed as it stands."
        raise refusal(409, "not_replayable", title, Violation("", item.detail))
    return item


async def _visible(front: Front, bearer: Bearer, delivery_id: str) -> DeliveryDetail:
    detail = await front.reading(partial(front.desk.delivery, delivery_id))
    if detail is None or not bearer.sees(detail.delivery.kommun):
        raise Refusal(NOT_FOUND)
    return detail


def _kommuner(bearer: Bearer) -> tuple[str | None, ...]:
    return (None,) if "*" in bearer.kommuner else bearer.kommuner


def _filter(asked: DeliveriesQuery, bearer: Bearer) -> Filter | None:
    """None where nothing that is asked for can be seen: an empty filter would show all."""
    kommuner = sorted(asked.kommun or bearer.kommuner)
    visible = tuple(kommun for kommun in kommuner if bearer.sees(kommun))
    if not visible:
        return None
    return Filter(
        states=tuple(sorted(asked.state)),
        kommuner=() if "*" in visible else visible,
        **asked.model_dump(exclude={"state", "kommun"}),
    )


async def _replay_body(request: Request, front: Front) -> Replay:
    body = await front.bodies.read(request)
    if not body:
        return Replay()
    media_type(request.headers, ("application/json",))
    try:
        return Replay.model_validate(parse_json(body))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        errors = (violation(fault) for fault in faults)
        title = "The body is not what a replay takes."
        raise refusal(400, "body_invalid", title, *errors) from None
