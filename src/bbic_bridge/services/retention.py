"""Keeping things no longer than they should be: payloads first, rows of ended cases later.

Never what is unresolved, waits or is held, nor what an active case remembers (mål, facts and
identities), nor the inbox. Each case in a transaction of its own, under its lock, and audited.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import isfinite
from typing import Any, Literal

from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.services.audit import ITSELF, note
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.identity import numbers_of_child
from bbic_bridge.services.protection import relative_is_protected
from bbic_bridge.services.watch import lage_of
from bbic_bridge.store import retention as store
from bbic_bridge.store.caseless import prune_caseless
from bbic_bridge.store.cases import is_known
from bbic_bridge.store.frister import FristQuery, find_frister
from bbic_bridge.store.keyring import data_keys_of
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.times import DAY, micros
from bbic_bridge.store.tx import Tx

Tier = Literal["payloads", "rows"]
PAGE = 200
_START: CaseKey = ("", "")


@dataclass(frozen=True, slots=True)
class PrunedCase:
    """What was, or would be, taken away of a case: how many by table. ``arende`` is empty for
    what belongs to no case."""

    kommun: str
    arende: str
    tier: Tier
    counts: Mapping[str, int]


def is_configured(bridge: Bridge) -> bool:
    """Whether anything is ever to be pruned."""
    return isfinite(bridge.settings.retention.payload_days)


def prune(
    bridge: Bridge, *, actor: str = ITSELF, kommun: str | None = None, dry_run: bool = False
) -> Iterator[PrunedCase]:
    """Takes away what the configuration says is to be kept no longer.

    Args:
        kommun: only of this one.
        dry_run: only tell.

    Returns:
        Each case as it is done; what is not read from here is not done.
    """
    kept = bridge.settings.retention
    tiers: tuple[tuple[Tier, float], ...] = (
        ("rows", kept.row_days),
        ("payloads", kept.payload_days),
    )
    gone: set[CaseKey] = set()
    for tier, days in tiers:
        if not isfinite(days):
            continue
        before = micros(bridge.clock()) - int(days * DAY)
        for found in _tier(bridge, tier, before, actor=actor, kommun=kommun, dry_run=dry_run):
            case = (found.kommun, found.arende)
            if case not in gone:
                yield found
            if dry_run and found.arende:
                gone.add(case)


def hold(bridge: Bridge, case: CaseKey, *, actor: str, reason: str) -> bool:
    """Keeps all of a case until it is released. Audited. False when it was held already."""
    return _change_hold(bridge, case, "hold", actor, reason)


def release(bridge: Bridge, case: CaseKey, *, actor: str, reason: str) -> bool:
    """Ends a hold. Audited. False when there was none."""
    return _change_hold(bridge, case, "release", actor, reason)


def reclaim(bridge: Bridge, *, compact: bool = False) -> bool:
    """Gives the space of what was taken away back.

    Args:
        compact: rewrites the database, during which nobody can write.

    Returns:
        False where only that would give anything back.
    """
    return bridge.store.reclaim(compact=compact)


def _change_hold(bridge: Bridge, case: CaseKey, action: str, actor: str, reason: str) -> bool:
    def job(tx: Tx) -> bool:
        change = store.hold if action == "hold" else store.release_hold
        if not is_known(tx, case) or not change(tx, case):
            return False
        note(tx, actor, action, case[1], case[0], {"reason": reason})
        return True

    return bridge.store.write(job, {case})


def _tier(
    bridge: Bridge, tier: Tier, before: int, *, actor: str, kommun: str | None, dry_run: bool
) -> Iterator[PrunedCase]:
    after = _START
    while True:
        with bridge.store.read() as tx:
            page = store.resting_cases(
                tx, before, after, PAGE, with_payloads=tier == "payloads", kommun=kommun
            )
        for case in page:
            job = partial(
                _prune_case, bridge, case, tier=tier, before=before, actor=actor, dry_run=dry_run
            )
            counts = _read(bridge, job) if dry_run else bridge.store.write(job, {case})
            if counts is not None:
                yield PrunedCase(*case, tier, counts)
        if not page:
            break
        after = page[-1]
    yield from _caseless(bridge, tier, before, actor=actor, kommun=kommun, dry_run=dry_run)


def _read(bridge: Bridge, job: Any) -> Any:
    with bridge.store.read() as tx:
        return job(tx)


def _prune_case(
    bridge: Bridge, case: CaseKey, tx: Tx, *, tier: Tier, before: int, actor: str, dry_run: bool
) -> store.Counts | None:
    """None where there is nothing to take, or where the case has woken since it was found."""
    if not store.is_at_rest(tx, case, before):
        return None
    if tier == "rows" and not _has_ended(bridge, tx, case):
        return None
    if dry_run:
        return store.count_rows(tx, case) if tier == "rows" else store.count_payloads(tx, case)
    if tier == "rows":
        counts = store.prune_rows(tx, case)
    else:
        store.note_pruned(tx, case, _memory(tx, case))
        counts = store.prune_payloads(tx, case)
    note(tx, actor, f"prune_{tier}", case[1], case[0], {"counts": dict(counts)})
    return counts


def _has_ended(bridge: Bridge, tx: Tx, case: CaseKey) -> bool:
    today = stockholm_date(bridge.clock())
    to_be_met = FristQuery(idag=today, kommuner=(case[0],), arende=case[1], limit=1)
    return not find_frister(tx, to_be_met) and has_ended(lage_of(tx, *case), today)


def has_ended(lage: Lage, today: date) -> bool:
    """Whether nothing more is to come of a case: all its insatser are over, or nothing was granted.

    Of one in which nothing has been decided nobody can tell.
    """
    if lage.insatser:
        return all(en.slut is not None and en.slut < today for en in lage.insatser.values())
    return bool(lage.beslut) and not any(ett.gynnande for ett in lage.beslut.values())


def _memory(tx: Tx, case: CaseKey) -> dict[str, Any]:
    """What must be known of an active case's documents when they are gone."""
    return {
        "nummer": list(numbers_of_child(tx, *case)),
        "narstaende_skyddad": relative_is_protected(tx, *case),
    }


def _caseless(
    bridge: Bridge, tier: Tier, before: int, *, actor: str, kommun: str | None, dry_run: bool
) -> Iterator[PrunedCase]:
    with bridge.store.read() as tx:
        named = sorted({whose for whose, _, _ in data_keys_of(tx.connection)})

    def job(tx: Tx) -> store.Counts:
        rows = tier == "rows"
        counts = prune_caseless(tx, whose, before, PAGE, rows=rows, dry_run=dry_run)
        if any(counts.values()) and not dry_run:
            note(tx, actor, f"prune_{tier}", whose, whose, {"counts": dict(counts)})
        return counts

    for whose in named if kommun is None else [kommun]:
        while any((counts := _read(bridge, job) if dry_run else bridge.store.write(job)).values()):
            yield PrunedCase(whose, store.NO_CASE, tier, counts)
            if dry_run:
                break
