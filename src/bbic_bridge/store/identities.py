"""Which vendor id goes with which of our ids."""

from collections.abc import Iterable

import sqlalchemy as sa

from bbic_bridge.delivery.ports import Link
from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import identities
from bbic_bridge.store.tx import Tx

FROM_CHANGE = "change:"
"""How the origin of a link begins that a vendor's change, not a delivery of ours, has made."""


def add_links(
    tx: Tx, kommun: str, system: str, arende: str, links: Iterable[Link], origin_id: str
) -> None:
    """Ties ids together; a vendor id that a delivery has tied stays with its first.

    What a vendor's change has tied gives way to a delivery: then it was ours all along.
    """
    for link in links:
        if not origin_id.startswith(FROM_CHANGE):
            tx.connection.execute(
                sa.delete(identities).where(
                    identities.c.kommun == kommun,
                    identities.c.system == system,
                    identities.c.kind == link.kind,
                    identities.c.vendor_id == link.vendor_id,
                    identities.c.origin_id.startswith(FROM_CHANGE, autoescape=True),
                )
            )
        values = {
            "kommun": kommun,
            "system": system,
            "kind": link.kind,
            "vendor_id": link.vendor_id,
            "our_id": link.our_id,
            "arende": arende,
            "origin_id": origin_id,
        }
        insert_once(tx.connection, identities, values)


def links_of_ours(
    tx: Tx, kommun: str, system: str, our_ids: Iterable[str]
) -> dict[tuple[str, str], str]:
    """The vendor's id for each (kind, our id) that is known."""
    rows = tx.connection.execute(
        sa.select(identities.c.kind, identities.c.our_id, identities.c.vendor_id).where(
            identities.c.kommun == kommun,
            identities.c.system == system,
            identities.c.our_id.in_(list(our_ids)),
        )
    )
    return {(row.kind, row.our_id): row.vendor_id for row in rows}


def link_of_vendor(
    tx: Tx, kommun: str, system: str, kind: str, vendor_id: str
) -> tuple[str, str] | None:
    """(our id, ärende) of a vendor's id, if it is known."""
    row = tx.connection.execute(
        sa.select(identities.c.our_id, identities.c.arende).where(
            identities.c.kommun == kommun,
            identities.c.system == system,
            identities.c.kind == kind,
            identities.c.vendor_id == vendor_id,
        )
    ).first()
    return None if row is None else (row.our_id, row.arende)


def links_of_cases(
    tx: Tx, kommun: str, system: str, arenden: Iterable[str]
) -> list[tuple[Link, str]]:
    """Every link of these cases with the reference of the delivery (or change) it came from."""
    rows = tx.connection.execute(
        sa.select(identities).where(
            identities.c.kommun == kommun,
            identities.c.system == system,
            identities.c.arende.in_(list(arenden)),
        )
    )
    return [(Link(row.kind, row.our_id, row.vendor_id), row.origin_id) for row in rows]
