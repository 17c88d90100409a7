"""Making an order out of a stored delivery: its uppgift, and the vendor's ids for our own."""

from typing import Any, Protocol

from bbic_bridge.delivery.ports import Link, Order
from bbic_bridge.delivery.reference import reference
from bbic_bridge.handbook.handelser import Handelse
from bbic_bridge.handbook.uppgifter import EFFEKTER
from bbic_bridge.services.bridge import WORKFLOW
from bbic_bridge.services.identity import numbers_of_child
from bbic_bridge.store.cases import cases_of_person, persons_of
from bbic_bridge.store.deliveries import payload_of
from bbic_bridge.store.identities import FROM_CHANGE, links_of_cases, links_of_ours
from bbic_bridge.store.tx import Tx


class Stored(Protocol):
    """What a claim and a delivery's row have in common."""

    @property
    def id(self) -> str: ...
    @property
    def kommun(self) -> str: ...
    @property
    def arende(self) -> str: ...
    @property
    def system(self) -> str: ...
    @property
    def operation(self) -> str: ...
    @property
    def effect(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def payload(self) -> bytes: ...


def delivery_id(handelse: Handelse, operation: str, number: int) -> str:
    """The id of the delivery that an event leads to: the same however often it is planned.

    Args:
        number: its place in the event's plan.
    """
    return reference(handelse.time, handelse.source, handelse.id, operation, str(number))


def system_name(stored: Stored) -> str:
    """The name that ``Bridge.systems`` and ``Bridge.policy`` know the delivery's system by."""
    return WORKFLOW if stored.system == WORKFLOW else stored.kommun


def effect_of(stored: Stored) -> str | None:
    """The effect that is to be brought about now, None where the operation has but one."""
    effects = EFFEKTER.get(stored.operation)
    return effects[stored.effect] if effects else None


def reference_of(stored: Stored) -> str:
    """The reference that this effect travels under."""
    effect = effect_of(stored)
    return f"{stored.id}/{effect}" if effect else stored.id


def order_of(tx: Tx, stored: Stored, *, looking: bool) -> tuple[Order, tuple[Link, ...]]:
    """The order, and the links its own effect has made so far.

    Args:
        looking: whether the effect will be looked for, which needs to know what is taken.
    """
    own = reference_of(stored)
    uppgift = payload_of(tx, stored.kommun, stored.id, stored.payload)
    case_links: list[tuple[Link, str]] = []
    persons: set[bytes] = set()
    if looking:
        # A vendor files by child, not by ärende: what the child's other cases hold is taken too.
        persons = persons_of(tx, (stored.kommun, stored.arende))
        arenden = {stored.arende, *cases_of_person(tx, stored.kommun, persons)}
        case_links = links_of_cases(tx, stored.kommun, stored.system, arenden)
    order = Order(
        reference=own,
        idempotency_key=f"{own}.v{stored.version}",
        kommun=stored.kommun,
        arende=stored.arende,
        operation=stored.operation,
        effect=effect_of(stored),
        uppgift=uppgift,
        vendor_ids=links_of_ours(tx, stored.kommun, stored.system, _ids_in(uppgift)),
        taken=frozenset(
            (link.kind, link.vendor_id)
            for link, origin in case_links
            if origin != own and not origin.startswith(FROM_CHANGE)
        ),
        other_numbers=_other_numbers(tx, stored, uppgift) if len(persons) > 1 else (),
    )
    return order, tuple(link for link, origin in case_links if origin == own)


def _other_numbers(tx: Tx, stored: Stored, uppgift: dict[str, Any]) -> tuple[str, ...]:
    """The child's numbers besides the uppgift's own: a vendor may file by any of them."""
    barn = uppgift.get("barn")
    if barn is None:  # a callback
        return ()
    told = numbers_of_child(tx, stored.kommun, stored.arende)
    return tuple(number for number in told if number != barn["personnummer"])


def _ids_in(uppgift: dict[str, Any]) -> list[str]:
    ids = [
        value
        for name, value in uppgift.items()
        if isinstance(value, str) and (name.endswith("_id") or name == "ersatter")
    ]
    if uppgift.get("resurs_id") and "insats_id" in uppgift:
        # An allocation has no id of its own with us: it is named by what it ties together.
        ids.append(f"{uppgift['insats_id']}/{uppgift['resurs_id']}")
    return ids
