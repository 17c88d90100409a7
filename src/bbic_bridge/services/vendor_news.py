"""What a vendor told us, by webhook or when asked: recorded once, told to the workflow once.

Our own writes come back too: they are recognised, never echoed. A change that may stem from a
delivery whose outcome is still open is held until that delivery is resolved. While a database that
was put back is made whole, so is all that may stem from a delivery that it has forgotten.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from bbic_bridge.delivery.ports import Link, VendorChange
from bbic_bridge.handbook.notiser import notis_av_andring
from bbic_bridge.handbook.personnummer import contains_personnummer
from bbic_bridge.handbook.regler import fakta_av_andring, handelsetyp_av_andring
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.decisions import note_vendors_word
from bbic_bridge.services.facts import scoped
from bbic_bridge.services.identity import cases_of_child, person_hash
from bbic_bridge.services.sending import is_stopped
from bbic_bridge.services.tell import PREFIX, tell
from bbic_bridge.services.watch import remember
from bbic_bridge.services.withdrawn import stop_withdrawn
from bbic_bridge.store.cases import add_person, ensure_case, is_known, persons_of
from bbic_bridge.store.changes import (
    caseless_changes,
    hold_change,
    is_settled,
    keep_caseless,
    place_change,
    settle_change,
)
from bbic_bridge.store.facts import add_facts, is_unresolved, origin_of, release
from bbic_bridge.store.identities import FROM_CHANGE, add_links, link_of_vendor
from bbic_bridge.store.overview import get_delivery
from bbic_bridge.store.tx import Tx

Outcome = Literal["emitted", "own", "held", "known", "parked"]
Due = list[tuple[str, str]]
# What our own id of each kind is called in a change's data, and the operation that makes it.
_NAMED = {
    "beslut": "beslut_id",
    "insats": "insats_id",
    "uppdrag": "uppdrag_id",
    "anteckning": "anteckning_id",
    "dokument": "plan_id",
}
_MADE_BY = {
    "beslut_registrerat": "registrera_beslut",
    "beslut_verkstallt": "verkstall_beslut",
    "resurs_tilldelad": "tilldela_resurs",
    "aktanteckning_skapad": "skapa_aktanteckning",
    "uppdrag_aterkallat": "aterkalla_uppdrag",
    "insats_avslutad": "avsluta_insats_och_resurs",
}
_ENDS_UPPDRAG = frozenset({"uppdrag_aterkallat", "uppdrag_avbojt"})


def take_in(
    bridge: Bridge, tx: Tx, kommun: str, system: str, change: VendorChange, due: Due
) -> Outcome:
    """Deals with one change inside a transaction.

    Args:
        system: that told it; a kommun may have got another since.
        due: deliveries to wake after the commit are added here.
    """
    if change.arende is not None and contains_personnummer(change.arende):
        # Shown and stored in the clear: such an ärende id is not believed, as it is not at intake.
        change = replace(change, arende=None)
    known = is_settled(tx, kommun, system, change.key)
    arende, candidates = _case_of(tx, kommun, system, change)
    if arende is not None and not known:
        ensure_case(tx, (kommun, arende))
    links = _our_links(tx, kommun, system, change)
    data = _with_our_ids(change.data, links)
    if known or _is_own(tx, kommun, system, arende, change, data):
        if arende is not None:
            due += note_vendors_word(bridge, tx, kommun, system, arende, change, data)
        if known:
            return "known"
        settle_change(tx, kommun, system, change.key, kind=change.kind, state="own", arende=arende)
        return "own"
    forgotten = change.kind in _MADE_BY and is_stopped(tx)
    if forgotten or any(
        _may_be_ours(tx, kommun, case, change) for case in (arende, *candidates) if case
    ):
        held = hold_change(tx, kommun, system, change.key, kind=change.kind, change=to_json(change))
        return "held" if held else "known"
    settle_change(tx, kommun, system, change.key, kind=change.kind, state="emitted", arende=arende)
    if arende is None and change.person is not None and not candidates:
        person = person_hash(tx, kommun, change.person)
        keep_caseless(tx, kommun, system, change.key, person, to_json(change))
    due += _lay_on(bridge, tx, kommun, system, arende, change, links, data)
    told = {"system": system, "vendor_id": change.vendor_id, "tid": change.at.isoformat(), **data}
    if candidates:
        told["arende_kandidater"] = candidates
    due += tell(
        bridge,
        tx,
        handelsetyp_av_andring(change.kind).removeprefix(PREFIX),
        kommun=kommun,
        arende=arende,
        data=told,
        because=(system, change.key),
    )
    return "emitted"


def place_changes(bridge: Bridge, tx: Tx, kommun: str, arende: str) -> Due:
    """Lays on a case what vendors told of its child before any case of that child was known.

    The workflow was told of it then, without an ärende, and is not told again.

    Returns:
        Deliveries and callbacks to wake after the commit.
    """
    due: Due = []
    for system, key, kept in caseless_changes(tx, kommun, persons_of(tx, (kommun, arende))):
        change = from_json(kept)
        if change.person is None or len(cases_of_child(tx, kommun, change.person)) != 1:
            continue
        links = _our_links(tx, kommun, system, change)
        data = _with_our_ids(change.data, links)
        due += _lay_on(bridge, tx, kommun, system, arende, change, links, data)
        place_change(tx, kommun, system, key, arende)
    return due


def _lay_on(
    bridge: Bridge,
    tx: Tx,
    kommun: str,
    system: str,
    arende: str | None,
    change: VendorChange,
    links: tuple[Link, ...],
    data: Mapping[str, Any],
) -> Due:
    """Ties a change to its case, judges that anew, and releases what waited for what it tells."""
    due: Due = []
    if arende is not None:
        _remember(tx, kommun, system, arende, change, links)
        due += _keep_watch(bridge, tx, kommun, system, arende, change, data)
    return due + _believe(tx, kommun, arende, change, data)


def _case_of(
    tx: Tx, kommun: str, system: str, change: VendorChange
) -> tuple[str | None, list[str]]:
    """The ärende of a change, or the candidates when it cannot be told for certain."""
    if change.arende is not None:
        return change.arende, []
    for link in change.links:
        known = link_of_vendor(tx, kommun, system, link.kind, link.vendor_id)
        if known is not None:
            return known[1], []
    if change.person is None:
        return None, []
    found = cases_of_child(tx, kommun, change.person)
    return (found[0], []) if len(found) == 1 else (None, found)


def _our_links(tx: Tx, kommun: str, system: str, change: VendorChange) -> tuple[Link, ...]:
    """The change's links with our ids; a thing first made at the vendor gets an id from there."""
    links = []
    for link in change.links:
        known = link_of_vendor(tx, kommun, system, link.kind, link.vendor_id)
        our_id = known[0] if known else link.our_id or f"{system}-{link.vendor_id}"
        links.append(Link(link.kind, our_id, link.vendor_id))
    return tuple(links)


