"""Which cases have a gynnande beslut to report, and what is known of its execution."""

from collections.abc import Sequence

import sqlalchemy as sa

from bbic_bridge.delivery.states import State
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.schema import deliveries, frister
from bbic_bridge.store.tx import Tx

KOD = "ej_verkstallt"
"""The time limit that is kept of each of them."""
_VERKSTALL = "verkstall_beslut"


def late_cases(
    tx: Tx, forsta: str, per: str, kommuner: Sequence[str], after: CaseKey | None, limit: int
) -> list[CaseKey]:
    """A page of the cases whose limit had passed by a day, and was not met or ended before another.

    Args:
        forsta: the other day; what was met or ended before it is left out.
        per: the day, ISO.
        kommuner: only these; all where empty.
        after: the last case of the page before.
    """
    f = frister.c
    done = sa.func.coalesce(f.uppfylld, f.upphord, per)
    where = [f.kod == KOD, f.senast < per, f.senast < done, done >= forsta]
    if kommuner:
        where.append(f.kommun.in_(kommuner))
    if after is not None:
        where.append(sa.tuple_(f.kommun, f.arende) > sa.tuple_(*map(sa.literal, after)))
    rows = tx.connection.execute(
        sa.select(f.kommun, f.arende)
        .where(*where)
        .distinct()
        .order_by(f.kommun, f.arende)
        .limit(limit)
    )
    return [(row.kommun, row.arende) for row in rows]


def is_carried_out(tx: Tx, kommun: str, arende: str, row: str) -> bool:
    """Whether the vendor has confirmed the execution that an event ordered."""
    d = deliveries.c
    of_event = (d.kommun == kommun, d.arende == arende, d.event_row == row)
    done = (d.operation == _VERKSTALL, d.state == State.VERIFIED.value)
    return tx.connection.scalar(sa.select(d.id).where(*of_event, *done).limit(1)) is not None
