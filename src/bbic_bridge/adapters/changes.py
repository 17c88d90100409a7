"""A change at a vendor, as its feed, extract or webhook tells it, in our words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bbic_bridge.adapters.identities import links_of_change
from bbic_bridge.delivery.ports import VendorChange


def vendor_change(told: Mapping[str, Any], object_keyed: frozenset[str]) -> VendorChange:
    """The change in a profile's words (``mappings.messages``) as the port wants it.

    Args:
        object_keyed: kinds that more than one source tells of, so that only the id of what
            changed is the same in all of them; the others go by the change's own id.
    """
    kind, vendor_id, data = told["kind"], told["vendor_id"], told["data"]
    key = vendor_id if kind in object_keyed else told["andrings_id"]
    return VendorChange(
        key=f"{kind}:{key}",
        kind=kind,
        vendor_id=vendor_id,
        arende=told.get("arende"),
        person=told.get("personnummer"),
        reference=told.get("referens"),
        at=datetime.fromisoformat(told["tid"]),
        data=data,
        links=links_of_change(kind, vendor_id, data, told.get("vendor", {})),
    )