def _with_our_ids(data: Mapping[str, Any], links: tuple[Link, ...]) -> dict[str, Any]:
    ours = {_NAMED[link.kind]: link.our_id for link in links if link.kind in _NAMED}
    return {**ours, **{name: value for name, value in data.items() if value is not None}}


def _is_own(
    tx: Tx,
    kommun: str,
    system: str,
    arende: str | None,
    change: VendorChange,
    data: Mapping[str, Any],
) -> bool:
    """Ours if it bears one of our references, or tells a fact that a delivery has made."""
    if change.reference is not None:
        row = get_delivery(tx, change.reference.partition("/")[0])
        return row is not None and row.kommun == kommun and row.system == system
    if arende is None or not _is_linked(tx, kommun, system, change):
        return False
    facts = fakta_av_andring(change.kind, data)
    return bool(facts) and all(
        origin_of(tx, kommun, scoped(arende, fact)) == "delivery" for fact in facts
    )


def _is_linked(tx: Tx, kommun: str, system: str, change: VendorChange) -> bool:
    """Whether the very thing that changed, not only one like it, is known to us."""
    return any(
        link_of_vendor(tx, kommun, system, link.kind, link.vendor_id) is not None
        for link in change.links
        if link.vendor_id == change.vendor_id
    )


def _may_be_ours(tx: Tx, kommun: str, arende: str, change: VendorChange) -> bool:
    operation = _MADE_BY.get(change.kind)
    if operation is None or change.reference is not None:
        return False
    return is_unresolved(tx, kommun, arende, operation)


def _remember(
    tx: Tx,
    kommun: str,
    system: str,
    arende: str,
    change: VendorChange,
    links: tuple[Link, ...],
) -> None:
    """Ties the ids, and the child where the case has none yet."""
    case = (kommun, arende)
    if change.person is not None and is_known(tx, case) and not persons_of(tx, case):
        add_person(tx, case, person_hash(tx, kommun, change.person))
    add_links(tx, kommun, system, arende, links, f"{FROM_CHANGE}{change.key}")


def _keep_watch(
    bridge: Bridge,
    tx: Tx,
    kommun: str,
    system: str,
    arende: str,
    change: VendorChange,
    data: Mapping[str, Any],
) -> Due:
    """Judges the case anew, and stops what waits for an uppdrag that the vendor has ended."""
    row = f"{system}:{change.key}"
    told = notis_av_andring(row, change.kind, change.at, data)
    due = remember(bridge, tx, kommun, arende, told)
    if change.kind in _ENDS_UPPDRAG and "uppdrag_id" in data:
        due += stop_withdrawn(bridge, tx, kommun, arende, data["uppdrag_id"])
    return due


def _believe(
    tx: Tx, kommun: str, arende: str | None, change: VendorChange, data: Mapping[str, Any]
) -> Due:
    """Records the facts and releases what waited for them.

    Without an ärende only what holds in the whole kommun is a fact.
    """
    found = (scoped(arende or "", fact) for fact in fakta_av_andring(change.kind, data))
    facts = [(scope, fact) for scope, fact in found if scope]
    add_facts(tx, kommun, facts, ("vendor", change.key))
    return release(tx, kommun, facts)


def to_json(change: VendorChange) -> dict[str, Any]:
    """A change as it is kept while it is held."""
    return {
        "key": change.key,
        "kind": change.kind,
        "vendor_id": change.vendor_id,
        "arende": change.arende,
        "person": change.person,
        "reference": change.reference,
        "at": change.at.isoformat(),
        "data": dict(change.data),
        "links": [[link.kind, link.our_id, link.vendor_id] for link in change.links],
    }


def from_json(kept: Mapping[str, Any]) -> VendorChange:
    """The change again."""
    return VendorChange(
        key=kept["key"],
        kind=kept["kind"],
        vendor_id=kept["vendor_id"],
        arende=kept["arende"],
        person=kept["person"],
        reference=kept["reference"],
        at=datetime.fromisoformat(kept["at"]),
        data=kept["data"],
        links=tuple(Link(*link) for link in kept["links"]),
    )
