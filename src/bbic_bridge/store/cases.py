"""Cases: one child's ärende in one kommun, the unit of order, and whom it is about."""

from collections.abc import Iterable

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.locks import CaseKey, lock_cases
from bbic_bridge.store.schema import case_persons, cases
from bbic_bridge.store.tx import Tx

_PERSONS = sa.select(case_persons.c.person_hash).where(
    case_persons.c.kommun == sa.bindparam("kommun"),
    case_persons.c.arende == sa.bindparam("arende"),
)


def ensure_case(tx: Tx, key: CaseKey) -> None:
    """Makes the case known and holds its lock, whether new or old."""
    kommun, arende = key
    values = {"kommun": kommun, "arende": arende, "created_at": tx.now}
    insert_once(tx.connection, cases, values)
    lock_cases(tx.connection, [key])


def is_known(tx: Tx, key: CaseKey) -> bool:
    kommun, arende = key
    known = sa.select(cases.c.arende).where(cases.c.kommun == kommun, cases.c.arende == arende)
    return tx.connection.scalar(known) is not None


def has_cases(tx: Tx, kommun: str) -> bool:
    """Whether the kommun has any case."""
    some = sa.select(cases.c.kommun).where(cases.c.kommun == kommun).limit(1)
    return tx.connection.scalar(some) is not None


def kommuner_of(tx: Tx, arende: str) -> list[str]:
    """The kommuner that have a case of this name."""
    rows = tx.connection.execute(sa.select(cases.c.kommun).where(cases.c.arende == arende))
    return sorted(row.kommun for row in rows)


def persons_of(tx: Tx, key: CaseKey) -> set[bytes]:
    """Keyed hashes of every number known for the case's child."""
    kommun, arende = key
    rows = tx.connection.execute(_PERSONS, {"kommun": kommun, "arende": arende})
    return {row.person_hash for row in rows}


def add_person(tx: Tx, key: CaseKey, person_hash: bytes) -> None:
    """Ties a number, as its keyed hash, to the case's child."""
    kommun, arende = key
    values = {"kommun": kommun, "arende": arende, "person_hash": person_hash}
    insert_once(tx.connection, case_persons, values)


def cases_of_person(tx: Tx, kommun: str, person_hashes: Iterable[bytes]) -> list[str]:
    """The ärenden of this child in this kommun."""
    rows = tx.connection.execute(
        sa.select(case_persons.c.arende).where(
            case_persons.c.kommun == kommun,
            case_persons.c.person_hash.in_(list(person_hashes)),
        )
    )
    return sorted({row.arende for row in rows})
