"""What every use case works with. Built once per process by ``bootstrap``."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bbic_bridge.delivery.decide import Policy
from bbic_bridge.delivery.lanes import Rules
from bbic_bridge.delivery.ports import VendorSystem
from bbic_bridge.handbook.uppgifter import UPPGIFTER
from bbic_bridge.settings import Settings
from bbic_bridge.store.store import Store

WORKFLOW = "workflow"
NOTIFY = "notify_workflow"
OPERATIONS = (*UPPGIFTER, NOTIFY)
BRIDGE = "_bridge"
Wake = Callable[[Iterable[tuple[str, str]]], None]
Ring = Callable[[str, bytes], None]


@dataclass(frozen=True)
class Bridge:
    """The parts.

    ``systems`` gives a kommun's vendor system (or the workflow, by the name ``WORKFLOW``);
    ``policy`` how it is treated; ``rules`` how the lane of a kommun and a system is; ``wake``
    takes (id, operation) pairs of deliveries that are due and never blocks or fails. ``ring`` tells
    whoever is on duty of an alert, by a message's id and body, and raises ``DeliveryError`` unless
    it was heard; None where nobody is to be told. ``wait`` lets so many seconds pass.
    """

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    systems: Callable[[str], VendorSystem]
    policy: Callable[[str], Policy]
    rules: Callable[[str, str], Rules]
    wake: Wake
    ring: Ring | None = None
    wait: Callable[[float], None] = time.sleep
    closers: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """Sends and writes what is queued and lets go of the broker and the database."""
        for close in self.closers:
            close()
