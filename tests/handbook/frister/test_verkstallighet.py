"""The three-month clock: from the decision, from each interruption, until executed in full."""

from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbic_bridge.handbook.frister.verkstallighet import Klocka, klockor
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from tests.handbook.fall import (
    avbrott,
    avslut,
    avsluta,
    beslut,
    d,
    fortsatt,
    notis,
    verkstall,
    verkstallt,
)


def gick(*notiser: Notis) -> list[tuple[str, date, date | None, date | None]]:
    """(decision, from, executed, ended) of every clock."""
    return [(k.beslut_id, k.fran, k.verkstalld, k.upphord) for k in klockor(Lage(notiser))]


def test_a_gynnande_beslut_starts_a_clock_of_three_months() -> None:
    (klocka,) = klockor(Lage([beslut("2026-11-30")]))
    assert (klocka.fran, klocka.senast) == (d("2026-11-30"), d("2027-02-28"))
    assert (klocka.verkstalld, klocka.upphord, klocka.insatstyp) == (None, None, "kontaktfamilj")


def test_a_refusal_starts_none() -> None:
    assert gick(beslut("2026-01-10", beslutstyp="avslag")) == []


def test_a_decision_first_registered_at_the_vendor_starts_its_clock() -> None:
    en = notis(
        "beslut.registrerat",
        "2026-01-10",
        beslut_id="procapita-7",
        beslutstyp="bifall",
        insatstyp="hvb",
        beslutsdatum="2026-01-10",
    )
    (klocka,) = klockor(Lage([en]))
    assert (klocka.beslut_id, klocka.insatstyp, klocka.fran) == (
        *("procapita-7", "hvb"),
        d("2026-01-10"),
    )


@pytest.mark.parametrize("gor", [verkstall, verkstallt])
def test_execution_stops_it_whoever_tells(gor: Callable[[str], Notis]) -> None:
    en = gor("2026-03-01")
    (klocka,) = klockor(Lage([beslut("2026-01-10"), en]))
    assert (klocka.verkstalld, klocka.verkstalld_av) == (d("2026-03-01"), en)


def test_execution_before_the_decision_counts_from_the_decision() -> None:
    assert gick(beslut("2026-01-10"), verkstall("2026-01-01")) == [
        ("B1", d("2026-01-10"), d("2026-01-10"), None)
    ]


def test_of_two_executions_the_earliest_stands() -> None:
    told = gick(beslut("2026-01-10"), verkstallt("2026-03-05"), verkstall("2026-03-01"))
    assert told == [("B1", d("2026-01-10"), d("2026-03-01"), None)]


def test_partly_executed_is_not_executed() -> None:
    (klocka,) = klockor(Lage([beslut("2026-01-10"), verkstall("2026-02-01", delvis=True)]))
    assert klocka.verkstalld is None
    assert [ett.fran for ett in klocka.delvis] == [d("2026-02-01")]


def test_the_rest_executes_it() -> None:
    told = [beslut("2026-01-10"), verkstall("2026-02-01", delvis=True), verkstall("2026-05-01")]
    (klocka,) = klockor(Lage(told))
    assert (klocka.verkstalld, len(klocka.delvis)) == (d("2026-05-01"), 1)


@pytest.mark.parametrize("vendors", ["2026-01-31", "2026-02-01", "2026-02-20"])
def test_a_vendor_cannot_make_a_part_the_whole(vendors: str) -> None:
    told = gick(beslut("2026-01-10"), verkstall("2026-02-01", delvis=True), verkstallt(vendors))
    assert told == [("B1", d("2026-01-10"), None, None)]


def test_the_latest_word_of_a_day_stands() -> None:
    forst = notis(
        "beslut.verkstall",
        "2026-02-01",
        beslut_id="B1",
        insats_id="I1",
        fran="2026-02-01",
        delvis=True,
    )
    sedan = notis(
        "beslut.verkstall", "2026-02-03", beslut_id="B1", insats_id="I1", fran="2026-02-01"
    )
    assert gick(beslut("2026-01-10"), sedan, forst) == [
        ("B1", d("2026-01-10"), d("2026-02-01"), None)
    ]


def test_an_interruption_starts_a_new_clock_until_executed_again() -> None:
    told = [beslut("2026-01-10"), verkstall("2026-02-01"), avbrott("2026-05-31")]
    forsta = ("B1", d("2026-01-10"), d("2026-02-01"), None)
    assert gick(*told) == [forsta, ("B1", d("2026-05-31"), None, None)]
    assert gick(*told, verkstall("2026-10-01")) == [
        forsta,
        ("B1", d("2026-05-31"), d("2026-10-01"), None),
    ]
    sista = klockor(Lage(told))[-1]
    assert (sista.senast, sista.avbrott) == (d("2026-08-31"), told[-1])


