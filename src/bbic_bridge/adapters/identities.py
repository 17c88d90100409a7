"""Our ids and the vendors': which ones an order mentions, which ones an answer or change ties.

One thing has one kind at both ends: ``beslut``, ``verkstallighet`` (ours: the decision's id),
``insats``, ``resurstilldelning`` (ours: insats id/resource id), ``uppdrag``, ``dokument``,
``anteckning``.
"""

from collections.abc import Mapping
from typing import Any

from bbic_bridge.delivery.ports import Link, Order

MENTIONED = ("beslut", "insats", "uppdrag", "dokument", "anteckning", "resurstilldelning")
ERSATTER = {
    "registrera_beslut": "beslut",
    "vidarebefordra_uppdrag": "uppdrag",
    "registrera_dokument": "dokument",
    "ratta_aktanteckning": "anteckning",
}
CHANGED = {
    "beslut_registrerat": "beslut",
    "beslut_verkstallt": "verkstallighet",
    "resurs_tilldelad": "resurstilldelning",
    "aktanteckning_skapad": "anteckning",
    "uppdrag_mottaget": "uppdrag",
    "uppdrag_fordelat": "uppdrag",
    "uppdrag_avbojt": "uppdrag",
    "uppdrag_aterkallat": "uppdrag",
    "insats_avslutad": "insats",
}


def our_id(kind: str, words: Mapping[str, Any]) -> str:
    """Our id of the thing of that kind that an uppgift or a change speaks of; else empty."""
    if kind == "verkstallighet":
        return words.get("beslut_id") or ""
    if kind == "resurstilldelning":
        insats, resurs = words.get("insats_id"), words.get("resurs_id")
        return f"{insats}/{resurs}" if insats and resurs else ""
    return words.get(f"{kind}_id") or ""


def known_ids(order: Order) -> dict[str, str]:
    """The vendor's ids of what an order mentions, as far as known: by kind, and ``ersatter``."""
    mentioned = ((kind, our_id(kind, order.uppgift)) for kind in MENTIONED)
    found = {pair[0]: order.vendor_ids[pair] for pair in mentioned if pair in order.vendor_ids}
    replaced = (ERSATTER.get(order.operation, ""), order.uppgift.get("ersatter") or "")
    if replaced in order.vendor_ids:
        found["ersatter"] = order.vendor_ids[replaced]
    return found


def links_of(kvittens: Mapping[str, Any]) -> tuple[Link, ...]:
    """The links in a receipt."""
    return tuple(
        Link(lank["kind"], lank["our_id"], lank["vendor_id"]) for lank in kvittens["lankar"]
    )


def links_of_change(
    kind: str, vendor_id: str, data: Mapping[str, Any], others: Mapping[str, str]
) -> tuple[Link, ...]:
    """The links in a change. Our id is empty where the vendor does not tell it.

    Args:
        vendor_id: the vendor's id of what changed.
        others: the vendor's ids of what it belongs to, by kind.
    """
    changed = {CHANGED[kind]: vendor_id} if kind in CHANGED else {}
    return tuple(Link(what, our_id(what, data), nr) for what, nr in {**others, **changed}.items())
