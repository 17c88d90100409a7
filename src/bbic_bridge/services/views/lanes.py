"""What operators and alerts are shown of lanes and pauses. Plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LaneView:
    """All that goes to one system of one kommun, and whether that system answers.

    ``state`` is ``closed`` while it does, ``open`` while it is left alone, ``half_open`` while one
    delivery is out to see. ``since`` is when it last fell silent or answered again, None where it
    always has. ``next_probe`` is when something goes again; None where nothing is held.
    """

    kommun: str
    system: str
    state: str
    since: datetime | None
    next_probe: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class PauseView:
    """What is not sent for now; ``*`` stands for any kommun, system or operation."""

    kommun: str
    system: str
    operation: str
    actor: str
    since: datetime
