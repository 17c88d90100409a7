"""Rows that a vendor told and that cannot be read: parked for a person, never in others' way.

A parked row is read again at every pass: when its mapping has been mended it is taken in like any
other. A newer version that can be read takes its place.
"""

import base64
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bbic_bridge import telemetry
from bbic_bridge.delivery.ports import Told, Unreadable, VendorChange
from bbic_bridge.handbook.personnummer import contains_personnummer
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.vendor_news import Due, Outcome, take_in
from bbic_bridge.store import canonical
from bbic_bridge.store.parked import (
    Parked,
    content_of,
    find_parked,
    note_fault,
    park_row,
    parked_rows,
    unpark,
    unpark_named,
)
from bbic_bridge.store.parked import give_up as store_give_up
from bbic_bridge.store.tx import Tx

UNNAMED = "okand"
LONGEST = 500
log = telemetry.get_logger()


def shown(where: str) -> str:
    """What is wrong, fit to be shown: names of elements in it are the vendor's own choice."""
    return "" if contains_personnummer(where) else where[:LONGEST]


def park(bridge: Bridge, tx: Tx, kommun: str, system: str, row: Unreadable) -> Outcome:
    """Parks a row; ``known`` when this very version of it is parked already."""
    digest = bridge.store.keyring.roots.keyed_hash("parked", row.raw)
    parked = Parked(
        kommun=kommun,
        system=system,
        key=row.row or f"{UNNAMED}:{digest.hex()[:32]}",
        kind=row.kind,
        stream=row.stream,
        code=row.code,
        place=shown(row.where),
        digest=digest,
    )
    return "parked" if park_row(tx, parked, _pack(row)) else "known"


def replace_parked(
    tx: Tx, kommun: str, system: str, told: Iterable[Told], silent: Iterable[str] = ()
) -> None:
    """Lets go of what was parked of rows that can be read by now, also if they tell nothing."""
    readable = {one.row for one in told if isinstance(one, VendorChange) and one.row}
    unpark_named(tx, kommun, system, readable | set(silent))


def report(kommun: str, system: str, row: Unreadable) -> None:
    """Logs that a row was parked."""
    log.warning(
        "change_parked",
        kommun=kommun,
        system=system,
        stream=row.stream,
        code=row.code,
        where=shown(row.where),
    )


def read_parked_again(bridge: Bridge, kommun: str) -> Counter[Outcome]:
    """Looks again at what is parked of a kommun; one that cannot be dealt with stops no other.

    What another system told than the kommun has now cannot be read any more, and stays.
    """
    tally: Counter[Outcome] = Counter()
    system = bridge.settings.kommun[kommun].system
    after = ("", "", "")
    while True:
        with bridge.store.read() as tx:
            page = parked_rows(tx, kommun, after)
        for parked in page:
            after = (parked.kommun, parked.system, parked.key)
            if parked.system != system:
                continue
            try:
                tally.update(_again(bridge, parked))
            except Exception as error:  # noqa: BLE001  it stays parked; the others go on
                name = telemetry.error_name(error)
                log.error("parked_change_failed", kommun=kommun, error=name)
        if not page:
            return tally


def give_up(
    bridge: Bridge, row_id: str, kommun: str | None, *, actor: str, reason: str
) -> list[str]:
    """Gives up what is parked under an id: a person has dealt with it. Audited.

    Returns:
        The kommuner that have it; more than one, and nothing was done.
    """

    def job(tx: Tx) -> list[str]:
        found = find_parked(tx, row_id, kommun)
        kommuner = sorted({parked.kommun for parked in found})
        for parked in found if len(kommuner) == 1 else ():
            store_give_up(tx, parked)
            details = {"reason": reason, "system": parked.system, "where": parked.place}
            note(tx, actor, "give_up_parked", row_id, parked.kommun, details)
        return kommuner

    return bridge.store.write(job)


def _again(bridge: Bridge, parked: Parked) -> list[Outcome]:
    with bridge.store.read() as tx:
        found = content_of(tx, parked)
    if found is None:
        return []
    now, content = found
    told = bridge.systems(now.kommun).read_again(_unpack(now, content))
    if isinstance(told, Unreadable):
        _note_what_is_wrong(bridge, now, told)
        return []
    due: Due = []

    def job(tx: Tx) -> list[Outcome]:
        due.clear()
        outcomes = []
        if told is not None:
            outcomes.append(take_in(bridge, tx, now.kommun, now.system, told, due))
        unpark(tx, now)
        return outcomes

    locks = [(now.kommun, told.arende)] if told is not None and told.arende is not None else []
    outcomes = bridge.store.write(job, locks)
    bridge.wake(due)
    return outcomes


def _note_what_is_wrong(bridge: Bridge, parked: Parked, told: Unreadable) -> None:
    noted = replace(parked, kind=told.kind, code=told.code, place=shown(told.where))
    if noted != parked:
        bridge.store.write(lambda tx: note_fault(tx, noted))


def _pack(row: Unreadable) -> bytes:
    parts = {"raw": row.raw, "beside": row.beside}
    return canonical.dumps({name: base64.b64encode(p).decode() for name, p in parts.items()})


def _unpack(parked: Parked, content: bytes) -> Unreadable:
    parts = {name: base64.b64decode(p) for name, p in canonical.loads(content).items()}
    return Unreadable(
        row=None if parked.key.startswith(f"{UNNAMED}:") else parked.key,
        kind=parked.kind,
        stream=parked.stream,
        code=parked.code,
        where=parked.place,
        raw=parts["raw"],
        beside=parts["beside"],
    )
