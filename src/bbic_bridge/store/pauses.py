"""Pauses: what is not sent for now. ``ANY`` in place of a kommun, system or operation is all."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.queues import ANY
from bbic_bridge.store.schema import pauses
from bbic_bridge.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Selection:
    """Which deliveries: of a kommun, to a system, of an operation; ``ANY`` for each of them."""

    kommun: str = ANY
    system: str = ANY
    operation: str = ANY

    def covers(self, other: "Selection") -> bool:
        """Whether all that the other means is meant by this one too."""
        pairs = zip(self.words, other.words, strict=True)
        return all(mine in (ANY, theirs) for mine, theirs in pairs)

    def meets(self, other: "Selection") -> bool:
        """Whether a delivery may be meant by both."""
        pairs = zip(self.words, other.words, strict=True)
        return all(ANY in (mine, theirs) or mine == theirs for mine, theirs in pairs)

    @property
    def words(self) -> tuple[str, str, str]:
        """Kommun, system, operation."""
        return self.kommun, self.system, self.operation

    def __str__(self) -> str:
        return "/".join(self.words)


@dataclass(frozen=True, slots=True)
class Pause:
    """A selection that is paused, by whom and since when (microseconds)."""

    selection: Selection
    actor: str
    at: int


def add_pause(tx: Tx, selection: Selection, actor: str) -> bool:
    """Pauses a selection. False where the very same was paused already."""
    kommun, system, operation = selection.words
    values = {"kommun": kommun, "system": system, "operation": operation}
    return insert_once(tx.connection, pauses, values | {"actor": actor, "at": tx.now})


def end_pauses(tx: Tx, selections: Sequence[Selection]) -> None:
    """Ends these pauses."""
    for one in selections:
        tx.connection.execute(
            sa.delete(pauses).where(
                pauses.c.kommun == one.kommun,
                pauses.c.system == one.system,
                pauses.c.operation == one.operation,
            )
        )


def pauses_of(tx: Tx) -> list[Pause]:
    """All pauses, the oldest first."""
    rows = tx.connection.execute(sa.select(pauses).order_by(pauses.c.at, *pauses.primary_key))
    return [
        Pause(Selection(row.kommun, row.system, row.operation), row.actor, row.at) for row in rows
    ]
