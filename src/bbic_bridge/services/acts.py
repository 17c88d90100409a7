"""What persons may do to a delivery: what they are told where it cannot be."""

from typing import Any

from bbic_bridge.delivery.errors import BridgeError
from bbic_bridge.delivery.states import MEANING, State
from bbic_bridge.store import overview
from bbic_bridge.store.tx import Tx

AT_WORK = "a worker has it at this moment"


class NotPossible(BridgeError):
    """The act does not fit the delivery; the message says why, for an operator."""


class NoDelivery(NotPossible):
    """No delivery has that id."""


def delivery(tx: Tx, delivery_id: str) -> Any:
    """The delivery's row. Raises ``NoDelivery``."""
    row = overview.get_delivery(tx, delivery_id)
    if row is None:
        raise NoDelivery(f"there is no delivery {delivery_id}")
    return row


def standing(row: Any) -> str:
    """How it stands, in words."""
    pruned = "" if row.payload else "; the payload has been pruned"
    return f"it is {row.state} ({MEANING[State(row.state)]}){pruned}"
