"""The time limits of all cases, kept so that they can be listed without reading any history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from bbic_bridge.handbook.frister import Frist, Skede, besked
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.schema import frister
from bbic_bridge.store.tx import Tx

TOLD: Mapping[Skede, int] = {"narmar_sig": 1, "overskriden": 2}
"""How far a limit has been told of; 0: not at all."""

_f = frister.c
_OF_CASE = (_f.kommun == sa.bindparam("of_kommun"), _f.arende == sa.bindparam("of_arende"))
_ONE = (
    *_OF_CASE,
    _f.kod == sa.bindparam("of_kod"),
    _f.objekt == sa.bindparam("of_objekt"),
    _f.fran == sa.bindparam("of_fran"),
)
_KEPT = sa.select(frister).where(*_OF_CASE)
_DUE = _KEPT.where(_f.next_on <= sa.bindparam("idag")).order_by(_f.senast, _f.kod, _f.objekt)
_DUE_CASES = (
    sa.select(_f.kommun, _f.arende)
    .where(
        _f.next_on <= sa.bindparam("idag"),
        sa.tuple_(_f.kommun, _f.arende)
        > sa.tuple_(sa.bindparam("after_kommun"), sa.bindparam("after_arende")),
    )
    .distinct()
    .order_by(_f.kommun, _f.arende)
    .limit(sa.bindparam("limit"))
)
_ADD = sa.insert(frister)
_CHANGE = sa.update(frister).where(*_ONE)
_REMOVE = sa.delete(frister).where(*_ONE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A limit as it is kept, and how far it has been told of."""

    kommun: str
    arende: str
    frist: Frist
    told: int


@dataclass(frozen=True, slots=True)
class FristQuery:
    """Which limits, as they stand ``idag``; empty fields do not filter.

    Without ``skeden`` those that are to be met; with ``met`` also those that were, or fell away.
    """

    idag: date
    kommuner: tuple[str, ...] = ()
    arende: str | None = None
    koder: tuple[str, ...] = ()
    skeden: tuple[Skede, ...] = ()
    insatstyper: tuple[str, ...] = ()
    met: bool = False
    limit: int = 100


def keep_frister(tx: Tx, kommun: str, arende: str, made: Iterable[Frist]) -> None:
    """Makes the case's limits what they are now.

    What has been told of each stays told, unless its last day has moved.
    """
    rows = tx.connection.execute(_KEPT, {"of_kommun": kommun, "of_arende": arende})
    kept = {(row.kod, row.objekt, row.fran): row for row in rows}
    new, changed = [], []
    for frist in made:
        before = kept.pop(key := (frist.kod, frist.objekt, frist.fran.isoformat()), None)
        same = before is not None and before.senast == frist.senast.isoformat()
        values = _values(frist, told=before.told if before is not None and same else 0)
        if before is None:
            new.append({"kommun": kommun, "arende": arende, **_key(key), **values})
        elif any(getattr(before, name) != value for name, value in values.items()):
            changed.append({**_one(kommun, arende, key), **values})
    gone = [_one(kommun, arende, key) for key in kept]
    for statement, parameters in ((_ADD, new), (_CHANGE, changed), (_REMOVE, gone)):
        if parameters:
            tx.connection.execute(statement, parameters)


def due_cases(tx: Tx, idag: date, after: CaseKey, limit: int) -> list[CaseKey]:
    """Cases with something to tell of their limits, a page after a case."""
    rows = tx.connection.execute(
        _DUE_CASES,
        {
            "idag": idag.isoformat(),
            "after_kommun": after[0],
            "after_arende": after[1],
            "limit": limit,
        },
    )
    return [(row.kommun, row.arende) for row in rows]


def due_frister(tx: Tx, case: CaseKey, idag: date) -> list[Kept]:
    """The limits of a case of which there is something to tell."""
    of_case = {"of_kommun": case[0], "of_arende": case[1]}
    return [_kept(row) for row in tx.connection.execute(_DUE, of_case | {"idag": idag.isoformat()})]


def mark_told(tx: Tx, kept: Kept, told: int, idag: date) -> None:
    """Notes how far a limit has been told of by a day, and when there is more to tell."""
    frist = kept.frist
    key = (frist.kod, frist.objekt, frist.fran.isoformat())
    values = {"told": told, "next_on": _next_on(frist, told, after=idag)}
    tx.connection.execute(_CHANGE, {**_one(kept.kommun, kept.arende, key), **values})


