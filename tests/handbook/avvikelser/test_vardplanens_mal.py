"""A vårdplan's mål are met with insatser: each is held by an uppdrag or a plan of the case."""

import random
from typing import Any

import pytest

from bbic_bridge.handbook.avvikelser.slag import Avvikelse, Plats
from bbic_bridge.handbook.avvikelser.vardplanens_mal import mal_utan_insats
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, digest
from tests.handbook.fall import avsluta, notis

HEM = {"mal_id": "M1", "text": digest("Signe har en trygg vuxen.")}
SKOLA = {"mal_id": "M2", "text": digest("Signe går i skolan.")}


def vardplan(dag: str = "2026-01-25", vardplan_id: str = "VP1", **data: Any) -> Notis:
    sagt = {"vardplan_id": vardplan_id, "datum": dag, "mal": [HEM, SKOLA], **data}
    return notis("vardplan.upprattad", dag, **sagt)


def uppdrag(*mal: dict[str, str], insats_id: str = "I1", **data: Any) -> Notis:
    sagt = {"insats_id": insats_id, "insatstyp": "familjehem", "mal": list(mal), **data}
    dag = "2026-02-20"
    return notis("uppdrag.upprattat", dag, uppdrag_id=f"U-{insats_id}", datum=dag, **sagt)


def plan(*mal: dict[str, str], typ: str = "faststalld", **data: Any) -> Notis:
    sagt = {"plan_id": "P1", "insats_id": "I1", "datum": "2026-03-10", "mal": list(mal), **data}
    return notis(f"genomforandeplan.{typ}", "2026-03-10", **sagt)


def uppfoljning(dag: str = "2026-07-22", insats_id: str = "I1") -> Notis:
    return notis("uppfoljning.dokumenterad", dag, insats_id=insats_id, datum=dag)


def mote(insats_id: str | None = "I1", mote_id: str = "MO1") -> Notis:
    tid = "2026-07-20T14:00:00+02:00"
    sagt = {"mote_id": mote_id, "insats_id": insats_id, "tid": tid}
    return notis("uppfoljningsmote.genomfort", "2026-07-20", **sagt)


def bokat() -> Notis:
    return notis("uppfoljningsmote.bokat", "2026-03-01", mote_id="MO1", insats_id="I1")


def funna(*notiser: Notis) -> list[Avvikelse]:
    """The same in whatever order they came."""
    alla = list(mal_utan_insats(Lage(notiser)))
    for seed in range(5):
        blandade = random.Random(seed).sample(notiser, len(notiser))
        assert list(mal_utan_insats(Lage(blandade))) == alla
    return alla


def test_a_goal_that_nothing_holds_is_shown_where_it_stands() -> None:
    varden, foljd = vardplan(), uppfoljning()
    (en,) = funna(varden, uppdrag(HEM), foljd)
    assert (en.kod, en.objekt, en.rad) == ("vardplan.mal_utan_insats", "M2", foljd.rad)
    assert en.jamfor == (Plats(varden.rad, "/mal/1/text"), None)
    assert (en.kalla, en.vikt) == ("B:94", "ska")


@pytest.mark.parametrize(
    "haller",
    [
        pytest.param(uppdrag(SKOLA, insats_id="I2", insatstyp="oppenvard"), id="another uppdrag"),
        pytest.param(plan(SKOLA), id="a plan"),
        pytest.param(plan(SKOLA, typ="aterlamnad"), id="a plan that came back"),
        pytest.param(plan(SKOLA, typ="inkommen", insats_id=None), id="a plan from the vendor"),
        pytest.param(plan({**SKOLA, "mal_id": "X7"}), id="the same words"),
        pytest.param(plan({**SKOLA, "text": digest("Annat.")}), id="reworded: another rule's"),
    ],
)
def test_one_uppdrag_or_plan_of_the_case_is_enough(haller: Notis) -> None:
    assert funna(vardplan(), uppdrag(HEM), haller, uppfoljning()) == []


def test_a_declined_uppdrag_meets_no_goal_and_one_taken_back_has_met_it() -> None:
    grund = (vardplan(), uppdrag(HEM), uppdrag(SKOLA, insats_id="I2"), uppfoljning())
    slut = {"uppdrag_id": "U-I2", "datum": "2026-05-01"}
    assert funna(*grund, notis("uppdrag.aterkallat", "2026-05-01", **slut)) == []
    (en,) = funna(*grund, notis("uppdrag.avbojt", "2026-05-01", **slut))
    assert en.objekt == "M2"


@pytest.mark.parametrize(
    "visar",
    [
        (uppfoljning(),),
        (mote(),),
        (bokat(), mote(insats_id=None)),
        (avsluta("2026-09-30"),),
        (notis("insats.avslutad", "2026-09-30", insats_id="I1"),),
    ],
)
def test_it_shows_when_the_placement_is_followed_up_or_ends(visar: tuple[Notis, ...]) -> None:
    grund = (vardplan(), uppdrag(HEM))
    assert funna(*grund, *visar[:-1]) == []
    (en,) = funna(*grund, *visar)
    assert en.rad == visar[-1].rad


def test_an_earlier_uppfoljning_is_not_of_the_vardplan() -> None:
    assert funna(vardplan(), uppdrag(HEM), uppfoljning("2026-01-24")) == []


def test_an_insats_that_is_no_placement_shows_it_where_it_names_the_vardplan() -> None:
    grund = (vardplan(), uppfoljning(insats_id="I2"))
    bim = {"insats_id": "I2", "insatstyp": "bim_grupp"}
    assert funna(*grund, uppdrag(HEM, **bim)) == []
    assert len(funna(*grund, uppdrag(HEM, **bim, vardplan_id="VP1"))) == 1


def test_a_placement_shows_the_goals_of_the_vardplan_that_it_names() -> None:
    nasta = vardplan("2026-01-26", "VP2", mal=[{**SKOLA, "mal_id": "M3"}, HEM])
    (en,) = funna(vardplan(mal=[HEM, SKOLA]), nasta, uppdrag(HEM, vardplan_id="VP1"), uppfoljning())
    assert en.objekt == "M2"


def test_a_vardplan_is_judged_as_long_as_none_has_replaced_it() -> None:
    andrad = vardplan("2026-06-01", "VP2", ersatter="VP1", mal=[HEM])
    grund = (vardplan(), andrad, uppdrag(HEM, vardplan_id="VP1"))
    assert funna(*grund, uppfoljning("2026-07-22")) == []
    (en,) = funna(*grund, uppfoljning("2026-05-31"), uppfoljning("2026-07-22"))
    assert en.objekt == "M2"


def test_the_insats_of_a_vardplan_is_that_of_the_one_it_replaces() -> None:
    andrad = vardplan("2026-06-01", "VP2", ersatter="VP1")
    bim = {"insats_id": "I2", "insatstyp": "bim_grupp", "vardplan_id": "VP1"}
    (en,) = funna(vardplan(mal=[HEM]), andrad, uppdrag(HEM, **bim), uppfoljning(insats_id="I2"))
    assert en.objekt == "M2"
