"""What a document lacks, from the event that brings it to the delivery and the workflow."""

from dataclasses import replace
from typing import Any

from bbic_bridge.services.accept import accept
from bbic_bridge.services.queries import show_case, show_delivery
from bbic_bridge.services.views.accepting import Grant, Violation
from bbic_bridge.settings import Krav
from tests.handbook.minsta import BARN, DELTAGARE, HVB_PLAN
from tests.services.conftest import World

VUXNA = DELTAGARE[1:]
PLAN = "genomforandeplan.faststalld"
HVB: dict[str, Any] = {**HVB_PLAN, "insatstyp": "hvb", "rapportering": None}
PROTECTED = {"barn": {**BARN, "skydd": "sekretessmarkering"}}


def unmet(world: World) -> list[dict[str, Any]]:
    told = (event["data"] for event in world.told("avvikelse.upptackt"))
    return [data for data in told if "pointer" in data]


def test_a_refusal_lists_all_with_name_source_weight_and_rule(world: World) -> None:
    hvb = {**HVB, "umgange": None, "skolgang": None, "frekvens": 7}
    problem = world.send(PLAN, **hvb).problem
    assert problem is not None
    assert (problem.status, problem.code) == (422, "invalid_document")
    shape, lag, ska = problem.errors
    assert (shape.pointer, shape.namn, shape.vikt, shape.kod) == (
        "/data/frekvens",
        "Frekvens: när insatsen genomförs",
        "lag",
        None,
    )
    assert lag == Violation(
        "/data/umgange",
        "Ett placerat barns genomförandeplan ska innehålla när umgänge med föräldrar och andra "
        "närstående sker.",
        "Umgänge med föräldrar och andra närstående",
        "L: SFS 2025:468 10 kap. 3 §, B:82",
        "lag",
        "plan.umgange",
    )
    assert (ska.kod, ska.vikt) == ("plan.hvb.skolgang", "ska")


def test_an_unmet_ska_with_an_exception_is_told_once(world: World) -> None:
    event = world.event("uppstartsmote.genomfort", deltagare=VUXNA)
    world.accept(event)
    world.accept(event)
    assert unmet(world) == [
        {
            "schema_version": 1,
            "avvikelse": "uppstartsmote.barn",
            "objekt_id": "MOTE1",
            "pointer": "/data/deltagare",
            "vikt": "ska_om_inte",
            "kalla": "A:43",
            "handelsetyp": "se.bbic.uppstartsmote.genomfort",
            "dokument_id": "MOTE1",
        }
    ]
    world.send("uppstartsmote.genomfort", deltagare=VUXNA, mote_id="MOTE2")
    assert [data["objekt_id"] for data in unmet(world)] == ["MOTE1", "MOTE2"]


def test_a_recorded_reason_and_a_bor_are_no_deviations(world: World) -> None:
    reason = {"deltagare": VUXNA, "barnet_deltog_inte_for": "Bedömt olämpligt."}
    world.send("uppstartsmote.genomfort", **reason)
    world.send("uppstartsmote.kallat", kallade=VUXNA)
    assert unmet(world) == []


def test_the_warnings_travel_with_the_event_and_its_deliveries(world: World) -> None:
    world.send("uppstartsmote.genomfort", deltagare=[*VUXNA, *DELTAGARE[:1]])
    case = show_case(world.bridge, "A-1")
    detail = show_delivery(world.bridge, world.delivery("skapa_aktanteckning").id)
    assert case is not None
    assert detail is not None
    (told,) = [step.warnings for step in case.steps if step.warnings]
    assert detail.warnings == told
    assert {one.kod: (one.pointer, one.kalla, one.vikt) for one in told} == {
        "uppstartsmote.uppdragstagare": ("/data/deltagare", "A:47", "bor"),
        "uppstartsmote.socialsekreterare": ("/data/deltagare", "A:47", "bor"),
        "uppstartsmote.uppfoljningsmote": ("/data/uppfoljningsmote_bokat", "D", "bor"),
    }
    assert {one.namn for one in told} == {"Vilka som deltog", "Bokat uppföljningsmöte"}


def test_a_kommun_may_take_a_replaced_rule_away(world: World) -> None:
    without = {**HVB, "skolgang": None}
    assert world.send(PLAN, **without).status == "rejected"
    lifted = world.bridge.settings.model_copy(update={"krav": Krav(utan=("plan.hvb.skolgang",))})
    (result,) = accept(
        replace(world.bridge, settings=lifted), [world.event(PLAN, **without)], Grant()
    )
    assert result.status == "accepted"
