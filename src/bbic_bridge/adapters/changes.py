"""A change at a vendor, as its feed, extract or webhook tells it, in our words."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bbic_bridge.adapters.identities import links_of_change
from bbic_bridge.delivery.ports import VendorChange
from bbic_bridge.handbook.personnummer import contains_personnummer

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")


def vendor_change(
    told: Mapping[str, Any], object_keyed: frozenset[str], row: str | None
) -> VendorChange:
    """The change in a profile's words (``mappings.messages``) as the port wants it.

    Args:
        object_keyed: kinds that more than one source tells of, so that only the id of what
            changed is the same in all of them; the others go by the change's own id.
        row: see ``row_name``.
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
        row=row,
    )


def row_name(where: str, vendor_id: object) -> str | None:
    """What a row goes by, readable or not: where it stands, and the vendor's id of it.

    None for what cannot be an id, or may be about a person: the name is shown and logged.
    """
    text = f"{vendor_id}"
    if vendor_id is None or not _ID.fullmatch(text) or contains_personnummer(text):
        return None
    return f"{where}:{text}"
