"""One thing that `doctor` looked at."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """What was found. ``todo`` is empty where nothing needs to be done."""

    what: str
    level: Literal["ok", "warn", "fail"]
    found: str
    todo: str = ""
