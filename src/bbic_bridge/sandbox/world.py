"""Everything the sandbox keeps in memory, what changes it, and the way to forget it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bbic_bridge.sandbox.config import SandboxConfig
from bbic_bridge.sandbox.faults import Faults
from bbic_bridge.sandbox.history import History, Line
from bbic_bridge.sandbox.journal import Journal
from bbic_bridge.sandbox.register import Clock, now
from bbic_bridge.sandbox.schema import Schema
from bbic_bridge.sandbox.vendor import KINDS, Installation
from bbic_bridge.sandbox.webhooks import Webhooks
from bbic_bridge.sandbox.workflow import Workflow

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class World:
    """Both vendor systems for any kommun, the built-in workflow, faults and journal.

    Used from one event loop only, so that a change is whole without locks. With a history to
    keep, what changes the world outlives the process; fault switches do not.
    """

    def __init__(self, config: SandboxConfig, clock: Clock = now) -> None:
        self.config = config
        self.journal = Journal()
        self.faults = Faults()
        self.webhooks = Webhooks(
            config.webhooks_to, config.webhook_secrets, self.faults, self.clock, self._note
        )
        self.workflow = Workflow(config.callback_secret, self.clock)
        self.schemas = {system: Schema(f"{system}.xsd") for system in KINDS}
        self.stopping = asyncio.Event()
        self._clock = clock
        self._standing: datetime | None = None
        self._history: History | None = None
        self._installations: dict[tuple[str, str], Installation] = {}
        self._first_id = config.first_id or _first_id(clock())

    def clock(self) -> datetime:
        """The time, which stands still while something happens."""
        return self._standing or self._clock()

    def installation(self, system: str, kommun: str) -> Installation:
        """That kommun's system; it exists from the first time it is named."""
        found = self._installations.get((system, kommun))
        if found is None:
            found = Installation(
                system, kommun, first_id=self._first_id, clock=self.clock, journal=self.journal
            )
            self._installations[system, kommun] = found
        return found

    @contextmanager
    def happening(self, kind: str, /, **what: Any) -> Iterator[None]:
        """Whatever changes the world happens in here: noted first, and all at one time.

        Args:
            kind: how ``again.AGAIN`` calls it; ``what`` is all that it needs.

        Raises:
            OSError: it could not be noted; then it must not happen.
        """
        with self.standing_at(self._clock()):
            self._note(kind, **what)
            yield

    @contextmanager
    def standing_at(self, at: datetime) -> Iterator[None]:
        """Stops the clock."""
        self._standing = at
        try:
            yield
        finally:
            self._standing = None

    def keep(self, history: History) -> None:
        """Notes from now on all that changes the world."""
        self._history = history
        if history.empty:
            self._note("beginning", first_id=self._first_id)

    def reset(self) -> None:
        """Forgets state, faults, journal, callbacks and webhooks.

        Numbers go on where they were: no id is ever given twice, and a cursor that a client
        holds stays behind every change to come.
        """
        numbers = [place.register.next_id for place in self._installations.values()]
        first_id = max([self._first_id, *numbers])
        if self._history is not None:
            self._history.begin(Line("beginning", self.clock(), {"first_id": first_id}))
        self.begin(first_id)

    def begin(self, first_id: int) -> None:
        """Holds nothing any more; the first object of each installation will get that number."""
        self._first_id = first_id
        self._installations.clear()
        self.journal.clear()
        self.faults.clear()
        self.webhooks.clear()
        self.workflow.clear()

    def _note(self, kind: str, /, **what: Any) -> None:
        if self._history is not None:
            self._history.add(Line(kind, self.clock(), what))


def _first_id(at: datetime) -> int:
    """Seconds since 2026: beyond any id of an earlier run that made fewer than one a second."""
    return max(1000, int((at - _EPOCH).total_seconds()))
