"""Each delmål of the plan has a result, by the plan that the uppföljning is about."""

from typing import Any

from bbic_bridge.handbook.avvikelser import Plats
from bbic_bridge.handbook.avvikelser.delmal import delmal_utan_resultat
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis, digest
from tests.handbook.avvikelser.test_avvikelser import KF, MAL, SKOLA, funna, om, uppdrag
from tests.handbook.avvikelser.test_avvikelser import plan as planen
from tests.handbook.avvikelser.test_avvikelser import uppfoljning as uppfoljningen
from tests.handbook.fall import notis

GRUND = (*KF, uppdrag())


def malet(*delmal: str, forandring: str = "ingen_forandring", **data: Any) -> list[dict[str, Any]]:
    delar = [
        {"delmal_id": ett, "text": digest(f"Text {ett}"), "forandring": forandring}
        for ett in delmal
    ]
    return [{**MAL[0], **data, "delmal": delar}]


def plan(*delmal: str, dag: str = "2026-03-10", **data: Any) -> Notis:
    sagt = {"plan_id": "P1", "mal": malet(*delmal), **data}
    return om("genomforandeplan.faststalld", dag, **sagt)


def uppfoljning(*delmal: str, dag: str = "2026-07-22", **data: Any) -> Notis:
    return uppfoljningen(dag, **{"mal": malet(*delmal), **data})


def utan(*notiser: Notis) -> list[str]:
    alla = funna(*GRUND, *notiser)
    assert {en.kod for en in alla} <= {"delmal.utan_resultat"}
    return [en.objekt for en in alla]


def test_a_delmal_without_a_result_is_shown_where_the_plan_has_it() -> None:
    gjord, foljd = plan("D1", "D2"), uppfoljning("D1")
    (en,) = funna(*GRUND, gjord, foljd)
    assert (en.kod, en.objekt, en.rad, en.vikt) == ("delmal.utan_resultat", "D2", foljd.rad, "ska")
    assert en.jamfor == (Plats(gjord.rad, "/mal/0/delmal/1/text"), None)
    assert utan(gjord, uppfoljning("D2", "D1")) == []


def test_a_plan_without_delmal_asks_for_none() -> None:
    assert utan(planen(), uppfoljning()) == []
    assert utan(uppfoljning()) == []
    assert utan(plan("D1"), planen(plan_id="P2", ersatter="P1"), uppfoljning()) == []
    fore = plan(dag="2026-03-09", plan_id="P2", ersatter="P1")
    assert utan(plan("D1"), fore, uppfoljning()) == []


def test_the_same_words_under_another_id_are_the_same_delmal() -> None:
    annat_id = [{**ett, "delmal_id": "X9"} for ett in malet("D1")[0]["delmal"]]
    assert utan(plan("D1"), uppfoljning(mal=[{**MAL[0], "delmal": annat_id}])) == []


def test_what_was_reached_before_need_not_be_told_again() -> None:
    natt = uppfoljning(mal=malet("D1", forandring="positiv_malet_uppfyllt"))
    senare = uppfoljning(dag="2026-12-22")
    assert utan(plan("D1"), natt, senare) == []
    assert utan(plan("D1"), uppfoljning("D1"), senare) == ["D1"]


def test_a_plan_that_is_changed_on_the_day_may_be_the_old_or_the_new() -> None:
    ny = plan("D2", dag="2026-07-22", plan_id="P2", ersatter="P1")
    assert utan(plan("D1"), ny, uppfoljning("D1")) == []
    assert utan(plan("D1"), ny, uppfoljning("D2")) == []
    assert utan(plan("D1"), ny, uppfoljning()) == ["D1"]
    assert utan(plan("D1", dag="2026-07-22"), uppfoljning()) == []
    assert utan(plan("D1"), ny, uppfoljning("D1", dag="2026-07-23")) == ["D2"]


def test_the_last_word_of_an_uppfoljning_counts() -> None:
    rattad = uppfoljning("D1", dag="2026-07-30", uppfoljning_id="UF9", ersatter="UF-2026-07-22")
    assert utan(plan("D1"), uppfoljning(), rattad) == []


def test_a_mal_that_is_not_followed_up_is_missing_as_such() -> None:
    tva = [*malet("D1"), {**SKOLA[0], "delmal": malet("D2")[0]["delmal"]}]
    notiser = (*GRUND, plan(mal=tva), uppfoljning("D1"))
    assert list(delmal_utan_resultat(Lage(notiser))) == []


def test_what_a_vendor_tells_of_the_same_plan_hides_no_delmal() -> None:
    data: dict[str, Any] = {"plan_id": "P1", "uppdrag_id": "U1", "datum": "2026-03-10", "mal": MAL}
    assert utan(plan("D1"), notis("genomforandeplan.inkommen", "2026-03-12", **data)) == []
    assert utan(
        plan("D1"), notis("genomforandeplan.inkommen", "2026-03-12", **data), uppfoljning()
    ) == ["D1"]


def test_plans_of_another_insats_or_uppdrag_ask_for_nothing() -> None:
    assert utan(plan("D1", insats_id="I2"), uppfoljning()) == []
    annat = om("uppdrag.upprattat", "2026-02-20", uppdrag_id="U7", mal=MAL)
    assert utan(annat, plan("D1", uppdrag_id="U7"), uppfoljning(uppdrag_id="U1")) == []
    assert utan(annat, plan("D1", uppdrag_id="U1"), uppfoljning(uppdrag_id="U1")) == ["D1"]
