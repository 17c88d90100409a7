"""Kept limits stand in the database as the pure rules say, and what was told stays told."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from bbic_bridge.handbook.frister import SKEDEN, Frist, skede
from bbic_bridge.store.frister import (
    FristQuery,
    Kept,
    count_overdue,
    due_cases,
    due_frister,
    find_frister,
    is_any_overdue,
    keep_frister,
    mark_told,
)
from bbic_bridge.store.store import Store

DAG = date(2026, 3, 1)
FRIST = Frist("uppfoljning", "I1", "kontaktfamilj", "ska", DAG, DAG, DAG)
CASE = ("malmo", "A-1")


def on(number: int | None) -> date | None:
    return None if number is None else DAG + timedelta(days=number)


def every_kind() -> list[Frist]:
    """Limits whose days stand in every order to each other."""
    made: list[Frist] = []
    for varna, senast in product((0, 2), (2, 4)):
        for uppfylld, upphord in product((None, 1, 2, 3, 4, 5), repeat=2):
            frist = replace(
                FRIST,
                objekt=f"I{len(made)}",
                varna=DAG + timedelta(days=varna),
                senast=DAG + timedelta(days=senast),
                uppfylld=on(uppfylld),
                uppfylld_av=None if uppfylld is None else "R1",
                upphord=on(upphord),
            )
            made.append(frist)
    return made


def keep(store: Store, *frister: Frist, arende: str = "A-1") -> None:
    store.write(lambda tx: keep_frister(tx, "malmo", arende, frister))


def find(store: Store, query: FristQuery) -> list[Kept]:
    with store.read() as tx:
        return find_frister(tx, query)


def test_the_database_judges_like_the_pure_rules(store: Store) -> None:
    alla = every_kind()
    keep(store, *alla)
    for number in range(-1, 8):
        idag = DAG + timedelta(days=number)
        for vad in SKEDEN:
            found = find(store, FristQuery(idag, skeden=(vad,), limit=1000))
            assert {kept.frist.objekt for kept in found} == {
                frist.objekt for frist in alla if skede(frist, idag) == vad
            }
        to_be_met = find(store, FristQuery(idag, limit=1000))
        assert {skede(kept.frist, idag) for kept in to_be_met} <= {
            "loper",
            "narmar_sig",
            "overskriden",
        }
        overdue = [frist for frist in alla if skede(frist, idag) == "overskriden"]
        with store.read() as tx:
            assert count_overdue(tx, idag) == ({"ska": len(overdue)} if overdue else {})
            assert is_any_overdue(tx, FristQuery(idag), ["lag", "ska"]) == bool(overdue)
            assert not is_any_overdue(tx, FristQuery(idag), ["bor"])


@pytest.mark.parametrize("met", [False, True])
def test_the_overdue_come_first_then_the_nearest(store: Store, met: bool) -> None:
    keep(store, *every_kind())
    idag = DAG + timedelta(days=3)
    found = [kept.frist for kept in find(store, FristQuery(idag, met=met, limit=1000))]
    order = [(skede(frist, idag) != "overskriden", frist.senast) for frist in found]
    assert order == sorted(order)
    assert len(found) == len(every_kind()) or not met
    cut = find(store, FristQuery(idag, met=met, limit=3))
    assert [kept.frist for kept in cut] == found[:3]


def test_filters_choose(store: Store) -> None:
    okand = replace(FRIST, objekt="I2", insatstyp=None, kod="ej_verkstallt", vikt="lag")
    keep(store, FRIST, okand)
    keep(store, FRIST, arende="A-2")
    for query, count in (
        (FristQuery(DAG), 3),
        (FristQuery(DAG, kommuner=("malmo",)), 3),
        (FristQuery(DAG, kommuner=("lund",)), 0),
        (FristQuery(DAG, kommuner=("*",)), 3),
        (FristQuery(DAG, arende="A-1"), 2),
        (FristQuery(DAG, koder=("ej_verkstallt",)), 1),
        (FristQuery(DAG, insatstyper=("kontaktfamilj",)), 2),
    ):
        assert len(find(store, query)) == count


def test_what_is_no_longer_made_goes_and_what_changed_changes(store: Store) -> None:
    keep(store, FRIST, replace(FRIST, objekt="I2"))
    met = replace(FRIST, uppfylld=DAG, uppfylld_av="R9")
    keep(store, met)
    keep(store, met)
    (kept,) = find(store, FristQuery(DAG, met=True))
    assert kept.frist == met


def test_it_is_due_when_there_is_more_to_tell(store: Store) -> None:
    frist = replace(FRIST, senast=DAG + timedelta(days=10))
    keep(store, frist)

    def due(number: int) -> list[str]:
        with store.read() as tx:
            idag = DAG + timedelta(days=number)
            cases = due_cases(tx, idag, ("", ""), 10)
            assert cases == ([CASE] if due_frister(tx, CASE, idag) else [])
            return [kept.frist.objekt for kept in due_frister(tx, CASE, idag)]

    assert (due(-1), due(0), due(10)) == ([], ["I1"], ["I1"])
    store.write(lambda tx: mark_told(tx, Kept(*CASE, frist, 0), 1, DAG))
    assert (due(0), due(10), due(11)) == ([], [], ["I1"])
    keep(store, replace(frist, upphord=DAG + timedelta(days=11)))
    assert due(99) == []
    keep(store, frist)
    assert (due(10), due(11)) == ([], ["I1"])
    store.write(lambda tx: mark_told(tx, Kept(*CASE, frist, 1), 2, DAG + timedelta(days=11)))
    assert due(99) == []
    keep(store, replace(frist, senast=DAG + timedelta(days=20)))
    assert (due(0), due(99)) == (["I1"], ["I1"])


def test_what_fell_away_before_it_could_be_told_is_not_looked_at_again(store: Store) -> None:
    frist = replace(FRIST, senast=DAG + timedelta(days=5), upphord=DAG + timedelta(days=9))
    keep(store, frist)
    idag = DAG + timedelta(days=10)
    with store.read() as tx:
        (kept,) = due_frister(tx, CASE, idag)
    store.write(lambda tx: mark_told(tx, kept, 0, idag))
    with store.read() as tx:
        assert due_frister(tx, CASE, idag) == []


def test_cases_are_paged(store: Store) -> None:
    names = [f"A-{number}" for number in range(5)]
    for name in names:
        keep(store, FRIST, arende=name)
    after, seen = ("", ""), []
    with store.read() as tx:
        while page := due_cases(tx, DAG, after, 2):
            after = page[-1]
            seen += [arende for _, arende in page]
    assert seen == names
