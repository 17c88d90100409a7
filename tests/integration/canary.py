"""Values that cannot be mistaken, in every field that takes them, and where to look for them."""

import base64
import copy
import json
import re
from collections.abc import Iterator
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

from bbic_bridge.handbook.handelser import Ogiltig, parse_event
from tests.handbook.minsta import TYPER, handelse
from tests.integration import cases
from tests.servers.https import Asked, Reply

MARK = "Kanarie"
"""In every text, name, address and telephone number of the marked events."""

KEY = f"{MARK}nyckel"
"""FamilyCare's key, which stands in its addresses."""

LOUD = '''"""Every logger of every library says all that it can, and some of our own work breaks."""
import logging, os

logging.Logger.isEnabledFor = lambda self, level: True
logging.Logger.getEffectiveLevel = lambda self: logging.DEBUG

if os.environ.get("CANARY_BREAKS"):
    from bbic_bridge.adapters.mapped import MappedSystem
    from bbic_bridge.receivers.bridge_desk import BridgeDesk

    prepare, receipt, accept = MappedSystem.prepare, MappedSystem._receipt, BridgeDesk.accept

    def breaks_when_preparing(self, order):
        if order.operation == "skapa_aktanteckning":
            raise RuntimeError(f"{order!r}")
        return prepare(self, order)

    def breaks_when_reading(self, order, answer):
        logging.getLogger("canary").error("%s %s", order, answer.body)
        raise RuntimeError(f"{order!r} {answer.body!r}")

    def breaks_when_accepting(self, events, grant):
        if any("breaks" in str(event) for event in events):
            raise RuntimeError(f"{events!r}")
        return accept(self, events, grant)

    MappedSystem.prepare = breaks_when_preparing
    MappedSystem._receipt = breaks_when_reading
    BridgeDesk.accept = breaks_when_accepting
'''
NAMESPACE = "urn:bbic-bridge:"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")


def marked_events(*names: str) -> list[dict[str, Any]]:
    """The named cases in ``examples/`` (else all) and the smallest event of every type, marked."""
    marks: dict[str, str] = {}
    chosen = [cases.read(cases.EXAMPLES / f"{name}.ndjson") for name in names]
    whole = [event for case in chosen for event in case] or cases.all_cases()
    smallest = [handelse(typ) | {"subject": f"MINSTA-{typ}"} for typ in TYPER]
    return [_marked(event, marks) for event in (*whole, *smallest)]


def people(events: list[dict[str, Any]]) -> set[str]:
    """Every personnummer in them, as it may be written."""
    found = set(re.findall(r'"((?:19|20)[0-9]{10})"', json.dumps(events)))
    return found | {f"{one[:8]}-{one[8:]}" for one in found} | {one[2:] for one in found}


def _marked(event: dict[str, Any], marks: dict[str, str]) -> dict[str, Any]:
    """The same with a mark for each text; the same text has the same mark in all of them."""
    marked = copy.deepcopy(event)
    for holder, key in list(_texts(marked["data"])):
        before = holder[key]
        # With a space, so that no id, code or date is taken for a text.
        holder[key] = marks.setdefault(before, f"{MARK} {len(marks):04d} åäö")
        try:
            parse_event(marked)
        except Ogiltig:
            holder[key] = before
    return marked


def _texts(node: Any) -> Iterator[tuple[Any, Any]]:
    """Where a text stands: what holds it, and under which key."""
    places = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in places:
        if isinstance(value, str):
            yield node, key
        elif isinstance(value, dict | list):
            yield from _texts(value)


class HostileVendor:
    """Quotes what it was sent in everything it answers, each time in another way."""

    def __init__(self) -> None:
        self._turn = count()
        self.statuses: set[int] = set()

    def __call__(self, asked: Asked) -> Reply:
        quoted = f"{asked.path} {asked.body.decode(errors='replace')}"
        reply = self._reply(next(self._turn) % 6, quoted, soap="/soap" in asked.path)
        self.statuses.add(reply.status)
        return reply

    def _reply(self, turn: int, quoted: str, *, soap: bool) -> Reply:
        text = escape(quoted)
        match turn:
            case 0:
                return Reply(500 if soap else 422, _fault(text, soap=soap).encode())
            case 1:
                return Reply(200, f"<{quoted}".encode())
            case 2:
                return Reply(200, f'<Kvittens xmlns="urn:x" id="{text}">{text}</Kvittens>'.encode())
            case 3:
                away = {"Location": f"http://127.0.0.1:9/{MARK}?person={MARK}"}
                return Reply(307, quoted.encode(), away)
            case 4:
                return Reply(400, quoted.encode(), {"X-Person": MARK})
            case _:
                return Reply(503, quoted.encode(), {"Retry-After": MARK})


def _fault(text: str, *, soap: bool) -> str:
    if not soap:
        return (
            f'<Fel xmlns="urn:bbic-bridge:treserva:1" kod="EJ_TILLATET"><Text>{text}</Text></Fel>'
        )
    fel = (
        f'<Fel xmlns="urn:bbic-bridge:procapita:1"><Kod>EJ_TILLATET</Kod><Text>{text}</Text></Fel>'
    )
    fault = f"<soap:Fault><faultstring>{text}</faultstring><detail>{fel}</detail></soap:Fault>"
    envelope = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<soap:Envelope xmlns:soap="{envelope}"><soap:Body>{fault}</soap:Body></soap:Envelope>'


def leaks(content: bytes, needles: set[str]) -> list[str]:
    """What of the needles stands in it, in clear, escaped or in base64."""
    decoded = [content, *(_decoded(piece) for piece in _BASE64.findall(content))]
    return sorted(
        needle for needle in needles if any(needle.encode() in piece for piece in decoded)
    )


def _decoded(piece: bytes) -> bytes:
    whole = piece.rstrip(b"=")[: len(piece.rstrip(b"=")) // 4 * 4]
    return base64.b64decode(whole)


def files_below(folder: Path) -> Iterator[Path]:
    """Every file, but for sockets and the database, whose content is encrypted."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("bridge.db"):
            yield path