def test_executed_again_on_the_day_of_interruption_counts_as_told() -> None:
    fore = [beslut("2026-01-10"), verkstall("2026-02-01")]
    avbruten = notis("beslut.avbrott", "2026-05-02", beslut_id="B1", datum="2026-05-01")
    ater = verkstall("2026-05-01")
    assert gick(*fore, ater, avbruten)[-1] == ("B1", d("2026-05-01"), None, None)
    senare = notis(
        "beslut.verkstall", "2026-05-03", beslut_id="B1", insats_id="I1", fran="2026-05-01"
    )
    assert gick(*fore, avbruten, senare)[-1] == (
        "B1",
        *(d("2026-05-01"), d("2026-05-01"), None),
    )


def test_what_was_not_executed_cannot_be_interrupted() -> None:
    told = gick(beslut("2026-01-10"), avbrott("2026-03-01"))
    assert told == [("B1", d("2026-01-10"), None, None)]


def test_an_insats_cut_down_to_a_part_is_interrupted() -> None:
    told = [beslut("2026-01-10"), verkstall("2026-02-01"), verkstall("2026-06-01", delvis=True)]
    sista = klockor(Lage(told))[-1]
    assert (sista.fran, sista.avbrott, sista.verkstalld) == (d("2026-06-01"), told[-1], None)
    assert [ett.fran for ett in sista.delvis] == [d("2026-06-01")]


def test_the_interruption_of_a_decision_that_was_never_told_starts_a_clock() -> None:
    told = [verkstall("2025-02-01", "B0"), avbrott("2026-05-01", "B0")]
    (klocka,) = klockor(Lage(told))
    assert (klocka.beslut, klocka.beslut_id) == (None, "B0")
    assert (klocka.fran, klocka.insatstyp) == (d("2026-05-01"), "kontaktfamilj")
    assert klockor(Lage(told[:1])) == ()


def test_fortsatt_bistand_on_a_running_insats_is_executed_from_its_first_day() -> None:
    en = fortsatt("2026-08-20", "2026-09-01")
    told = klockor(Lage([beslut("2026-01-10", till="2026-08-31"), verkstall("2026-02-01"), en]))
    assert [(k.beslut_id, k.fran, k.verkstalld, k.verkstalld_av) for k in told[1:]] == [
        ("B2", d("2026-08-20"), d("2026-09-01"), en)
    ]


@pytest.mark.parametrize(
    ("dag", "fran", "verkstalld"),
    [
        ("2026-09-10", "2026-09-01", "2026-09-10"),
        ("2026-05-01", "2026-09-01", "2026-08-01"),
    ],
)
def test_fortsatt_bistand_decided_late_or_long_ahead_is_in_time(
    dag: str, fran: str, verkstalld: str
) -> None:
    klocka = klockor(Lage([beslut("2026-01-10"), verkstall("2026-02-01"), fortsatt(dag, fran)]))[-1]
    assert (klocka.beslut_id, klocka.verkstalld) == ("B2", d(verkstalld))
    assert klocka.senast >= d(verkstalld)


@pytest.mark.parametrize(
    "fore",
    [
        [],
        [verkstall("2026-02-01", delvis=True)],
        [verkstall("2026-02-01"), avbrott("2026-06-01")],
        [verkstall("2026-02-01"), avbrott("2026-08-25")],
        [verkstall("2026-02-01"), avsluta("2026-08-01")],
    ],
    ids=["never", "partly", "interrupted", "interrupted between", "ended"],
)
def test_fortsatt_bistand_on_what_does_not_run_has_a_clock_of_its_own(fore: list[Notis]) -> None:
    en = fortsatt("2026-08-20", "2026-09-01")
    told = gick(beslut("2026-01-10", till="2026-08-20"), *fore, en)
    assert told[-1] == ("B2", d("2026-08-20"), None, None)
    assert all(upphord or verkstalld for _, _, verkstalld, upphord in told[:-1])


def test_fortsatt_bistand_runs_where_the_bridge_came_after_the_first_decision() -> None:
    startad = notis("insats.startad", "2026-02-01", insats_id="I1", datum="2026-02-01")
    en = fortsatt("2026-08-20", "2026-09-01", ersatter="B0")
    assert gick(startad, en) == [("B2", d("2026-08-20"), d("2026-09-01"), None)]
    assert gick(en) == [("B2", d("2026-08-20"), None, None)]


def test_a_vendors_fortsatt_bistand_is_tied_to_the_only_insats_of_its_kind() -> None:
    en = notis(
        "beslut.registrerat",
        "2026-08-20",
        beslut_id="procapita-8",
        beslutstyp="fortsatt_bistand",
        insatstyp="kontaktfamilj",
        beslutsdatum="2026-08-20",
        fran="2026-09-01",
    )
    enda = [beslut("2026-01-10"), verkstall("2026-02-01")]
    assert gick(*enda, en)[-1] == ("procapita-8", d("2026-08-20"), d("2026-09-01"), None)
    tva = [beslut("2026-01-10", "B5"), verkstall("2026-02-01", "B5", "I5")]
    assert gick(*enda, *tva, en)[-1] == ("procapita-8", d("2026-08-20"), None, None)


