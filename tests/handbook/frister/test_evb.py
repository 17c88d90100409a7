"""Ej verkställda beslut of a quarter: which are reported, as what, and what fullmäktige is told."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbic_bridge.handbook.frister.evb import (
    MINSTA_ANTAL,
    Kvartal,
    Rad,
    Skal,
    Statistik,
    rader,
    statistik,
)
from bbic_bridge.handbook.kalender import add_months
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from tests.handbook.fall import (
    avbrott,
    avsluta,
    beslut,
    d,
    fortsatt,
    notis,
    verkstall,
    verkstallt,
)

Q2, Q3, Q4 = (Kvartal(2026, nummer) for nummer in (2, 3, 4))
SENARE = d("2026-12-24")


def alla(*notiser: Notis, kvartal: Kvartal = Q3, idag: date = SENARE) -> list[Rad]:
    return list(rader(Lage(notiser), kvartal, idag))


def status(*notiser: Notis, kvartal: Kvartal = Q3) -> list[str]:
    return [rad.status for rad in alla(*notiser, kvartal=kvartal)]


@pytest.mark.parametrize(
    ("text", "forsta", "sista"),
    [
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2026Q2", "2026-04-01", "2026-06-30"),
        ("2026Q3", "2026-07-01", "2026-09-30"),
        ("2026Q4", "2026-10-01", "2026-12-31"),
        ("0001Q1", "0001-01-01", "0001-03-31"),
        ("9999Q4", "9999-10-01", "9999-12-31"),
    ],
)
def test_a_quarter_is_three_calendar_months(text: str, forsta: str, sista: str) -> None:
    kvartal = Kvartal.las(text)
    assert (kvartal.forsta, kvartal.sista) == (d(forsta), d(sista))
    assert f"{kvartal}" == text


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026Q0", "26Q1", "2026q1", "0000Q1"])
def test_another_way_of_writing_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="2026Q3"):
        Kvartal.las(text)


@pytest.mark.parametrize(
    ("idag", "kvartal"),
    [
        ("2026-09-30", "2026Q2"),
        ("2026-10-01", "2026Q3"),
        ("2026-12-31", "2026Q3"),
        ("2027-01-01", "2026Q4"),
        ("2026-05-31", "2026Q1"),
    ],
)
def test_the_last_quarter_ends_with_its_last_day(idag: str, kvartal: str) -> None:
    assert f"{Kvartal.senast_avslutat(d(idag))}" == kvartal


def test_what_was_executed_in_time_is_not_reported() -> None:
    told = [beslut("2026-04-10"), verkstall("2026-07-10")]
    assert alla(*told) == []
    assert alla(*told, kvartal=Q2) == []


def test_what_waits_after_three_months_is_reported_each_quarter_until_executed() -> None:
    told = [beslut("2026-02-10"), verkstall("2026-11-02")]
    found = [status(*told, kvartal=Kvartal(2026, nummer)) for nummer in (1, 2, 3, 4)]
    assert found == [[], ["ej_verkstallt"], ["ej_verkstallt"], ["verkstallt"]]
    assert status(*told, kvartal=Kvartal(2027, 1)) == []


def test_executed_a_day_late_is_reported_executed() -> None:
    (rad,) = alla(beslut("2026-04-10"), verkstall("2026-07-11"))
    assert (rad.status, rad.verkstalld, rad.dagar) == ("verkstallt", d("2026-07-11"), 92)


def test_executed_after_the_quarter_waited_at_its_end_and_no_longer_waits() -> None:
    (rad,) = alla(beslut("2026-04-10"), verkstall("2026-10-05"))
    assert (rad.status, rad.till, rad.dagar) == ("ej_verkstallt", Q3.sista, 173)
    assert (rad.verkstalld, rad.aterstar) == (d("2026-10-05"), False)


@pytest.mark.parametrize(
    ("beslutsdatum", "reported"),
    [("2026-06-29", True), ("2026-06-30", False), ("2026-07-01", False)],
)
def test_the_last_day_in_time_is_in_time_at_the_quarters_end(
    beslutsdatum: str, *, reported: bool
) -> None:
    assert bool(alla(beslut(beslutsdatum))) is reported


@pytest.mark.parametrize(
    ("fran", "q2", "q3"),
    [
        ("2026-06-30", ["verkstallt"], []),
        ("2026-07-01", ["ej_verkstallt"], ["verkstallt"]),
        ("2026-09-30", ["ej_verkstallt"], ["verkstallt"]),
        ("2026-10-01", ["ej_verkstallt"], ["ej_verkstallt"]),
    ],
)
def test_execution_belongs_to_the_quarter_of_its_day(
    fran: str, q2: list[str], q3: list[str]
) -> None:
    told = [beslut("2026-01-10"), verkstall(fran)]
    assert [status(*told, kvartal=Q2), status(*told, kvartal=Q3)] == [q2, q3]


def test_a_running_quarter_is_judged_by_today() -> None:
    told = [beslut("2026-05-10")]
    assert alla(*told, idag=d("2026-08-10")) == []
    (rad,) = alla(*told, idag=d("2026-08-11"))
    assert (rad.till, rad.dagar) == (d("2026-08-11"), 93)


def test_a_planned_execution_is_none_yet() -> None:
    told = [beslut("2026-02-10", till="2026-12-31"), verkstall("2026-09-15")]
    (rad,) = alla(*told, idag=d("2026-08-01"))
    assert (rad.status, rad.verkstalld, rad.upphord, rad.aterstar) == (
        *("ej_verkstallt", None, None),
        True,
    )
    assert rad.verkstalld_av is None


def test_an_interruption_counts_by_its_own_day() -> None:
    told = [beslut("2026-01-10"), verkstall("2026-02-01"), avbrott("2026-05-01")]
    (rad,) = alla(*told)
    assert (rad.status, rad.avbrott, rad.beslutsdatum) == (
        *("ej_verkstallt", d("2026-05-01")),
        d("2026-01-10"),
    )
    assert (rad.klockan_fran, rad.dagar) == (d("2026-05-01"), 152)
    assert rad.skal == (Skal(told[-1].rad, "orsak", d("2026-05-01")),)
    assert alla(*told, kvartal=Q2) == []
    assert status(*told, verkstall("2026-08-15")) == ["verkstallt"]
    assert status(*told, verkstall("2026-08-01")) == []


def test_an_interruption_without_its_decision_is_reported_without_its_date() -> None:
    (rad,) = alla(verkstall("2025-02-01", "B0"), avbrott("2026-05-01", "B0"))
    assert (rad.beslut_id, rad.beslutsdatum, rad.raknat_fran) == ("B0", None, d("2026-05-01"))


def test_partly_executed_is_reported_with_since_when_and_the_reason_that_was_given() -> None:
    en = verkstall("2026-04-01", delvis=True, skal=True)
    (rad,) = alla(beslut("2026-02-10"), en, verkstall("2026-05-01", delvis=True))
    assert (rad.status, rad.delvis, rad.verkstalld) == ("ej_verkstallt", d("2026-04-01"), None)
    assert rad.skal == (Skal(en.rad, "skal", d("2026-04-01")),)


def test_a_part_given_after_the_quarter_is_not_seen_in_it() -> None:
    (rad,) = alla(beslut("2026-02-10"), verkstall("2026-10-01", delvis=True, skal=True))
    assert (rad.delvis, rad.skal) == (None, ())


def test_the_reason_of_an_insats_cut_down_is_told_once() -> None:
    en = verkstall("2026-04-01", delvis=True, skal=True)
    (rad,) = alla(beslut("2026-01-10"), verkstall("2026-02-01"), en)
    assert rad.avbrott == d("2026-04-01")
    assert rad.skal == (Skal(en.rad, "skal", d("2026-04-01")),)


def test_no_reason_is_made_up() -> None:
    assert alla(beslut("2026-02-10"))[0].skal == ()


def test_fortsatt_bistand_on_a_running_insats_is_executed() -> None:
    told = [beslut("2026-01-10"), verkstall("2026-02-01"), fortsatt("2026-05-20", "2026-06-01")]
    assert alla(*told) == []
    (rad,) = alla(beslut("2026-01-10"), fortsatt("2026-05-20", "2026-06-01"))
    assert (rad.beslut_id, rad.status) == ("B2", "ej_verkstallt")


def test_what_ended_unexecuted_is_told_in_its_quarter() -> None:
    told = [beslut("2026-02-10"), avsluta("2026-08-15")]
    (rad,) = alla(*told)
    assert (rad.status, rad.upphord, rad.till) == ("upphort", d("2026-08-15"), d("2026-08-15"))
    assert status(*told, kvartal=Q2) == ["ej_verkstallt"]
    assert status(*told, kvartal=Q4) == []
    assert status(beslut("2026-06-10"), avsluta("2026-08-15")) == []


def test_a_decision_first_registered_at_the_vendor_is_reported() -> None:
    falt = {"beslut_id": "procapita-7", "beslutstyp": "bifall", "beslutsdatum": "2026-02-10"}
    en = notis("beslut.registrerat", "2026-02-10", insatstyp="hvb", **falt)
    (rad,) = alla(en, verkstallt("2026-07-05", "procapita-7"))
    assert (rad.beslut_id, rad.insatstyp, rad.status) == ("procapita-7", "hvb", "verkstallt")


@given(st.dates(d("2025-01-01"), d("2026-09-30")), st.integers(0, 700))
def test_reported_in_every_quarter_from_the_first_overdue_to_the_executed(
    beslutad: date, vantan: int
) -> None:
    verkstalld = beslutad + timedelta(days=vantan)
    told = [beslut(beslutad.isoformat()), verkstall(verkstalld.isoformat())]
    senast = add_months(beslutad, 3)
    for kvartal in (Kvartal(ar, nummer) for ar in range(2025, 2029) for nummer in (1, 2, 3, 4)):
        expected = []
        if senast < kvartal.sista < verkstalld:
            expected = ["ej_verkstallt"]
        elif kvartal.forsta <= verkstalld <= kvartal.sista and verkstalld > senast:
            expected = ["verkstallt"]
        found = alla(*told, kvartal=kvartal, idag=d("2030-01-01"))
        assert [rad.status for rad in found] == expected


# What fullmäktige is told


def rad(insatstyp: Any = "kontaktfamilj", dagar: int = 120, **andrat: Any) -> Rad:
    fran = Q3.sista - timedelta(days=dagar)
    falt: dict[str, Any] = {
        "beslut_id": "B-HEMLIGT",
        "insatstyp": insatstyp,
        "status": "ej_verkstallt",
        "klockan_fran": fran,
        "beslutsdatum": fran,
        "avbrott": None,
        "delvis": None,
        "verkstalld": None,
        "verkstalld_av": None,
        "upphord": None,
        "till": Q3.sista,
    }
    return Rad(**{**falt, **andrat})


def grunder(*alla_rader: Rad) -> tuple[Statistik, Statistik]:
    beslutade, avbrutna = statistik(alla_rader)
    assert (beslutade.grund, avbrutna.grund) == ("beslut", "avbrott")
    return beslutade, avbrutna


def test_both_grounds_are_counted_each_for_itself() -> None:
    beslutade, avbrutna = grunder(
        rad(),
        rad(delvis=d("2026-08-01")),
        rad(status="verkstallt", delvis=d("2026-08-01")),
        rad(status="upphort"),
        rad(avbrott=d("2026-05-01")),
    )
    assert (beslutade.antal, beslutade.ej_verkstallda, beslutade.delvis) == (4, 2, 1)
    assert (beslutade.verkstallda, beslutade.upphorda) == (1, 1)
    assert (avbrutna.antal, avbrutna.ej_verkstallda) == (1, 1)


def test_nothing_to_tell_is_told_as_none() -> None:
    for en in grunder():
        assert (en.antal, en.tid, en.slag) == (0, None, ())


def test_elapsed_time_is_median_and_longest() -> None:
    beslutade, _ = grunder(*(rad(dagar=dagar) for dagar in (100, 110, 121, 130, 140, 400)))
    assert beslutade.tid is not None
    assert (beslutade.tid.median_dagar, beslutade.tid.langst_dagar) == (125.5, 400)
    assert beslutade.tid.spann == "13-17 månader"


def test_after_an_interruption_the_time_is_told_from_the_decision() -> None:
    aldre = {"avbrott": d("2026-05-01"), "klockan_fran": d("2026-05-01")}
    _, avbrutna = grunder(*(rad(dagar=300, **aldre) for _ in range(MINSTA_ANTAL)))
    assert avbrutna.tid is not None
    assert avbrutna.tid.langst_dagar == 300


@pytest.mark.parametrize(
    ("fran", "spann"),
    [
        ("2026-06-29", "3-6 månader"),
        ("2026-03-01", "3-6 månader"),
        ("2026-02-28", "7-9 månader"),
        ("2025-11-30", "10-12 månader"),
        ("2025-08-30", "13-17 månader"),
        ("2025-04-01", "13-17 månader"),
        ("2025-03-31", "18 månader eller mer"),
    ],
)
def test_a_small_group_tells_its_time_as_a_span_of_whole_months(fran: str, spann: str) -> None:
    beslutade, _ = grunder(rad(beslutsdatum=d(fran)))
    assert beslutade.tid is not None
    assert (beslutade.tid.median_dagar, beslutade.tid.langst_dagar) == (None, None)
    assert beslutade.tid.spann == spann


def slag(**antal: int) -> list[tuple[tuple[str | None, ...], int]]:
    """The groups that so many decisions of each kind are told in."""
    beslutade, _ = grunder(
        *(rad(typ) for typ, hur_manga in antal.items() for _ in range(hur_manga))
    )
    return [(ett.insatstyper, ett.antal) for ett in beslutade.slag]


def test_kinds_with_few_decisions_are_told_together() -> None:
    assert slag(kontaktfamilj=7, hvb=3, oppenvard=2) == [
        (("kontaktfamilj",), 7),
        (("hvb", "oppenvard"), 5),
    ]


def test_a_single_small_kind_cannot_be_told_by_subtraction() -> None:
    assert slag(kontaktfamilj=7, familjehem=6, hvb=1) == [
        (("kontaktfamilj",), 7),
        (("familjehem", "hvb"), 7),
    ]


def test_a_kommun_with_few_decisions_tells_one_group() -> None:
    assert slag(kontaktfamilj=2, hvb=1) == [(("hvb", "kontaktfamilj"), 3)]


def test_an_unknown_kind_is_counted() -> None:
    beslutade, _ = grunder(rad(None), rad("hvb"))
    assert [(ett.insatstyper, ett.antal) for ett in beslutade.slag] == [((None, "hvb"), 2)]


@given(st.lists(st.tuples(st.sampled_from(sorted(ALLA_INSATSTYPER)), st.integers(95, 900))))
def test_no_group_is_small_unless_all_are_few(vilka: list[tuple[Any, int]]) -> None:
    beslutade, _ = grunder(*(rad(typ, dagar) for typ, dagar in vilka))
    assert sum(ett.antal for ett in beslutade.slag) == beslutade.antal == len(vilka)
    typer = [typ for ett in beslutade.slag for typ in ett.insatstyper if typ is not None]
    assert sorted(typer) == sorted({typ for typ, _ in vilka})
    if len(vilka) >= MINSTA_ANTAL:
        assert all(ett.antal >= MINSTA_ANTAL for ett in beslutade.slag)
    else:
        assert len(beslutade.slag) <= 1


def test_the_statistics_name_no_decision_and_no_day() -> None:
    told = repr([asdict(ett) for ett in grunder(*(rad(dagar=200) for _ in range(6)))])
    assert "B-HEMLIGT" not in told
    assert "date" not in told
