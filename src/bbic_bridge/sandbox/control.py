"""The control side, for tests and demonstrations: ``/_sandbox/…``. A vendor has no such thing."""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bbic_bridge.sandbox import changes
from bbic_bridge.sandbox.change_data import WRITABLE, Data
from bbic_bridge.sandbox.faults import Fault
from bbic_bridge.sandbox.records import Affarsfel, Andring
from bbic_bridge.sandbox.vendor import Installation
from bbic_bridge.sandbox.world import World

M = TypeVar("M", bound=BaseModel)
NDJSON = "application/x-ndjson"
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class BadInput(Exception):
    """What was posted is wrong; ``violations`` name the fields by JSON pointer."""

    def __init__(self, *violations: tuple[str, str]) -> None:
        super().__init__("bad input")
        self.violations = violations


class ChangeRequest(BaseModel):
    """A change to make, as posted to ``/_sandbox/changes``."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    system: Literal["procapita", "treserva"]
    kommun: Name
    kind: str
    arende: Annotated[str, StringConstraints(max_length=200, pattern=WRITABLE)] = ""
    data: dict[str, Any] = Field(default_factory=dict)
    webhook: bool = False


async def journal(request: Request, world: World) -> Response:
    """``GET /_sandbox/journal?system=&kommun=``: the effects, one line each."""
    system = request.query_params.get("system", "")
    kommun = request.query_params.get("kommun", "")
    return _ndjson(world.journal.lines(system, kommun))


async def faults(request: Request, world: World) -> Response:
    """``GET`` lists, ``POST`` turns one on (``"fault": "none"`` all off), ``DELETE`` all off."""
    if request.method == "DELETE":
        world.faults.clear(request.query_params.get("system", ""))
        return Response(status_code=204)
    if request.method == "GET":
        return JSONResponse(world.faults.listing())
    posted = await _json_object(request)
    if posted.get("fault") == "none":
        world.faults.clear(posted.get("system", ""))
        return JSONResponse({"fault": "none"})
    return JSONResponse(world.faults.add(_validated(Fault, posted)).view())


async def make_change(request: Request, world: World) -> Response:
    """``POST /_sandbox/changes``: a person changes something in a vendor system."""
    wanted = _validated(ChangeRequest, await _json_object(request))
    if wanted.kind not in changes.KINDS:
        raise BadInput(("/kind", "is none of " + ", ".join(changes.KINDS)))
    if not wanted.arende and wanted.kind not in changes.NEEDS_NO_ARENDE:
        raise BadInput(("/arende", "is required"))
    data = _data(wanted)
    try:
        with world.happening("change", **wanted.model_dump()):
            made = _change(world, wanted, data)
    except Affarsfel as error:
        raise BadInput(("/data", f"{error.kod}: {error.text}")) from None
    views = [_view(andring) for andring in made]
    return JSONResponse({**views[-1], "changes": views})


def change_again(world: World, **posted: Any) -> None:
    """Makes a change of an earlier run; what was forbidden then is forbidden now."""
    wanted = ChangeRequest.model_validate(posted)
    with suppress(Affarsfel):
        _change(world, wanted, _data(wanted))


def _data(wanted: ChangeRequest) -> Data:
    return _validated(changes.KINDS[wanted.kind][0], wanted.data, "/data")


def _change(world: World, wanted: ChangeRequest, data: Data) -> list[Andring]:
    installation = world.installation(wanted.system, wanted.kommun)
    made = changes.change(installation.register, wanted.kind, wanted.arende, data)
    if wanted.webhook:
        _send(world, installation, made)
    return made


def _send(world: World, installation: Installation, made: Iterable[Andring]) -> None:
    for andring in made:
        world.webhooks.put(
            installation.system,
            installation.kommun,
            andring.kind,
            str(andring.nr),
            installation.kind.andringar([andring]),
        )


def _view(andring: Andring) -> dict[str, str]:
    return {"vendor_id": andring.objekt, "andring_id": str(andring.nr), "kind": andring.kind}


async def callbacks(_request: Request, world: World) -> Response:
    """``GET /_sandbox/callbacks``: what the built-in workflow was told, one line per event."""
    return _ndjson(_lines(world.workflow.lines()))


async def webhooks(_request: Request, world: World) -> Response:
    """``GET /_sandbox/webhooks``: what was sent to the bridge, and how that went."""
    return _ndjson(_lines(world.webhooks.listing()))


async def reset(_request: Request, world: World) -> Response:
    """``POST /_sandbox/reset``: forgets everything but how to number."""
    world.reset()
    return Response(status_code=204)


async def bad_input(_request: Request, error: Exception) -> Response:
    """The answer to ``BadInput``: a problem document (RFC 9457)."""
    violations = error.violations if isinstance(error, BadInput) else ()
    problem = {
        "type": "about:blank",
        "title": "Bad input to the sandbox",
        "status": 400,
        "violations": [{"pointer": pointer, "message": text} for pointer, text in violations],
    }
    return JSONResponse(problem, 400, media_type="application/problem+json")


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        posted = json.loads(await request.body())
    except ValueError:
        raise BadInput(("", "is not JSON")) from None
    if not isinstance(posted, dict):
        raise BadInput(("", "is not an object"))
    return posted


def _validated(model: type[M], posted: dict[str, Any], prefix: str = "") -> M:
    try:
        return model.model_validate(posted)
    except ValidationError as error:
        raise BadInput(
            *(
                (prefix + "".join(f"/{part}" for part in one["loc"]), one["msg"])
                for one in error.errors(include_input=False, include_url=False)
            )
        ) from None


def _lines(items: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def _ndjson(lines: Iterable[str]) -> Response:
    return Response("".join(lines), media_type=NDJSON)