def find_frister(tx: Tx, query: FristQuery) -> list[Kept]:
    """The limits of a query: the overdue first, then by their last day."""
    # Of those to be met the last day alone puts the overdue first, and an index has it so.
    mixed = query.met or query.skeden
    overdue_first = sa.case((_stands(query.idag)["overskriden"], 0), else_=1)
    order = (_f.senast, _f.kommun, _f.arende, _f.kod, _f.objekt, _f.fran)
    found = sa.select(frister).where(*_conditions(query))
    found = found.order_by(*((overdue_first,) if mixed else ()), *order).limit(query.limit)
    return [_kept(row) for row in tx.connection.execute(found)]


def is_any_overdue(tx: Tx, query: FristQuery, vikter: Sequence[str]) -> bool:
    """Whether the query holds a limit of one of these weights that is overdue."""
    overdue = _stands(query.idag)["overskriden"]
    found = sa.select(_f.kod).where(*_conditions(query), overdue, _f.vikt.in_(vikter)).limit(1)
    return tx.connection.scalar(found) is not None


def count_overdue(tx: Tx, idag: date) -> dict[str, int]:
    """How many limits are overdue, by weight."""
    overdue = _stands(idag)["overskriden"]
    counted = sa.select(_f.vikt, sa.func.count().label("many")).where(overdue).group_by(_f.vikt)
    return {row.vikt: row.many for row in tx.connection.execute(counted)}


def _stands(idag: date) -> Mapping[Skede, sa.ColumnElement[bool]]:
    """``handbook.frister.skede`` for the database."""
    today, stands = idag.isoformat(), _to_be_met(idag)
    return {
        "overskriden": stands & (_f.senast < today),
        "narmar_sig": stands & (_f.senast >= today) & (_f.varna <= today),
        "loper": stands & (_f.varna > today),
        "uppfylld": _f.uppfylld <= _f.senast,
        "uppfylld_sent": _f.uppfylld > _f.senast,
        "upphord": _f.uppfylld.is_(None) & ((_f.upphord <= today) | (_f.upphord <= _f.senast)),
    }


def _to_be_met(idag: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        # As ix_frister_open has it.
        _f.uppfylld.is_(None),
        _f.upphord.is_(None) | (_f.senast < _f.upphord),
        _f.upphord.is_(None) | (_f.upphord > idag.isoformat()),
    )


def _conditions(query: FristQuery) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if query.skeden:
        stands = _stands(query.idag)
        wanted.append(sa.or_(*(stands[skede] for skede in query.skeden)))
    elif not query.met:
        wanted.append(_to_be_met(query.idag))
    if query.kommuner and "*" not in query.kommuner:
        wanted.append(_f.kommun.in_(query.kommuner))
    if query.arende is not None:
        wanted.append(_f.arende == query.arende)
    for column, values in ((_f.kod, query.koder), (_f.insatstyp, query.insatstyper)):
        if values:
            wanted.append(column.in_(values))
    return wanted


def _key(key: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("kod", "objekt", "fran"), key, strict=True))


def _one(kommun: str, arende: str, key: tuple[str, str, str]) -> dict[str, Any]:
    named = {"kommun": kommun, "arende": arende, **_key(key)}
    return {f"of_{name}": value for name, value in named.items()}


def _values(frist: Frist, told: int) -> dict[str, Any]:
    return {
        "insatstyp": frist.insatstyp,
        "vikt": frist.vikt,
        "varna": frist.varna.isoformat(),
        "senast": frist.senast.isoformat(),
        "uppfylld": frist.uppfylld.isoformat() if frist.uppfylld else None,
        "uppfylld_av": frist.uppfylld_av,
        "upphord": frist.upphord.isoformat() if frist.upphord else None,
        "told": told,
        "next_on": _next_on(frist, told),
    }


def _next_on(frist: Frist, told: int, after: date = date.min) -> str | None:
    """The first day after another on which there is more to tell; None where there is none."""
    dagar = (dag for vad, dag in besked(frist).items() if TOLD[vad] > told and dag > after)
    following = min(dagar, default=None)
    return following.isoformat() if following else None


def _kept(row: Any) -> Kept:
    frist = Frist(
        kod=row.kod,
        objekt=row.objekt,
        insatstyp=row.insatstyp,
        vikt=row.vikt,
        fran=date.fromisoformat(row.fran),
        varna=date.fromisoformat(row.varna),
        senast=date.fromisoformat(row.senast),
        uppfylld=_date(row.uppfylld),
        uppfylld_av=row.uppfylld_av,
        upphord=_date(row.upphord),
    )
    return Kept(row.kommun, row.arende, frist, row.told)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
