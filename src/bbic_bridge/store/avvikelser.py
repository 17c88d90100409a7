"""What deviates in each case, and what of it has been told: so that a late event can explain it
before anyone is told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from bbic_bridge.delivery.lanes import SKEW
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.schema import avvikelser
from bbic_bridge.store.tx import Tx

_a = avvikelser.c
_OF_CASE = (_a.kommun == sa.bindparam("of_kommun"), _a.arende == sa.bindparam("of_arende"))
_ONE = (
    *_OF_CASE,
    _a.kod == sa.bindparam("of_kod"),
    _a.objekt == sa.bindparam("of_objekt"),
    _a.skillnad == sa.bindparam("of_skillnad"),
)
_KEPT = sa.select(_a.kod, _a.objekt, _a.skillnad).where(*_OF_CASE)
_DUE = _KEPT.where(_a.tell_at <= sa.bindparam("now")).order_by(_a.tell_at, _a.kod, _a.objekt)
_DUE_CASES = (
    sa.select(_a.kommun, _a.arende)
    .where(_a.tell_at <= sa.bindparam("now"))
    .distinct()
    .order_by(_a.kommun, _a.arende)
    .limit(sa.bindparam("limit"))
)
_PUT_OFF = (
    sa.update(avvikelser)
    .where(_a.tell_at > sa.bindparam("latest"))
    .values(tell_at=sa.bindparam("by"))
)
_ADD = sa.insert(avvikelser)
_REMOVE = sa.delete(avvikelser).where(*_ONE)
_TOLD = sa.update(avvikelser).where(*_ONE).values(tell_at=None)


@dataclass(frozen=True, slots=True, order=True)
class KeptAvvikelse:
    """One deviation as it is kept: its kind, our id of what it is about, and what tells it from
    another of the same kind about the same object."""

    kod: str
    objekt: str
    skillnad: str


def keep_avvikelser(tx: Tx, case: CaseKey, made: Iterable[KeptAvvikelse], tell_at: int) -> None:
    """Makes the case's deviations what they are now; the new ones are to be told at ``tell_at``.

    One that is there no more is forgotten, told or not.
    """
    kept = _kept(tx, case)
    now = set(made)
    new = [_of(case) | _named(one) | {"tell_at": tell_at} for one in sorted(now - kept)]
    if new:
        tx.connection.execute(_ADD, new)
    if gone := [_key(case, one) for one in sorted(kept - now)]:
        tx.connection.execute(_REMOVE, gone)


def due_avvikelser(tx: Tx, case: CaseKey) -> list[KeptAvvikelse]:
    """The deviations of a case that are to be told by now."""
    rows = tx.connection.execute(_DUE, _of_case(case) | {"now": tx.now})
    return [KeptAvvikelse(*row) for row in rows]


def mark_avvikelser_told(tx: Tx, case: CaseKey, told: Collection[KeptAvvikelse]) -> None:
    """Notes that these need not be told again."""
    if told:
        tx.connection.execute(_TOLD, [_key(case, one) for one in told])


def cases_to_tell(tx: Tx, limit: int) -> list[CaseKey]:
    """Cases with deviations that are to be told by now."""
    rows = tx.connection.execute(_DUE_CASES, {"now": tx.now, "limit": limit})
    return [(row.kommun, row.arende) for row in rows]


def mend_set_back(tx: Tx, tell_at: int) -> None:
    """What a clock that was set back since had put off is to be told at ``tell_at``, as what is new
    would be."""
    tx.connection.execute(_PUT_OFF, {"latest": tell_at + SKEW, "by": tell_at})


def _kept(tx: Tx, case: CaseKey) -> set[KeptAvvikelse]:
    return {KeptAvvikelse(*row) for row in tx.connection.execute(_KEPT, _of_case(case))}


def _of(case: CaseKey) -> dict[str, str]:
    return {"kommun": case[0], "arende": case[1]}


def _named(one: KeptAvvikelse) -> dict[str, str]:
    return {"kod": one.kod, "objekt": one.objekt, "skillnad": one.skillnad}


def _of_case(case: CaseKey) -> dict[str, str]:
    return {f"of_{name}": value for name, value in _of(case).items()}


def _key(case: CaseKey, one: KeptAvvikelse) -> dict[str, str]:
    return {f"of_{name}": value for name, value in (_of(case) | _named(one)).items()}
