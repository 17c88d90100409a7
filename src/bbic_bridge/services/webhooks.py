"""A vendor's signed webhook: what it tells is stored before it is answered."""

from bbic_bridge.delivery.errors import DeliveryError
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.vendor_news import take_in
from bbic_bridge.services.views import Problem, Result, Violation
from bbic_bridge.store.tx import Tx


def accept_webhook(
    bridge: Bridge, kommun: str, system: str, webhook_id: str, body: bytes
) -> Result:
    """Takes in the changes of one webhook whose signature has been checked.

    A repeated webhook is told by the changes it holds, not by its id: senders reuse it.

    Raises:
        StoreUnavailable: nothing was accepted.
    """
    settings = bridge.settings.kommun.get(kommun)
    if settings is None or settings.system != system:
        return Result(webhook_id, "rejected", Problem(404, "not_found", "No such receiver"))
    try:
        changes = bridge.systems(kommun).parse_webhook(body)
    except DeliveryError as error:
        where = (Violation("", error.reason or error.code),)
        problem = Problem(400, error.code, "The webhook does not follow the contract", where)
        return Result(webhook_id, "rejected", problem)
    due: list[tuple[str, str]] = []

    def job(tx: Tx) -> list[str]:
        due.clear()
        return [take_in(bridge, tx, kommun, change, due) for change in changes]

    locks = {(kommun, change.arende) for change in changes if change.arende is not None}
    outcomes = bridge.store.write(job, locks)
    bridge.wake(due)
    news = any(outcome != "known" for outcome in outcomes)
    return Result(webhook_id, "accepted" if news else "duplicate")
