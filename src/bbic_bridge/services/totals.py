"""Control totals: what a sender compares its own count with, to know that nothing was lost."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date

from bbic_bridge.handbook.handelser import Handelse
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.views.accepting import Result
from bbic_bridge.services.views.health import TotalView
from bbic_bridge.store.totals import add_to_totals, totals_of
from bbic_bridge.store.tx import Tx


def count(tx: Tx, results: Iterable[tuple[Handelse, Result]]) -> None:
    """Adds those that were accepted, in the transaction that stores them.

    The day is that of the event's own ``time`` in Stockholm: the only one the sender knows too.
    """
    add_to_totals(
        tx,
        (
            (stockholm_date(one.time), one.source, one.kommun, one.id)
            for one, result in results
            if result.status == "accepted"
        ),
    )


def totals(
    bridge: Bridge,
    day: date | None = None,
    source: str | None = None,
    kommuner: Sequence[str] = ("*",),
) -> list[TotalView]:
    """The totals of a day, by source and kommun; without a day, of today in Stockholm.

    A source and kommun without any accepted event of that day has no line.
    """
    wanted = day or stockholm_date(bridge.clock())
    with bridge.store.read() as tx:
        found = totals_of(tx, wanted, source, kommuner)
    return [TotalView(**asdict(one)) for one in found]
