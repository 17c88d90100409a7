"""Speed, measured against plain counterparts in the same run; ``python -m bench`` runs it."""

from typing import TypedDict


class Bar(TypedDict):
    """One thing measured, and whether it is good enough."""

    name: str
    value: float
    bar: float | str
    met: bool
