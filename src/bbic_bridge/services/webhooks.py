"""A vendor's signed webhook: what it tells is stored before it is answered."""

from collections.abc import Sequence

from bbic_bridge.delivery.errors import DeliveryError
from bbic_bridge.delivery.ports import Told, Unreadable, VendorChange
from bbic_bridge.services import parking
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.vendor_news import Due, Outcome, take_in
from bbic_bridge.services.views.accepting import Problem, Result, Violation
from bbic_bridge.store.tx import Tx


def accept_webhook(
    bridge: Bridge, kommun: str, system: str, webhook_id: str, body: bytes
) -> Result:
    """Takes in the changes of one webhook whose signature has been checked.

    Each change stands for itself: one that cannot be read is parked, and stored like the others.
    A repeated webhook is told by the changes it holds, not by its id: senders reuse it.

    Raises:
        StoreUnavailable: nothing was accepted; ``StorageLow`` where it would soon have no room.
    """
    bridge.store.space.require(bridge.settings.limits.min_free_bytes)
    settings = bridge.settings.kommun.get(kommun)
    if settings is None or settings.system != system:
        return Result(webhook_id, "rejected", Problem(404, "not_found", "No such receiver"))
    try:
        told = bridge.systems(kommun).parse_webhook(body)
    except DeliveryError as error:
        where = (Violation("", error.reason or error.code),)
        problem = Problem(400, error.code, "The webhook does not follow the contract", where)
        return Result(webhook_id, "rejected", problem)
    outcomes = _store(bridge, kommun, system, told)
    for one, outcome in zip(told, outcomes, strict=True):
        if isinstance(one, Unreadable) and outcome == "parked":
            parking.report(kommun, system, one)
    news = any(outcome != "known" for outcome in outcomes)
    return Result(webhook_id, "accepted" if news else "duplicate")


def _store(bridge: Bridge, kommun: str, system: str, told: Sequence[Told]) -> list[Outcome]:
    """All that one webhook tells, in one transaction."""
    due: Due = []

    def one_of(tx: Tx, one: Told) -> Outcome:
        if isinstance(one, Unreadable):
            return parking.park(bridge, tx, kommun, system, one)
        return take_in(bridge, tx, kommun, system, one, due)

    def job(tx: Tx) -> list[Outcome]:
        due.clear()
        outcomes = [one_of(tx, one) for one in told]
        parking.replace_parked(tx, kommun, system, told)
        return outcomes

    arenden = {one.arende for one in told if isinstance(one, VendorChange)}
    locks = {(kommun, arende) for arende in arenden if arende is not None}
    outcomes = bridge.store.write(job, locks)
    bridge.wake(due)
    return outcomes
