"""What the handbook workflow is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FeedPage:
    """CloudEvents to the handbook workflow, oldest first, and the cursor to go on from."""

    events: tuple[Mapping[str, Any], ...]
    cursor: str
