"""The fault switches: which calls are to go wrong, and how often."""

import random
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FaultName = Literal[
    "refuse",
    "lost_response",
    "http_500",
    "http_429",
    "timeout",
    "slow",
    "reject",
    "malformed",
    "wrong_answer",
    "duplicate_webhook",
    "reordered_webhook",
]
WEBHOOK_FAULTS = frozenset({"duplicate_webhook", "reordered_webhook"})
Milliseconds = Annotated[int, Field(ge=0, le=600_000)]


class Fault(BaseModel):
    """One switch, as posted to ``/_sandbox/faults``.

    Without ``times`` and ``probability`` it stays on until it is cleared. ``operation`` is the
    bridge's name of a write (``avsluta_insats_och_resurs/resurs`` names one effect) or the
    vendor's own name of a read (``HamtaKvittens``, ``Extract/Decisions``, ``svar``); without one,
    reads are spared unless ``reads`` is true. ``code`` and ``text`` are for ``reject``,
    ``retry_after`` (seconds) for ``http_429``, ``delay_ms`` and ``effect`` for ``timeout``
    (8000, never) and ``slow`` (1000, before); ``delay_ms`` also says how long
    ``reordered_webhook`` waits for another webhook to go first (1000).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    system: Literal["procapita", "treserva"]
    fault: FaultName
    kommun: str | None = None
    operation: str | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    seed: int = 0
    delay_ms: Milliseconds | None = None
    effect: Literal["before", "after", "never"] | None = None
    retry_after: Annotated[int, Field(ge=0)] = 1
    code: str = "EJ_TILLATET"
    text: str = "Åtgärden är inte tillåten."
    reads: bool = False

    def delay_s(self, default_ms: int) -> float:
        return (default_ms if self.delay_ms is None else self.delay_ms) / 1000

    def concerns(self, system: str, kommun: str, names: frozenset[str], *, read: bool) -> bool:
        """Whether a call with these names is meant by this switch."""
        if self.system != system or self.kommun not in (None, kommun):
            return False
        if self.operation is None:
            return self.reads or not read
        return self.operation in names


class Switch:
    """A fault that is on: how often it has struck, and its own chance, repeatable by seed."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.struck = 0
        self._random = random.Random(fault.seed)  # noqa: S311 -- repeatable, not secret

    @property
    def spent(self) -> bool:
        return self.fault.times is not None and self.struck >= self.fault.times

    def strikes(self) -> bool:
        """Decides for one call, and counts it when the fault strikes."""
        chance = self.fault.probability
        if self.spent or (chance is not None and self._random.random() >= chance):
            return False
        self.struck += 1
        return True

    def view(self) -> dict[str, Any]:
        return {**self.fault.model_dump(exclude_none=True), "struck": self.struck}


class Faults:
    """All switches, in the order they were set; the first that strikes decides."""

    def __init__(self) -> None:
        self._switches: list[Switch] = []

    def add(self, fault: Fault) -> Switch:
        switch = Switch(fault)
        self._switches.append(switch)
        return switch

    def clear(self, system: str = "") -> None:
        """Turns all switches off, or those of one system."""
        self._switches = [s for s in self._switches if system and s.fault.system != system]

    def listing(self) -> list[dict[str, Any]]:
        return [switch.view() for switch in self._switches]

    def for_call(
        self, system: str, kommun: str, names: frozenset[str], *, read: bool
    ) -> Fault | None:
        """The fault that strikes this call, if any."""
        for switch in self._switches:
            fault = switch.fault
            if fault.fault in WEBHOOK_FAULTS:
                continue
            if fault.concerns(system, kommun, names, read=read) and switch.strikes():
                return fault
        return None

    def for_webhook(self, system: str, kommun: str) -> Fault | None:
        """The fault that strikes this webhook, if any; ``operation`` does not matter here."""
        for switch in self._switches:
            fault = switch.fault
            if fault.fault not in WEBHOOK_FAULTS or fault.system != system:
                continue
            if fault.kommun in (None, kommun) and switch.strikes():
                return fault
        return None
