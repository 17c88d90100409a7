"""Procapita's write side: SOAP 1.1, document/literal, one address for every operation."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from bbic_bridge.contracts.xml import XmlRefused, parse_untrusted
from bbic_bridge.sandbox.access import token_stands
from bbic_bridge.sandbox.elements import Maker
from bbic_bridge.sandbox.misbehave import Call, carry_out
from bbic_bridge.sandbox.procapita import outgoing
from bbic_bridge.sandbox.procapita.incoming import NS, VOCABULARY
from bbic_bridge.sandbox.records import Affarsfel, Skrivning
from bbic_bridge.sandbox.vendor import Installation
from bbic_bridge.sandbox.world import World

SYSTEM = "procapita"
SOAP_NS = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP = Maker(SOAP_NS, "soap")
MEDIA_TYPE = "text/xml; charset=utf-8"


class SoapRefused(Exception):
    """The request is no message of the contract. The text says why, without its content."""


async def soap(request: Request, world: World) -> Response:
    """Answers one SOAP request to one kommun's Procapita."""
    if not token_stands(request, world.config.token):
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    if not request.headers.get("content-type", "").startswith("text/xml"):
        return Response(status_code=415)
    try:
        body = await request.body()
        message = _message(body)
        _check_action(request, message)
        problem = world.schemas[SYSTEM].problem(message)
        if problem:
            raise SoapRefused(problem)
        kommun = request.path_params["kommun"]
        if message.tag in VOCABULARY:
            call = _write(world, kommun, VOCABULARY.read(message), body)
        else:
            call = _query(world.installation(SYSTEM, kommun), message)
    except SoapRefused as error:
        return _fault(str(error), "OGILTIGT_MEDDELANDE")
    except Affarsfel as error:
        return _fault(error.text, error.kod)
    return await carry_out(call, world.faults, request)


def again(world: World, kommun: str, message: str) -> None:
    """Does what a message asked for in an earlier run; what was refused then is refused now."""
    skrivning = VOCABULARY.read(_message(message.encode()))
    with suppress(Affarsfel):
        world.installation(SYSTEM, kommun).skriv(skrivning)


def _message(body: bytes) -> etree._Element:
    """The one element in the SOAP body."""
    try:
        envelope = parse_untrusted(body)
    except XmlRefused as error:
        raise SoapRefused(str(error)) from None
    bodies = envelope.findall(f"{{{SOAP_NS}}}Body")
    if envelope.tag != f"{{{SOAP_NS}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise SoapRefused("a SOAP 1.1 envelope with one element in its body was expected")
    return bodies[0][0]


def _check_action(request: Request, message: etree._Element) -> None:
    """The SOAPAction must name the element in the body."""
    action = request.headers.get("soapaction", "")
    if action != f'"{NS}/{etree.QName(message).localname}"':
        raise SoapRefused("the SOAPAction does not name the element in the body")


def _query(installation: Installation, message: etree._Element) -> Call:
    name = etree.QName(message).localname
    query = QUERIES.get(name)
    if query is None:
        raise SoapRefused(f"{name} is not asked of Procapita")
    return Call(
        system=SYSTEM,
        kommun=installation.kommun,
        names=frozenset({name}),
        act=partial(query, installation, message),
        reject=_rejection,
        reference=message.findtext(f"{{{NS}}}Referens", ""),
        read=True,
    )


def _write(world: World, kommun: str, skrivning: Skrivning, body: bytes) -> Call:
    return Call(
        system=SYSTEM,
        kommun=kommun,
        names=skrivning.uppgiftsnamn,
        act=partial(_perform, world, kommun, skrivning, body),
        reject=_rejection,
        reference=skrivning.referens,
    )


def _perform(world: World, kommun: str, skrivning: Skrivning, body: bytes) -> Response:
    try:
        with world.happening(SYSTEM, kommun=kommun, message=body.decode()):
            kvittens = world.installation(SYSTEM, kommun).skriv(skrivning)
    except Affarsfel as error:
        return _fault(error.text, error.kod)
    return _answer(outgoing.kvittens(kvittens))


def _hamta_kvittens(installation: Installation, message: etree._Element) -> Response:
    referens = message.findtext(f"{{{NS}}}Referens", "")
    kvittens = installation.kvittenser.get(referens)
    if kvittens is None:
        return _answer(outgoing.kvittens_saknas(referens))
    return _answer(outgoing.kvittens(kvittens))


def _hamta_andringar(installation: Installation, message: etree._Element) -> Response:
    cursor = message.findtext(f"{{{NS}}}Efter", "")
    limit = int(message.findtext(f"{{{NS}}}Antal", ""))
    try:
        changes, following, more = installation.andringar_efter(
            cursor, limit, outgoing.BESIDE_FAMILYCARE
        )
    except ValueError:
        return _fault("Efter är ingen markör härifrån.", "OGILTIGT_MEDDELANDE")
    page = outgoing.andringar(changes)
    page.set("nasta", following)
    page.set("fler", "true" if more else "false")
    return _answer(page)


QUERIES: dict[str, Callable[[Installation, etree._Element], Response]] = {
    "HamtaKvittens": _hamta_kvittens,
    "HamtaAndringar": _hamta_andringar,
}


def _rejection(kod: str, text: str) -> Response:
    return _fault(text, kod)


def _answer(content: etree._Element, status: int = 200) -> Response:
    envelope = SOAP("Envelope", SOAP("Body", content))
    return Response(etree.tostring(envelope, encoding="utf-8"), status, media_type=MEDIA_TYPE)


def _fault(text: str, kod: str) -> Response:
    """A fault that is the caller's: SOAP 1.1 over HTTP answers it with status 500."""
    fault = SOAP("Fault")
    for name, value in (("faultcode", "soap:Client"), ("faultstring", text)):
        etree.SubElement(fault, name).text = value
    etree.SubElement(fault, "detail").append(outgoing.fel(kod, text))
    return _answer(fault, 500)
