"""What a replay would do: what the vendor holds already, and what would be sent. Sends nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.delivery.ports import Order
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.differences import Change, message_changes
from bbic_bridge.services.orders import order_of, system_name
from bbic_bridge.services.release import Way, edits_of, judge, shown
from bbic_bridge.services.views.replays import ReplayItem
from bbic_bridge.store import overview
from bbic_bridge.store.replay_items import Item
from bbic_bridge.store.tx import Tx
from bbic_bridge.store.versions import held_edit, last_sent

HELD = "a correction goes once it is certain that the vendor has nothing of the earlier version"


@dataclass(frozen=True, slots=True)
class _Look:
    """A delivery with what is needed to ask and to map; ``sent`` is what went last time."""

    row: Any
    order: Order
    links: tuple[Any, ...]
    correction: Mapping[str, Any] | None
    sent: bytes | None


def preview(bridge: Bridge, item: Item, way: Way) -> ReplayItem:
    """What letting this delivery go would do. The caller audits a reveal."""
    with bridge.store.read() as tx:
        row = overview.get_delivery(tx, item.delivery_id)
        found = judge(tx, item, row, way)
        operation = row.operation if row is not None else ""
        behind = len(overview.dependents(tx, item.delivery_id)) if row is not None else 0
        view = ReplayItem(item.delivery_id, operation, "refused", "", behind, way.job)
        if found is not None:
            return replace(view, outcome=found[0], detail=found[1])
        look = _look(tx, row, way)
        edits = edits_of(tx, row, way)
    at_vendor, is_there = _at_vendor(bridge, look)
    told, changed = ("", ()) if is_there else _would_send(bridge, look, way)
    return replace(
        view,
        outcome="would_release",
        detail="; ".join(part for part in (at_vendor, told) if part),
        changes=shown(way, edits or changed),
    )


def _look(tx: Tx, row: Any, way: Way) -> _Look:
    order, links = order_of(tx, row, looking=True)
    correction = way.edit
    if correction is None and row.attempts:
        correction = held_edit(tx, row.kommun, row.id)
    sent = last_sent(tx, row.kommun, row.id, row.effect)
    return _Look(row, order, links, correction, sent.request if sent else None)


def _at_vendor(bridge: Bridge, look: _Look) -> tuple[str, bool]:
    """What the vendor holds of it now, in words; and whether it has it."""
    if look.row.attempts == 0:
        return "was never sent; it would be sent", False
    try:
        finding = bridge.systems(system_name(look.row)).find(look.order, look.links)
    except BridgeError as error:
        return f"the vendor could not be asked ({error})", False
    if finding.outcome == "found":
        unsent = "; the correction would not be sent" if look.correction is not None else ""
        return f"the vendor has it; it would be verified, not sent again{unsent}", True
    if finding.outcome == "absent":
        held = f"; {HELD}" if look.correction is not None else ""
        return f"at the vendor: absent; it would be sent{held}", False
    return f"at the vendor: {finding.outcome}; it would be looked up, then left to a person", False


def _would_send(bridge: Bridge, look: _Look, way: Way) -> tuple[str, tuple[Change, ...]]:
    """How what would be sent differs from what was sent last time."""
    if way.same_bytes:
        return "the same bytes as last time", ()
    order = look.order
    if look.correction is not None:
        order = replace(order, uppgift=look.correction)
    try:
        body = bridge.systems(system_name(look.row)).prepare(order)
    except BridgeError as error:
        return f"it cannot be mapped ({error})", ()
    if look.sent is None:
        return "", ()
    differ = message_changes(look.sent, body)
    return ("mapped otherwise than last time" if differ else "mapped as last time"), differ
