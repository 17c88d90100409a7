"""Procapita's read side: the public FamilyCare contract over one kommun's register."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bbic_bridge.sandbox.misbehave import Call, carry_out
from bbic_bridge.sandbox.procapita import rows
from bbic_bridge.sandbox.records import Anteckning, Dokument, Post
from bbic_bridge.sandbox.register import STOCKHOLM, Register
from bbic_bridge.sandbox.world import World

SYSTEM = "procapita"
INT32_MAX = 2_147_483_647


class BadParameter(Exception):
    """A query parameter is missing or not understood; the message names it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row: where its objects are, which date orders them, how they are written."""

    of_person: Callable[[Register, str], Sequence[Any]]
    on: Callable[[Any], date]
    row: Callable[[Any], rows.Row]
    everything: Callable[[Register], Iterable[Any]] = lambda _register: ()
    extract_row: Callable[[Any], rows.Row] = dict


def _documents(register: Register, personnummer: str) -> Sequence[Any]:
    notes = register.anteckningar.for_person(personnummer)
    return [*register.dokument.for_person(personnummer), *notes]


def _day_of(document: Dokument | Anteckning) -> date:
    if isinstance(document, Dokument):
        return document.datum
    return document.handelsetid.astimezone(STOCKHOLM).date()


KINDS = {
    "Decisions": Kind(
        lambda register, person: register.beslut.for_person(person),
        lambda beslut: beslut.beslutsdatum,
        rows.decision,
        lambda register: register.beslut,
        rows.extract_decision,
    ),
    "Executions": Kind(
        lambda register, person: register.verkstalligheter.for_person(person),
        lambda verkstallighet: verkstallighet.fran,
        rows.execution,
        lambda register: register.verkstalligheter,
        rows.extract_execution,
    ),
    "Services": Kind(
        lambda register, person: register.insatser.for_person(person),
        lambda insats: insats.fran,
        rows.service,
        lambda register: register.insatser,
        rows.extract_service,
    ),
    "ResourceAllocations": Kind(
        lambda register, person: register.tilldelningar.for_person(person),
        lambda tilldelning: tilldelning.fran,
        rows.allocation,
        lambda register: register.tilldelningar,
        rows.extract_allocation,
    ),
    # No message and no change here opens an investigation: the lists are there, and empty.
    "Investigations": Kind(lambda _register, _person: (), lambda _none: date.min, dict),
    "Documents": Kind(_documents, _day_of, rows.document),
}
EXTRACTS = frozenset(KINDS) - {"Documents"}


async def list_rows(request: Request, world: World) -> Response:
    """``GET …/{Decisions,Executions,…}``: a person's rows between two dates."""
    return await _read(request, world, request.path_params["kind"], _page)


async def extract(request: Request, world: World) -> Response:
    """``GET …/Extract/{Decisions,Executions,…}``: everybody's rows, changed after a time."""
    return await _read(request, world, f"Extract/{request.path_params['kind']}", _extract)


async def persons(request: Request, world: World) -> Response:
    """``GET …/Persons``: one person."""
    return await _read(request, world, "Persons", _person)


Reading = Callable[[Request, Register], Response]


async def _read(request: Request, world: World, name: str, reading: Reading) -> Response:
    if not _key_stands(request, world.config.key):
        return _json({"Message": "Authorization has been denied for this request."}, 401)
    if name not in KINDS and name.removeprefix("Extract/") not in EXTRACTS and name != "Persons":
        return Response(status_code=404)
    installation = world.installation(SYSTEM, request.path_params["kommun"])
    call = Call(
        system=SYSTEM,
        kommun=installation.kommun,
        names=frozenset({name}),
        act=partial(_answered, reading, request, installation.register),
        reject=lambda _kod, text: _json({"Message": text}, 400),
        read=True,
    )
    return await carry_out(call, world.faults, request)


def _key_stands(request: Request, key: str) -> bool:
    given = request.query_params.get("key", "")
    return bool(request.query_params.get("domain")) and bool(given) and key in ("", given)


def _answered(reading: Reading, request: Request, register: Register) -> Response:
    try:
        return reading(request, register)
    except BadParameter as error:
        return _json({"Message": str(error)}, 400)


def _page(request: Request, register: Register) -> Response:
    kind = KINDS[request.path_params["kind"]]
    person = _required(request, "personId")
    first, last = _moment(request, "startDate"), _moment(request, "endDate")
    size, number = _count(request, "pageSize"), _count(request, "pageNr")
    found = [
        post
        for post in kind.of_person(register, person)
        if first.date() <= kind.on(post) <= last.date()
    ]
    found.sort(key=lambda post: (kind.on(post), int(post.id)), reverse=not _ascending(request))
    shown = found[number * size : (number + 1) * size] if size else found
    pages = -(-len(found) // size) if size else 1
    return _json(
        {
            "StartDate": rows.local(first),
            "EndDate": rows.local(last),
            "PageNumber": number,
            "TotalNumberOfPages": pages,
            "PageSize": size,
            "TotalNumberOfRecords": len(found),
            "Result": [kind.row(post) for post in shown],
        }
    )


def _extract(request: Request, register: Register) -> Response:
    kind = KINDS[request.path_params["kind"]]
    after = _moment(request, "modifiedAfter") if "modifiedAfter" in request.query_params else None
    offset = _count(request, "offset")
    _required(request, "limit")
    limit = _count(request, "limit")
    if "q" in request.query_params:
        raise BadParameter("q: the contract does not tell its syntax; not simulated")
    found: list[Post] = [
        post for post in kind.everything(register) if after is None or post.andrad > after
    ]
    return _json(
        {
            "ModifiedAfter": rows.local(after),
            "TotalNumberOfRecords": len(found),
            "Result": [kind.extract_row(post) for post in found[offset : offset + limit]],
        }
    )


def _person(request: Request, register: Register) -> Response:
    found = register.personer.get(_required(request, "personId"))
    return Response(status_code=404) if found is None else _json(rows.person(found))


def _required(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if not value:
        raise BadParameter(f"{name} is required")
    return value


def _moment(request: Request, name: str) -> datetime:
    """A date or date-time; one without offset is Stockholm's."""
    try:
        parsed = datetime.fromisoformat(_required(request, name))
    except ValueError:
        raise BadParameter(f"{name} is not a date or date-time") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=STOCKHOLM)


def _count(request: Request, name: str) -> int:
    value = request.query_params.get(name) or "0"
    if not (value.isascii() and value.isdigit() and int(value) <= INT32_MAX):
        raise BadParameter(f"{name} is not a count")
    return int(value)


def _ascending(request: Request) -> bool:
    value = request.query_params.get("ascending", "true").lower()
    if value not in ("true", "false"):
        raise BadParameter("ascending is neither true nor false")
    return value == "true"


def _json(content: Any, status: int = 200) -> Response:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body, status, media_type="application/json; charset=utf-8")
