"""What a decision rests on: a beslutsunderlag of its own, and the consent of all who are asked."""

from typing import Any

import pytest

from bbic_bridge.handbook.notiser import Notis
from tests.handbook.avvikelser.test_avvikelser import KF, funna, samtyckt, underlag
from tests.handbook.fall import beslut, notis, verkstall

OPPENVARD = {"insatstyp": "oppenvard"}
NAMNER = {"beslutsunderlag_id": "BU1"}


def fattat(dag: str, beslut_id: str = "B1", **data: Any) -> tuple[Notis, Notis]:
    """A decision that is executed the month after."""
    verkstallt = verkstall("2026-10-01", beslut_id, f"I-{beslut_id}", **OPPENVARD)
    return beslut(dag, beslut_id, **OPPENVARD, **data), verkstallt


def utan_underlag(*notiser: Notis) -> list[str]:
    alla = funna(*notiser)
    assert {en.kod for en in alla} <= {"beslut.utan_underlag"}
    return sorted(en.objekt for en in alla)


def nytt(bu: str, dag: str, **data: Any) -> Notis:
    return notis("beslutsunderlag.upprattat", dag, beslutsunderlag_id=bu, datum=dag, **data)


def test_an_underlag_that_is_named_must_be_there_by_the_day_of_the_decision() -> None:
    fattat_, verkstallt = fattat("2026-02-15", **NAMNER)
    assert utan_underlag(fattat_) == []
    assert utan_underlag(fattat_, verkstallt) == ["B1"]
    assert utan_underlag(fattat_, verkstallt, underlag("2026-02-16")) == ["B1"]
    assert utan_underlag(fattat_, verkstallt, underlag("2026-02-15")) == []


def test_another_underlag_than_the_named_one_does_not_count() -> None:
    assert utan_underlag(*fattat("2026-02-15", beslutsunderlag_id="FINNS-INTE"), underlag()) == [
        "B1"
    ]


def test_a_note_in_the_journal_is_an_exception() -> None:
    assert utan_underlag(*fattat("2026-02-15", underlagsanteckning_id="AN1")) == []
    bada = {"beslutsunderlag_id": "FINNS-INTE", "underlagsanteckning_id": "AN1"}
    assert utan_underlag(*fattat("2026-02-15", **bada)) == []


def test_what_another_decision_names_is_not_a_decisions_own() -> None:
    forsta, senare = fattat("2026-02-15", **NAMNER), fattat("2026-08-15", "B2")
    assert utan_underlag(underlag(), *forsta, *senare) == ["B2"]
    assert utan_underlag(underlag(), *forsta, *senare, nytt("BU2", "2026-08-01")) == []


def test_what_an_earlier_decision_lies_on_is_not_a_later_ones_own() -> None:
    bada = (*fattat("2026-02-15"), *fattat("2026-08-15", "B2"))
    assert utan_underlag(underlag(), *bada) == ["B2"]
    assert utan_underlag(underlag(), *bada, nytt("BU2", "2026-08-01")) == []
    assert utan_underlag(underlag("2026-03-01"), *bada) == ["B1"]


def test_what_is_decided_on_one_day_may_share_an_underlag() -> None:
    samma_dag = (*fattat("2026-02-15", **NAMNER), *fattat("2026-02-15", "B2", **NAMNER))
    assert utan_underlag(underlag(), *samma_dag) == []
    senare = fattat("2026-08-15", "B3", **NAMNER)
    assert utan_underlag(underlag(), *samma_dag, *senare) == ["B3"]
    namner_inte = fattat("2026-02-15", "B4")
    assert utan_underlag(underlag(), *samma_dag, *namner_inte) == []


def test_a_decision_that_only_the_vendor_tells_of_is_not_judged_and_takes_no_underlag() -> None:
    data = {"beslut_id": "P-7", "beslutstyp": "bifall", "beslutsdatum": "2026-02-01", **OPPENVARD}
    hos_leverantoren = notis("beslut.registrerat", "2026-02-01", **data)
    verkstallt = verkstall("2026-10-01", "P-7", "I-7", **OPPENVARD)
    assert utan_underlag(hos_leverantoren, verkstallt) == []
    assert utan_underlag(hos_leverantoren, verkstallt, underlag(), *fattat("2026-02-15")) == []


def samtycken(*roller: str, **data: Any) -> Notis:
    sagda = [{"roll": roll, "datum": "2026-02-01"} for roll in roller]
    return notis("matchning.samtyckt", "2026-02-01", matchning_id="MA1", samtycken=sagda, **data)


BARNET, FAR, GOD_MAN = samtycken("barn"), samtycken("vardnadshavare"), samtycken("god_man")
UTAN_BARNET: dict[str, Any] = {"barnets_samtycke_saknas_for": True}
UTAN_VARDNADSHAVARE: dict[str, Any] = {"vardnadshavares_samtycke_saknas_for": True}
BESLUTAT = (KF[0], *KF[2:])


@pytest.mark.parametrize(
    "samtyckta",
    [
        pytest.param((samtycken("barn", "vardnadshavare"),), id="together"),
        pytest.param((BARNET, FAR), id="one by one"),
        pytest.param((BARNET, GOD_MAN), id="god man"),
        pytest.param((samtycken("god_man", **UTAN_BARNET),), id="the child cannot"),
        pytest.param((samtycken("barn", **UTAN_VARDNADSHAVARE),), id="no vårdnadshavare is asked"),
        pytest.param((BARNET, samtycken("barn", **UTAN_VARDNADSHAVARE)), id="told afterwards"),
    ],
)
def test_all_whose_consent_is_asked_for_have_given_it_or_it_is_told_why_not(
    samtyckta: tuple[Notis, ...],
) -> None:
    assert funna(*BESLUTAT, *samtyckta) == ()


@pytest.mark.parametrize(
    "samtyckta",
    [
        pytest.param((), id="nobody"),
        pytest.param((BARNET,), id="the child only"),
        pytest.param((FAR, GOD_MAN), id="all but the child"),
        pytest.param((samtycken("barn", **UTAN_BARNET),), id="the reason is another's"),
        pytest.param(
            (
                BARNET,
                notis("matchning.samtyckt", "2026-02-01", **{**FAR.data, "matchning_id": "MA2"}),
            ),
            id="to different matches",
        ),
    ],
)
def test_a_decision_before_all_have_consented_deviates(samtyckta: tuple[Notis, ...]) -> None:
    (en,) = funna(*BESLUTAT, *samtyckta)
    assert (en.kod, en.objekt, en.vikt) == ("samtycke.saknas", "B1", "ska")


def test_consent_is_asked_of_a_match_only() -> None:
    assert funna(underlag(), beslut("2026-02-15", **OPPENVARD)) == ()
    ny_matchning = samtyckt("2026-06-01", matchning_id="MA2")
    assert funna(*KF, ny_matchning) == ()


def test_a_match_of_its_own_is_what_a_later_decision_rests_on() -> None:
    def utan(*notiser: Notis) -> list[str]:
        return [en.objekt for en in funna(*notiser) if en.kod == "samtycke.saknas"]

    barnets = [{"roll": "barn", "datum": "2026-06-01"}]
    bara_barnet = notis("matchning.samtyckt", "2026-06-01", matchning_id="MA2", samtycken=barnets)
    bada = (samtyckt("2026-02-01"), beslut("2026-02-15"), beslut("2026-06-15", "B2"))
    assert utan(*bada) == []
    assert utan(*bada, bara_barnet) == ["B2"]
    assert utan(*bada, bara_barnet, samtyckt("2026-06-02", matchning_id="MA2")) == []
