"""The time limits of all cases: listed, and told of when they draw near and when they are overdue.

They are kept as each event makes them; no history is read to list them or to tell of them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bbic_bridge import telemetry
from bbic_bridge.handbook.frister import REGEL, frister, regelverk, skede
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.identity import take_up
from bbic_bridge.services.tell import tell
from bbic_bridge.services.views.deadlines import FristFilter, FristList, FristView
from bbic_bridge.services.watch import Due, lage_of
from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.frist_rules import START, cases_after, remade_to, remaking_after
from bbic_bridge.store.frister import (
    TOLD,
    FristQuery,
    Kept,
    count_overdue,
    due_cases,
    due_frister,
    find_frister,
    is_any_overdue,
    keep_frister,
    mark_told,
)
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.tx import Tx

PAGE = 500
NEEDS_PERSON = ("lag", "ska")
log = telemetry.get_logger()


def list_frister(bridge: Bridge, wanted: FristFilter) -> FristList:
    """The limits of a filter, the overdue first, then by their last day."""
    idag = stockholm_date(bridge.clock())
    query = FristQuery(
        idag=idag,
        kommuner=wanted.kommuner,
        arende=wanted.arende,
        koder=wanted.koder,
        skeden=wanted.skeden,
        insatstyper=wanted.insatstyper,
        met=wanted.met,
        limit=wanted.limit + 1,
    )
    with bridge.store.read() as tx:
        found = find_frister(tx, query)
        serious = is_any_overdue(tx, query, NEEDS_PERSON)
    shown = found[: wanted.limit]
    return FristList(
        frister=tuple(_view(kept, idag) for kept in shown),
        more=len(found) > len(shown),
        needs_person=serious,
    )


def is_case_overdue(bridge: Bridge, tx: Tx, kommun: str, arende: str) -> bool:
    """Whether a limit of the case that weighs ``lag`` or ``ska`` is overdue."""
    idag = stockholm_date(bridge.clock())
    query = FristQuery(idag=idag, kommuner=(kommun,), arende=arende)
    return is_any_overdue(tx, query, NEEDS_PERSON)


def overdue(bridge: Bridge, tx: Tx) -> Mapping[str, int]:
    """How many limits are overdue, by weight; also 0."""
    counted = count_overdue(tx, stockholm_date(bridge.clock()))
    return {vikt: counted.get(vikt, 0) for vikt in ("lag", "ska", "bor")}


def watch(bridge: Bridge) -> int:
    """Tells the workflow, once each, of the limits that draw near and that are overdue.

    A limit whose last day has passed when it first is seen is told of as overdue only.

    Returns:
        How many were told of.
    """
    idag = stockholm_date(bridge.clock())
    told, after = 0, START
    while True:
        with bridge.store.read() as tx:
            page = due_cases(tx, idag, after, PAGE)
        if not page:
            return told
        told += sum(_tell_case(bridge, case, idag) for case in page)
        after = page[-1]


def remake(bridge: Bridge) -> int:
    """Makes the limits of all cases anew, once after the rules or a kommun's choices of them have
    changed. It is safe to interrupt: it goes on where it was. Cases from before the bridge
    remembered anything of their events begin to.

    Returns:
        How many cases were judged anew.

    Raises:
        StoreUnavailable: what was made before stays.
    """
    rules = regelverk(bridge.settings.frist)
    with bridge.store.read() as tx:
        after = remaking_after(tx, rules)
    count = 0
    while after is not None:
        with bridge.store.read() as tx:
            page = cases_after(tx, after, PAGE)
        for case in page:
            _remake_case(bridge, case)
        count, after = count + len(page), page[-1] if page else None
        _note(bridge, rules, after)
    return count


def _remake_case(bridge: Bridge, case: CaseKey) -> None:
    def job(tx: Tx) -> None:
        take_up(tx, *case)
        keep_frister(tx, *case, frister(lage_of(tx, *case), bridge.settings.frist))

    try:
        bridge.store.write(job, {case})
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001  its next event tries again; the others go on
        log.error("limits_not_made", kommun=case[0], error=telemetry.error_name(error))


def _note(bridge: Bridge, rules: str, after: CaseKey | None) -> None:
    bridge.store.write(lambda tx: remade_to(tx, rules, after))


def _tell_case(bridge: Bridge, case: CaseKey, idag: date) -> int:
    """Tells of the limits of one case, as they are once its lock is held."""
    due: Due = []

    def job(tx: Tx) -> int:
        due.clear()
        return sum(_tell(bridge, tx, kept, idag, due) for kept in due_frister(tx, case, idag))

    told = bridge.store.write(job, {case})
    bridge.wake(due)
    return told


def _tell(bridge: Bridge, tx: Tx, kept: Kept, idag: date, due: Due) -> bool:
    frist, stands = kept.frist, skede(kept.frist, idag)
    level = TOLD.get(stands, 0)
    if level > kept.told:
        # With its last day: one that is put off draws near, and is overdue, once more.
        because = (frist.kod, frist.objekt, frist.fran.isoformat(), frist.senast.isoformat())
        due += tell(
            bridge,
            tx,
            f"frist.{stands}",
            kommun=kept.kommun,
            arende=kept.arende,
            data=_told(kept),
            because=(kept.arende, *because),
        )
    mark_told(tx, kept, max(level, kept.told), idag)
    return level > kept.told


def _told(kept: Kept) -> dict[str, Any]:
    frist = kept.frist
    kind = {} if frist.insatstyp is None else {"insatstyp": frist.insatstyp}
    return {
        "frist": frist.kod,
        "objekt_id": frist.objekt,
        **kind,
        "vikt": frist.vikt,
        "fran": frist.fran.isoformat(),
        "senast": frist.senast.isoformat(),
    }


def _view(kept: Kept, idag: date) -> FristView:
    frist, stands, regel = kept.frist, skede(kept.frist, idag), REGEL[kept.frist.kod]
    running = stands in ("loper", "narmar_sig", "overskriden")
    return FristView(
        kommun=kept.kommun,
        arende=kept.arende,
        kod=frist.kod,
        namn=regel.namn,
        steg=regel.steg,
        kalla=regel.kalla,
        vikt=frist.vikt,
        objekt_id=frist.objekt,
        insatstyp=frist.insatstyp,
        skede=stands,
        fran=frist.fran,
        varna=frist.varna,
        senast=frist.senast,
        dagar_kvar=(frist.senast - idag).days if running else None,
        uppfylld=frist.uppfylld,
        uppfylld_av=frist.uppfylld_av,
        upphord=frist.upphord,
    )
