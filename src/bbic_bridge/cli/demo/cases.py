"""The demo's cases: the events of ``examples/``, in the repository or in the installed package."""

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One case's events, in the order in which they happened."""

    events: tuple[Event, ...]

    @property
    def arende(self) -> str:
        return str(self.events[0]["subject"])

    def parted(self, event_type: str) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
        """The events until the first of that type; that one, and all after it."""
        place = self._first(event_type)
        return self.events[:place], self.events[place:]

    def value(self, event_type: str, name: str) -> Any:
        """What the first event of that type says of something."""
        return self.events[self._first(event_type)]["data"][name]

    def _first(self, event_type: str) -> int:
        return [event["type"] for event in self.events].index(f"se.bbic.{event_type}")


def load_case(name: str) -> Case:
    """A case by the name of its file."""
    text = (examples() / f"{name}.ndjson").read_text(encoding="utf-8")
    return Case(tuple(json.loads(line) for line in text.splitlines()))


def examples() -> Path:
    """``examples/`` is packaged as it is; an editable install finds it where it lies."""
    package = Path(str(files("bbic_bridge")))
    packaged = package / "examples"
    return packaged if packaged.is_dir() else package.parents[1] / "examples"
