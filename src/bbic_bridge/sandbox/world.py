"""Everything the sandbox keeps in memory, and the way to forget it."""

import asyncio
from datetime import UTC, datetime

from bbic_bridge.sandbox.config import SandboxConfig
from bbic_bridge.sandbox.faults import Faults
from bbic_bridge.sandbox.journal import Journal
from bbic_bridge.sandbox.register import Clock, now
from bbic_bridge.sandbox.schema import Schema
from bbic_bridge.sandbox.vendor import KINDS, Installation
from bbic_bridge.sandbox.webhooks import Webhooks
from bbic_bridge.sandbox.workflow import Workflow

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class World:
    """Both vendor systems for any kommun, the built-in workflow, faults and journal.

    Used from one event loop only, so that a change is whole without locks.
    """

    def __init__(self, config: SandboxConfig, clock: Clock = now) -> None:
        self.config = config
        self.clock = clock
        self.journal = Journal()
        self.faults = Faults()
        self.webhooks = Webhooks(config.webhooks_to, config.webhook_secrets, self.faults, clock)
        self.workflow = Workflow(config.callback_secret, clock)
        self.schemas = {system: Schema(f"{system}.xsd") for system in KINDS}
        self.stopping = asyncio.Event()
        self._installations: dict[tuple[str, str], Installation] = {}
        self._first_id = config.first_id or _first_id(clock())

    def installation(self, system: str, kommun: str) -> Installation:
        """That kommun's system; it exists from the first time it is named."""
        found = self._installations.get((system, kommun))
        if found is None:
            found = Installation(
                system, kommun, first_id=self._first_id, clock=self.clock, journal=self.journal
            )
            self._installations[system, kommun] = found
        return found

    def reset(self) -> None:
        """Forgets state, faults, journal, callbacks and webhooks.

        Numbers go on where they were: no id is ever given twice, and a cursor that a client
        holds stays behind every change to come.
        """
        numbers = [place.register.next_id for place in self._installations.values()]
        self._first_id = max([self._first_id, *numbers])
        self._installations.clear()
        self.journal.clear()
        self.faults.clear()
        self.webhooks.clear()
        self.workflow.clear()


def _first_id(at: datetime) -> int:
    """Seconds since 2026: beyond any id of an earlier run that made fewer than one a second."""
    return max(1000, int((at - _EPOCH).total_seconds()))