def test_an_interruption_under_the_old_name_counts_for_the_decision_in_force() -> None:
    told = gick(
        beslut("2026-01-10"),
        verkstall("2026-02-01"),
        fortsatt("2026-08-20", "2026-09-01"),
        avbrott("2026-10-01", "B1"),
    )
    assert told[-1] == ("B2", d("2026-10-01"), None, None)
    assert told[0] == ("B1", d("2026-01-10"), d("2026-02-01"), None)


def test_the_prolonging_decision_is_in_force_from_its_first_day() -> None:
    told = gick(
        beslut("2026-01-10"),
        verkstall("2026-02-01"),
        fortsatt("2026-08-20", "2026-09-01"),
        avbrott("2026-09-01", "B1"),
    )
    assert told[-1] == ("B2", d("2026-09-01"), None, None)


@pytest.mark.parametrize(
    "slut",
    [avslut("2026-06-01", "2026-06-30"), avsluta("2026-06-30")],
    ids=["avslut", "insats closed"],
)
def test_what_has_ended_is_no_longer_to_be_executed(slut: Notis) -> None:
    (klocka,) = klockor(Lage([beslut("2026-01-10"), slut]))
    assert (klocka.verkstalld, klocka.upphord, klocka.upphord_av) == (None, d("2026-06-30"), slut)
    fore = [beslut("2026-01-10"), verkstall("2026-02-01"), avbrott("2026-05-01")]
    assert gick(*fore, slut)[-1] == ("B1", d("2026-05-01"), None, d("2026-06-30"))


def test_the_periods_last_day_ends_it_and_execution_after_that_is_none() -> None:
    told = gick(beslut("2026-01-10", till="2026-06-30"), verkstall("2026-07-01"))
    assert told == [("B1", d("2026-01-10"), None, d("2026-06-30"))]
    sista = gick(beslut("2026-01-10", till="2026-06-30"), verkstall("2026-06-30"))
    assert sista == [("B1", d("2026-01-10"), d("2026-06-30"), None)]


def test_execution_on_the_last_day_counts_also_where_the_end_was_told_first() -> None:
    told = gick(beslut("2026-01-10"), avslut("2026-06-01", "2026-06-30"), verkstall("2026-06-30"))
    assert told == [("B1", d("2026-01-10"), d("2026-06-30"), None)]


def test_an_interruption_on_or_after_the_last_day_starts_nothing() -> None:
    for dag in ("2026-06-30", "2026-07-15"):
        told = gick(beslut("2026-01-10", till="2026-06-30"), verkstall("2026-02-01"), avbrott(dag))
        assert told == [("B1", d("2026-01-10"), d("2026-02-01"), None)]


def test_a_change_of_insats_under_one_decision_is_an_interruption() -> None:
    fore = [beslut("2026-01-10"), verkstall("2026-02-01"), avsluta("2026-05-01")]
    assert gick(*fore, verkstall("2026-09-01", "B1", "I2")) == [
        ("B1", d("2026-01-10"), d("2026-02-01"), None),
        ("B1", d("2026-05-01"), d("2026-09-01"), None),
    ]
    overlappande = gick(*fore, verkstall("2026-04-15", "B1", "I2"), avbrott("2026-08-01"))
    assert overlappande[-1] == ("B1", d("2026-08-01"), None, None)


def test_a_decision_that_names_a_later_one_does_not_end_it() -> None:
    told = gick(
        fortsatt("2026-08-20", "2026-09-01", "B2", ersatter="B3"),
        fortsatt("2026-08-21", "2026-10-01", "B3", ersatter="B2"),
    )
    assert told == [
        ("B2", d("2026-08-20"), None, d("2026-10-01")),
        ("B3", d("2026-08-21"), None, None),
    ]


_HANDELSER: list[Notis] = [
    beslut("2026-01-10", till="2026-08-31"),
    verkstall("2026-02-01", delvis=True),
    verkstall("2026-03-01"),
    verkstallt("2026-03-01"),
    avbrott("2026-05-01"),
    verkstall("2026-06-01", insats_id="I2"),
    fortsatt("2026-08-20", "2026-09-01"),
    avbrott("2026-10-01", "B1"),
    avsluta("2026-12-01", beslut_id="B2"),
    avslut("2026-11-20", "2026-12-01", "B2"),
]


@given(st.sets(st.sampled_from(range(len(_HANDELSER)))), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(vilka: set[int], slump: Random) -> None:
    i_ordning = [_HANDELSER[ett] for ett in sorted(vilka)]
    blandade = list(i_ordning)
    slump.shuffle(blandade)
    assert klockor(Lage(blandade)) == klockor(Lage(i_ordning))


@given(st.sets(st.sampled_from(range(len(_HANDELSER)))))
def test_a_decision_has_at_most_one_clock_running(vilka: set[int]) -> None:
    per_beslut: dict[str, list[Klocka]] = {}
    for klocka in klockor(Lage(_HANDELSER[ett] for ett in vilka)):
        per_beslut.setdefault(klocka.beslut_id, []).append(klocka)
    for alla in per_beslut.values():
        assert all(ett.verkstalld is not None for ett in alla[:-1])
        assert [ett.fran for ett in alla] == sorted(ett.fran for ett in alla)
