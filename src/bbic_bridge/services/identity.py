"""Whose case it is: one child, under every number that the child is or has been known by.

A case knows its child by keyed hashes. A new number comes to it only by an event that names, as
the child's earlier one, a number that the case knows: a samordningsnummer or interim number that a
personnummer has replaced. Names are never compared, and cases are never put together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError
from pydantic_core import to_json

from bbic_bridge import telemetry
from bbic_bridge.handbook import personnummer
from bbic_bridge.handbook.handelser import HANDELSER, Handelse
from bbic_bridge.handbook.notiser import notis
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.services.audit import ITSELF, note
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.watch import Due, judge, keep
from bbic_bridge.store.cases import add_person, cases_of_person, persons_of
from bbic_bridge.store.documents import KeptEvent, documents_of_case, not_remembered
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.retention import memory_of
from bbic_bridge.store.times import moment
from bbic_bridge.store.tx import Tx

Held = tuple[str, str]
WRONG_CHILD: Held = ("with_person", "barnet_stammer_inte")
log = telemetry.get_logger()


def person_hash(tx: Tx, kommun: str, number: str) -> bytes:
    """The keyed hash that a number is known by in a kommun."""
    return tx.keyring.roots.keyed_hash("person", kommun.encode(), number.encode())


@dataclass(frozen=True, slots=True)
class Identified:
    """What an event says of whom its case is about.

    ``held``: why nothing of the event may be sent, None where it may. ``news``: the case knows
    its child by a number that it did not know before. ``due``: callbacks to wake.
    """

    held: Held | None = None
    news: bool = False
    due: Due = field(default_factory=list)


def guard_identity(bridge: Bridge, tx: Tx, handelse: Handelse, row: str) -> Identified:
    """Whether an event is about the case's child; the first one says who that is.

    Args:
        row: what the store knows the event by.
    """
    case = (handelse.kommun, handelse.subject)
    barn = handelse.data.barn
    numbers = set(_hashes(tx, handelse.kommun, barn.alla_nummer))
    known = persons_of(tx, case)
    if known and (numbers.isdisjoint(known) or _is_anothers(tx, case, barn.personnummer)):
        return Identified(WRONG_CHILD)
    for new in numbers - known:
        add_person(tx, case, new)
    if not known or numbers <= known:
        return Identified(news=not known)
    details = {"event": row, "numbers": len(numbers - known)}
    note(tx, ITSELF, "alias", handelse.subject, handelse.kommun, details)
    return Identified(news=True, due=judge(bridge, tx, *case) if take_up(tx, *case) else [])


def is_about_child(tx: Tx, kommun: str, arende: str, number: str) -> bool:
    """Whether the case knows its child by this number."""
    return person_hash(tx, kommun, number) in persons_of(tx, (kommun, arende))


def cases_of_child(tx: Tx, kommun: str, number: str) -> list[str]:
    """The ärenden that may be about the child of a number, under any of its numbers."""
    found = cases_of_person(tx, kommun, [person_hash(tx, kommun, number)])
    hashes = {one for arende in found for one in persons_of(tx, (kommun, arende))}
    return cases_of_person(tx, kommun, hashes) if hashes else []


def numbers_of_child(tx: Tx, kommun: str, arende: str) -> tuple[str, ...]:
    """Every number of a case's child that its documents tell, or told before they were pruned.

    Else the store keeps only keyed hashes of them.
    """
    known = persons_of(tx, (kommun, arende))
    told = {
        one
        for event in documents_of_case(tx, kommun, arende)
        for one in _numbers(event)
        if person_hash(tx, kommun, one) in known
    }
    told.update(memory_of(tx, (kommun, arende)).get("nummer", ()))
    return tuple(sorted(told))


def _is_anothers(tx: Tx, case: CaseKey, number: str) -> bool:
    """Whether a new personnummer would be the child's second: those are not replaced."""
    if is_about_child(tx, *case, number) or _slag(number) != "personnummer":
        return False
    return any(_slag(one) == "personnummer" for one in numbers_of_child(tx, *case))


def _slag(number: str) -> personnummer.Slag:
    return personnummer.parse(number).slag


def _numbers(event: KeptEvent) -> Iterator[str]:
    """The child's numbers in a document as it was sent, in their canonical form."""
    barn = event.data["barn"]
    day = stockholm_date(moment(event.time))
    for text in (barn["personnummer"], *barn.get("tidigare_personnummer", ())):
        yield personnummer.canonical(text, day)


def take_up(tx: Tx, kommun: str, arende: str) -> bool:
    """Lets the case remember what it does not yet: events from before it remembered anything, and
    what was stopped as another child's and turns out to be this one's.

    Deliveries that were stopped stay with a person: they go when that person replays them.

    Returns:
        Whether there is something new to judge the case by.
    """
    known = persons_of(tx, (kommun, arende))
    news = False
    for event in not_remembered(tx, kommun, arende):
        if not known.isdisjoint(_hashes(tx, kommun, _numbers(event))):
            handelse = read_again(event)
            if handelse is not None:
                news = keep(tx, kommun, arende, notis(event.id, handelse)) or news
    return news


def _hashes(tx: Tx, kommun: str, numbers: Iterable[str]) -> Iterator[bytes]:
    return (person_hash(tx, kommun, number) for number in numbers)


def read_again(event: KeptEvent) -> Handelse | None:
    """An event as it was accepted; None for a document that this version reads no more."""
    at = moment(event.time)
    context = {"idag": stockholm_date(at)}
    try:
        data = HANDELSER[event.type].model_validate_json(to_json(event.data), context=context)
    except (KeyError, ValidationError) as error:
        name = telemetry.error_name(error)
        log.warning("document_not_readable", kommun=event.kommun, error=name)
        return None
    return Handelse(
        source=event.source,
        id=event.event_id,
        type=event.type,
        time=at,
        subject=event.arende,
        kommun=event.kommun,
        data=data,
    )
