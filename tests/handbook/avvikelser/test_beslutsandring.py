"""A decision told otherwise is a deviation; the same word again is none."""

from typing import Any

import pytest

from bbic_bridge.handbook.avvikelser.beslutsandring import andrade_beslut
from bbic_bridge.handbook.avvikelser.slag import Plats
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from tests.handbook.fall import avslut, avsluta, beslut, fortsatt, notis, verkstall

FORST = beslut("2026-02-15", fran="2026-03-01", till="2026-08-31")
VERKSTALLT = verkstall("2026-03-01")


def en_gang_till(forsta: Notis, dag: str, **andrat: Any) -> Notis:
    rad = andrat.pop("rad", None)
    return notis(forsta.typ, dag, rad=rad, **{**forsta.data, **andrat})


def registrerat(dag: str = "2026-02-15", **sagt: Any) -> Notis:
    return notis("beslut.registrerat", dag, **{"beslut_id": "B1", "beslutsdatum": dag, **sagt})


def rader(*notiser: Notis) -> list[str]:
    fram = [(en.objekt, en.rad) for en in andrade_beslut(Lage(notiser))]
    assert sorted(fram) == sorted((e.objekt, e.rad) for e in andrade_beslut(Lage(notiser[::-1])))
    return [rad for _, rad in fram]


def koder(*notiser: Notis) -> list[str]:
    return [en.kod for en in andrade_beslut(Lage(notiser))]


@pytest.mark.parametrize(
    "andrat",
    [
        {"till": None},
        {"till": "2026-12-31"},
        {"fran": "2026-03-15"},
        {"beslutsdatum": "2026-02-16"},
        {"insatstyp": "kontaktperson"},
        {"beslutstyp": "avslag"},
    ],
    ids=lambda andrat: next(iter(andrat)),
)
def test_another_word_after_the_execution_is_a_deviation(andrat: dict[str, Any]) -> None:
    andra = en_gang_till(FORST, "2026-04-01", **andrat)
    (en,) = andrade_beslut(Lage([FORST, VERKSTALLT, andra]))
    falt = next(iter(andrat))
    assert (en.kod, en.objekt, en.rad) == ("beslut.andrat_efter_verkstallighet", "B1", andra.rad)
    assert en.jamfor == (Plats(FORST.rad, f"/{falt}"), Plats(andra.rad, f"/{falt}"))


def test_the_same_word_again_is_none() -> None:
    assert rader(FORST, VERKSTALLT, en_gang_till(FORST, "2026-04-01")) == []


def test_before_the_execution_it_is_another_deviation_that_the_latest_word_shows() -> None:
    andra = en_gang_till(FORST, "2026-02-20", till=None, fran="2026-03-02")
    for alla in ((FORST, andra), (FORST, andra, VERKSTALLT)):
        (en,) = andrade_beslut(Lage(alla))
        assert (en.kod, en.objekt, en.rad) == ("beslut.andrat", "B1", andra.rad)
        assert en.jamfor == (Plats(FORST.rad, "/fran"), Plats(andra.rad, "/fran"))
        assert en.text == "Beslutet är ändrat sedan det fattades: fran, till"


def test_a_late_word_with_an_earlier_time_changes_no_identity() -> None:
    andra = en_gang_till(FORST, "2026-04-01", till=None)
    tidigare = en_gang_till(FORST, "2026-03-15", till=None)
    (en,) = andrade_beslut(Lage([FORST, VERKSTALLT, andra]))
    (samma,) = andrade_beslut(Lage([FORST, VERKSTALLT, andra, tidigare]))
    assert (en.rad, samma.rad) == (andra.rad, tidigare.rad)
    assert (en.kod, en.skillnad) == (samma.kod, samma.skillnad)
    ny = en_gang_till(FORST, "2026-05-01", till="2026-12-31")
    alla = [*andrade_beslut(Lage([FORST, VERKSTALLT, andra, ny]))]
    assert len({ett.skillnad for ett in alla}) == len(alla) == 2


@pytest.mark.parametrize(
    ("rad", "kod"),
    [("R0000", "beslut.andrat"), ("Z", "beslut.andrat_efter_verkstallighet")],
)
def test_at_the_very_time_of_the_execution_the_row_decides(rad: str, kod: str) -> None:
    andra = en_gang_till(FORST, "2026-03-01", till=None, rad=rad)
    (en,) = andrade_beslut(Lage([FORST, VERKSTALLT, andra]))
    assert en.kod == kod


def test_what_a_vendor_tells_twice_is_one_deviation() -> None:
    kort = registrerat("2026-04-01", beslutsdatum="2026-02-15", till="2026-07-31")
    hel = {"beslutstyp": "bifall", "insatstyp": "kontaktfamilj", "fran": "2026-03-01"}
    langt = notis("beslut.registrerat", "2026-04-02", **{**kort.data, **hel})
    assert rader(FORST, VERKSTALLT, kort, langt) == [kort.rad]


def test_the_first_day_that_a_vendor_tells_stands_in_ours_as_the_last() -> None:
    slut = avslut("2026-09-01", "2026-09-30")
    sagt = registrerat("2026-09-01", beslut_id="B9", beslutstyp="avslut", fran="2026-10-31")
    (en,) = andrade_beslut(Lage([VERKSTALLT, slut, avsluta("2026-09-30"), sagt]))
    assert en.jamfor == (Plats(slut.rad, "/slutdatum"), Plats(sagt.rad, "/fran"))


def test_an_execution_in_part_is_an_execution() -> None:
    andra = en_gang_till(FORST, "2026-04-01", till=None)
    assert rader(FORST, verkstall("2026-03-01", delvis=True), andra) == [andra.rad]


def test_what_a_vendor_tells_otherwise_counts_whenever_it_was_told() -> None:
    lika = registrerat(fran="2026-03-01", till="2026-08-31", beslutstyp="bifall")
    olika = registrerat(till="2026-07-31")
    assert rader(FORST, VERKSTALLT, lika) == []
    assert rader(FORST, VERKSTALLT, olika) == [olika.rad]
    assert rader(FORST, olika) == []


def test_what_a_vendor_leaves_out_is_no_difference() -> None:
    assert rader(FORST, VERKSTALLT, registrerat()) == []


def test_fortsatt_bistand_is_executed_by_its_own_first_day() -> None:
    langre = fortsatt("2026-08-20", "2026-09-01", till="2027-02-28")
    alla = (beslut("2026-02-15", fran="2026-03-01"), VERKSTALLT, langre)
    fore, efter = (en_gang_till(langre, dag, till=None) for dag in ("2026-08-30", "2026-09-02"))
    assert koder(*alla, fore) == ["beslut.andrat"]
    assert koder(*alla, efter) == ["beslut.andrat_efter_verkstallighet"]


def test_avslut_is_executed_when_the_insats_is_closed() -> None:
    slut = avslut("2026-09-01", "2026-09-30")
    andra = en_gang_till(slut, "2026-10-10", slutdatum="2026-10-31")
    alla = (beslut("2026-02-15"), VERKSTALLT, slut, andra)
    assert koder(*alla) == ["beslut.andrat"]
    assert koder(*alla, avsluta("2026-09-30")) == ["beslut.andrat_efter_verkstallighet"]


def test_avslut_begins_for_a_vendor_on_its_last_day() -> None:
    slut = avslut("2026-09-01", "2026-09-30")
    sagt = registrerat("2026-09-01", beslut_id="B9", beslutstyp="avslut", fran="2026-09-30")
    assert rader(beslut("2026-02-15"), VERKSTALLT, slut, avsluta("2026-09-30"), sagt) == []
