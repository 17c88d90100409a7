"""Treserva: XML messages over HTTP, with an idempotency key that is honoured."""

import hashlib
from functools import partial

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from bbic_bridge.contracts.xml import XmlRefused, parse_untrusted
from bbic_bridge.sandbox.access import token_stands
from bbic_bridge.sandbox.misbehave import Call, carry_out
from bbic_bridge.sandbox.records import Affarsfel, Skrivning
from bbic_bridge.sandbox.treserva import outgoing
from bbic_bridge.sandbox.treserva.incoming import VOCABULARY
from bbic_bridge.sandbox.vendor import Answered, Installation
from bbic_bridge.sandbox.world import World

SYSTEM = "treserva"
MEDIA_TYPE = "application/xml; charset=utf-8"
MAX_ANTAL = 500


async def meddelanden(request: Request, world: World) -> Response:
    """Takes one message. The same key with the same body is answered again, without effect."""
    if not token_stands(request, world.config.token):
        return _unauthorised()
    if not request.headers.get("content-type", "").startswith("application/xml"):
        return Response(status_code=415)
    body = await request.body()
    key = request.headers.get("idempotency-key", "")
    if not key:
        return _fel(400, "NYCKEL_SAKNAS", "Idempotency-Key saknas.")
    try:
        skrivning = _understand(world, body)
    except XmlRefused as error:
        return _fel(400, "OGILTIGT_MEDDELANDE", str(error))
    except Affarsfel as error:
        return _fel(422, error.kod, error.text)
    kommun = request.path_params["kommun"]
    call = Call(
        system=SYSTEM,
        kommun=kommun,
        names=skrivning.uppgiftsnamn,
        act=partial(_perform, world, kommun, skrivning, key, body),
        reject=partial(_fel, 422),
        reference=skrivning.referens,
    )
    return await carry_out(call, world.faults, request)


def again(world: World, kommun: str, key: str, message: str) -> None:
    """Does what a message asked for in an earlier run; what was refused then is refused now."""
    body = message.encode()
    skrivning = VOCABULARY.read(parse_untrusted(body))
    _take(world.installation(SYSTEM, kommun), skrivning, key, hashlib.sha256(body).digest())


def _understand(world: World, body: bytes) -> Skrivning:
    message = parse_untrusted(body)
    problem = world.schemas[SYSTEM].problem(message)
    if problem is None and message.tag not in VOCABULARY:
        problem = "is not a message to Treserva"
    if problem:
        raise XmlRefused("schema", problem)
    return VOCABULARY.read(message)


def _perform(world: World, kommun: str, skrivning: Skrivning, key: str, body: bytes) -> Response:
    installation = world.installation(SYSTEM, kommun)
    digest = hashlib.sha256(body).digest()
    earlier = installation.answered.get(key)
    if earlier is not None:
        if earlier.digest != digest:
            return _fel(409, "NYCKEL_ANDRAT_INNEHALL", "Nyckeln har använts för annat innehåll.")
        return _xml(earlier.answer, 200)
    with world.happening(SYSTEM, kommun=kommun, key=key, message=body.decode()):
        return _take(installation, skrivning, key, digest)


def _take(installation: Installation, skrivning: Skrivning, key: str, digest: bytes) -> Response:
    """Does what a message asks for, and keeps the answer under its key."""
    try:
        kvittens = installation.skriv(skrivning)
    except Affarsfel as error:
        return _fel(422, error.kod, error.text)
    answer = etree.tostring(outgoing.svar(kvittens), encoding="utf-8")
    installation.answered[key] = Answered(digest, answer)
    return _xml(answer, 201)


async def svar(request: Request, world: World) -> Response:
    """Tells what became of a reference."""
    if not token_stands(request, world.config.token):
        return _unauthorised()
    referens = request.query_params.get("referens", "")
    installation = world.installation(SYSTEM, request.path_params["kommun"])
    call = Call(
        system=SYSTEM,
        kommun=installation.kommun,
        names=frozenset({"svar"}),
        act=partial(_svar, installation, referens),
        reject=partial(_fel, 422),
        reference=referens,
        read=True,
    )
    return await carry_out(call, world.faults, request)


def _svar(installation: Installation, referens: str) -> Response:
    kvittens = installation.kvittenser.get(referens)
    if kvittens is None:
        return _fel(404, "OKAND_REFERENS", "Ingen uppgift med den referensen är utförd.")
    return _xml(etree.tostring(outgoing.svar(kvittens), encoding="utf-8"), 200)


async def andringar(request: Request, world: World) -> Response:
    """Tells what has changed after a cursor, whoever changed it."""
    if not token_stands(request, world.config.token):
        return _unauthorised()
    installation = world.installation(SYSTEM, request.path_params["kommun"])
    call = Call(
        system=SYSTEM,
        kommun=installation.kommun,
        names=frozenset({"andringar"}),
        act=partial(
            _andringar,
            installation,
            request.query_params.get("efter", ""),
            request.query_params.get("antal", "100"),
        ),
        reject=partial(_fel, 422),
        read=True,
    )
    return await carry_out(call, world.faults, request)


def _andringar(installation: Installation, efter: str, antal: str) -> Response:
    if not antal.isascii() or not antal.isdigit() or not 1 <= int(antal) <= MAX_ANTAL:
        return _fel(400, "OGILTIG_FRAGA", f"antal ska vara 1 till {MAX_ANTAL}.")
    try:
        changes, following, more = installation.andringar_efter(efter, int(antal))
    except ValueError:
        return _fel(400, "OGILTIG_FRAGA", "efter är ingen markör härifrån.")
    page = outgoing.andringar(changes)
    page.set("nasta", following)
    page.set("fler", "J" if more else "N")
    return _xml(etree.tostring(page, encoding="utf-8"), 200)


def _unauthorised() -> Response:
    return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})


def _xml(body: bytes, status: int) -> Response:
    return Response(body, status, media_type=MEDIA_TYPE)


def _fel(status: int, kod: str, text: str) -> Response:
    return _xml(etree.tostring(outgoing.fel(kod, text), encoding="utf-8"), status)
