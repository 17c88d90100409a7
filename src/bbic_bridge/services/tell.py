"""Telling the handbook workflow: an event in the feed and, where configured, pushed to it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bbic_bridge.delivery.errors import NeedsPerson
from bbic_bridge.delivery.reference import reference
from bbic_bridge.delivery.states import State
from bbic_bridge.services.bridge import NOTIFY, WORKFLOW, Bridge
from bbic_bridge.store.deliveries import NewDelivery, add_delivery
from bbic_bridge.store.feed import add_to_feed
from bbic_bridge.store.times import moment
from bbic_bridge.store.tx import Tx

PREFIX = "se.bbic."
SOURCE = "urn:bbic-bridge"


def tell(
    bridge: Bridge,
    tx: Tx,
    event_type: str,
    *,
    kommun: str,
    arende: str | None,
    data: Mapping[str, Any],
    because: tuple[str, ...],
) -> list[tuple[str, str]]:
    """Puts an event in the feed, once for the same ``because``.

    Args:
        event_type: without the prefix, e.g. ``leverans.verifierad``.
        because: what makes this event one and the same, whenever it is told.

    Returns:
        (id, operation) of the callback to wake, if the workflow wants to be called.
    """
    now = moment(tx.now)
    # The id must not depend on when it was told: it is what makes telling idempotent.
    event_id = reference(moment(0), event_type, kommun, *because)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"{SOURCE}:{kommun}",
        "type": PREFIX + event_type,
        "time": (now - timedelta(microseconds=now.microsecond % 1000)).isoformat(),
        "kommun": kommun,
        "datacontenttype": "application/json",
        "data": {"schema_version": 1, **data},
    }
    if arende is not None:
        event["subject"] = arende
    if not add_to_feed(tx, event_id, kommun, arende, event["type"], event):
        return []
    return _callback(bridge, tx, kommun, arende, event)


def tell_held(bridge: Bridge, tx: Tx, row: Any, code: str) -> list[tuple[str, str]]:
    """Tells that a delivery, which would have gone by itself, has become a person's matter.

    Args:
        row: the delivery's.
        code: why; told once for each.
    """
    return tell(
        bridge,
        tx,
        "leverans.misslyckad",
        kommun=row.kommun,
        arende=row.arende,
        data={
            "leverans_id": row.id,
            "operation": row.operation,
            "system": row.system,
            "handelsetyp": row.event_type,
            "tillstand": State.WITH_PERSON.value,
            "felslag": NeedsPerson.kind,
            "felkod": code,
        },
        because=(row.id, code),
    )


def _callback(
    bridge: Bridge, tx: Tx, kommun: str, arende: str | None, event: Mapping[str, Any]
) -> list[tuple[str, str]]:
    if bridge.settings.callback is None:
        return []
    new = NewDelivery(
        id=reference(moment(tx.now), NOTIFY, str(event["id"])),
        kommun=kommun,
        arende=arende or "",
        system=WORKFLOW,
        operation=NOTIFY,
        event_row=str(event["id"]),
        event_type=str(event["type"]),
        payload=event,
    )
    add_delivery(tx, new)
    return [(new.id, NOTIFY)]
