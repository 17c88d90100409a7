"""What rests on an uppdrag that has ended, and a home's own plan that not all have signed."""

from typing import Any

import pytest

from bbic_bridge.handbook.notiser import Notis
from tests.handbook.avvikelser.test_avvikelser import (
    HVB,
    MAL,
    OPPENVARD,
    aterkallat,
    funna,
    hvb_plan,
    om,
    undertecknad,
    uppfoljning,
)
from tests.handbook.fall import avsluta, notis, verkstall

GRUND = (*OPPENVARD, aterkallat("2026-04-01"))
UF = uppfoljning("2026-07-22")
AVBOJT = notis("uppdrag.avbojt", "2026-04-01", uppdrag_id="U1", datum="2026-04-01")


def planen(dag: str, **data: Any) -> Notis:
    sagt = {"plan_id": "P1", "uppdrag_id": "U1", "mal": MAL, **data}
    return om("genomforandeplan.faststalld", dag, **sagt)


def upphorda(*notiser: Notis) -> list[str]:
    alla = funna(*notiser)
    assert {en.kod for en in alla} <= {"uppdrag.upphort"}
    return [en.objekt for en in alla]


@pytest.mark.parametrize("slut", [aterkallat("2026-04-01"), AVBOJT])
def test_a_plan_and_an_uppfoljning_after_the_end_of_their_uppdrag_deviate(slut: Notis) -> None:
    senare = (planen("2026-04-02"), uppfoljning("2026-07-22", uppdrag_id="U1"))
    assert upphorda(*OPPENVARD, slut, *senare) == ["P1", "UF-2026-07-22"]
    assert upphorda(*OPPENVARD, slut, planen("2026-04-01")) == []
    assert upphorda(*OPPENVARD, slut, planen("2026-03-10"), planen("2026-03-10")) == []


def test_each_document_is_told_of_once() -> None:
    igen = notis("genomforandeplan.inkommen", "2026-04-03", **planen("2026-04-03").data)
    (en,) = funna(*GRUND, planen("2026-04-02"), igen)
    assert en.text == "Uppdraget var återkallat eller avböjt när genomförandeplanen kom till"


def test_another_version_or_another_uppdrag_may_be_rested_on() -> None:
    nytt = om("uppdrag.upprattat", "2026-04-05", uppdrag_id="U5", insatstyp="oppenvard", mal=MAL)
    assert upphorda(*GRUND, nytt, planen("2026-04-10", uppdrag_id="U5")) == []
    assert upphorda(*GRUND, nytt, planen("2026-04-10", uppdrag_id=None)) == []
    assert upphorda(*GRUND, planen("2026-04-10", uppdrag_id=None)) == ["P1"]


def test_an_insats_is_not_carried_out_without_an_uppdrag() -> None:
    verkstalld = verkstall("2026-05-01", insatstyp="oppenvard")
    utan_start = (*OPPENVARD[:2], OPPENVARD[3], AVBOJT)
    assert upphorda(*utan_start, verkstalld) == ["I1"]
    nytt = om("uppdrag.upprattat", "2026-04-05", uppdrag_id="U5", insatstyp="oppenvard", mal=MAL)
    assert upphorda(*utan_start, nytt, verkstalld) == []
    assert upphorda(*OPPENVARD, AVBOJT) == []


def test_what_was_carried_out_until_it_was_taken_back_is_followed_up_at_the_end() -> None:
    sist = {"uppdrag_id": "U1"}
    avslutande = uppfoljning("2026-07-22", nasta_steg=["avslut"], **sist)
    assert upphorda(*GRUND, avslutande) == []
    assert upphorda(*GRUND, uppfoljning("2026-07-22", **sist), avsluta("2026-06-30")) == []
    assert upphorda(*OPPENVARD, AVBOJT, avslutande) == ["UF-2026-07-22"]


EGET = (*HVB, hvb_plan("Eget mål."), UF)
PARTEN, SEKR = "vårdnadshavare eller god man", "socialsekreteraren"


@pytest.mark.parametrize(
    ("roller", "saknas"),
    [
        (("hvb",), f"{PARTEN} och {SEKR}"),
        (("hvb", "barn", "socialsekreterare"), PARTEN),
        (("vardnadshavare",), SEKR),
    ],
)
def test_who_has_not_signed_is_named(roller: tuple[str, ...], saknas: str) -> None:
    (en,) = funna(*EGET, undertecknad(*roller))
    text = f"Planen med HVB-hemmets egna mål är inte undertecknad av {saknas}"
    assert (en.kod, en.objekt, en.vikt, en.text) == ("plan.ej_undertecknad", "P1", "ska", text)


def test_signatures_may_be_told_one_by_one() -> None:
    assert funna(*EGET, undertecknad("god_man"), undertecknad("hvb", "socialsekreterare")) == ()


def test_of_a_plan_that_was_replaced_no_signature_is_missed() -> None:
    ny = om("genomforandeplan.faststalld", "2026-04-01", plan_id="P2", ersatter="P1")
    assert "plan.ej_undertecknad" in {en.kod for en in funna(*EGET)}
    assert "plan.ej_undertecknad" not in {en.kod for en in funna(*EGET, ny)}


def test_the_uppdrags_own_goals_need_no_signature() -> None:
    assert funna(*HVB, hvb_plan(), UF) == ()
