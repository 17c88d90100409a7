"""The journal: one line per effect, in the order they happened, whoever asked and how often."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a write brought about. ``at`` is ISO 8601 in UTC."""

    seq: int
    system: str
    kommun: str
    operation: str
    arende: str
    reference: str
    vendor_id: str
    at: str


class Journal:
    """Effects in memory. Changes made by a person are no effects of ours and are not here."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []

    def add(
        self,
        *,
        system: str,
        kommun: str,
        operation: str,
        arende: str,
        reference: str,
        vendor_id: str,
        at: datetime,
    ) -> None:
        """Writes one line. A second effect with the same reference is a second line."""
        seq = len(self._effects) + 1
        effect = Effect(
            seq, system, kommun, operation, arende, reference, vendor_id, at.isoformat()
        )
        self._effects.append(effect)

    def lines(self, system: str = "", kommun: str = "") -> Iterator[str]:
        """The effects as NDJSON lines; an empty filter takes all."""
        for effect in self._effects:
            if system in ("", effect.system) and kommun in ("", effect.kommun):
                yield json.dumps(asdict(effect), ensure_ascii=False) + "\n"

    def clear(self) -> None:
        self._effects.clear()
