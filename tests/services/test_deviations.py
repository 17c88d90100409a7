"""A case's deviations with both texts: masked, revealed, or said not to be kept."""

from dataclasses import replace
from typing import Any

from bbic_bridge.delivery.ports import Link, VendorChange
from bbic_bridge.services.deviations import deviations_of_case
from bbic_bridge.services.queries import show_case
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.cases import ComparedText, DeviationView
from bbic_bridge.services.watch import tell_late_deviations
from bbic_bridge.store.schema import events, feed
from tests.handbook.minsta import DELTAGARE
from tests.services.conftest import World
from tests.services.test_vendor_news import change

VUXEN = "Alva har en vuxen utanför familjen att lita på."
ANNAT = "Alva har en vuxen att lita på."
OPPENVARD = {
    "insatstyp": "oppenvard",
    "mottagare": {"enhet_id": "chansen", "enhetschef": "Marie Fors"},
}


def mal(text: str) -> list[dict[str, Any]]:
    return [{"mal_id": "M1", "text": text}]


def reworded(world: World) -> None:
    world.send("beslutsunderlag.upprattat", mal=mal(VUXEN))
    world.send("uppdrag.upprattat", mal=mal(ANNAT), **OPPENVARD)


def found(world: World, *, reveal: bool = False) -> dict[str, DeviationView]:
    views = deviations_of_case(world.bridge, "malmo", "A-1", reveal=reveal)
    return {view.code: view for view in views}


def texts(view: DeviationView) -> list[tuple[str, str | None, str] | None]:
    def of(text: ComparedText | None) -> tuple[str, str | None, str] | None:
        return None if text is None else (text.event, text.text, text.standing)

    return [of(view.before), of(view.after)]


def forget(world: World, table: Any) -> None:
    world.bridge.store.write(lambda tx: tx.connection.execute(table.delete()) and None)


def plan(world: World, text: str) -> VendorChange:
    return change(
        "genomforandeplan_upprattad",
        at=world.clock(),
        arende="A-1",
        vendor_id="P-7",
        data={
            "plan_id": "P1",
            "uppdrag_id": "U1",
            "datum": "2026-03-10",
            "mal": mal(text),
        },
        links=(Link("uppdrag", "U1", "V-7"),),
    )


def test_a_reworded_goal_is_told_and_shown_masked(world: World) -> None:
    reworded(world)
    (told,) = world.told("avvikelse.upptackt")
    assert told["data"] == {
        "schema_version": 1,
        "avvikelse": "mal.andrat",
        "objekt_id": "M1",
        "vikt": "ska",
        "kalla": "A:31, B:22, B:59",
        "handelsetyp": "se.bbic.uppdrag.upprattat",
        "dokument_id": "U1",
    }
    view = found(world)["mal.andrat"]
    assert texts(view) == [
        ("beslutsunderlag.upprattat", "•••", "masked"),
        ("uppdrag.upprattat", "•••", "masked"),
    ]
    assert view.differs_at is None
    assert VUXEN not in repr(view)


def test_each_document_that_rewords_a_goal_is_told_of_by_its_id(world: World) -> None:
    reworded(world)
    third = "Alva litar på en vuxen."
    world.send("genomforandeplan.faststalld", mal=mal(third), insatstyp="oppenvard")
    result = {"forandring": "ingen_forandring", "resultat": "Oförändrat."}
    world.send("uppfoljning.dokumenterad", mal=[{**mal(third)[0], **result}])
    told = [one["data"] for one in world.told("avvikelse.upptackt")]
    about = {(one["handelsetyp"], one["dokument_id"]) for one in told if one["objekt_id"] == "M1"}
    assert about == {
        ("se.bbic.uppdrag.upprattat", "U1"),
        ("se.bbic.genomforandeplan.faststalld", "P1"),
        ("se.bbic.uppfoljning.dokumenterad", "UPPF1"),
    }
    assert third not in repr(told)


def test_a_vendors_document_is_named_by_our_id(world: World) -> None:
    world.send("uppdrag.upprattat", mal=mal(VUXEN), **OPPENVARD)
    world.vendor.tell(plan(world, ANNAT))
    sync_kommun(world.bridge, "malmo")
    (told,) = world.told("avvikelse.upptackt")
    assert told["data"]["handelsetyp"] == "se.bbic.genomforandeplan.inkommen"
    assert told["data"]["dokument_id"] == "P1"


def test_revealed_both_texts_stand_side_by_side(world: World) -> None:
    reworded(world)
    view = found(world, reveal=True)["mal.andrat"]
    assert texts(view) == [
        ("beslutsunderlag.upprattat", VUXEN, "shown"),
        ("uppdrag.upprattat", ANNAT, "shown"),
    ]
    assert VUXEN[: view.differs_at] == ANNAT[: view.differs_at] == "Alva har en vuxen "
    assert (view.object_id, view.step, view.weight) == ("M1", 5, "ska")


def test_a_goal_that_was_added_has_one_text(world: World) -> None:
    world.send("beslutsunderlag.upprattat", mal=mal(VUXEN))
    tva = [*mal(VUXEN), {"mal_id": "M2", "text": "Läxor."}]
    world.send("uppdrag.upprattat", mal=tva, **OPPENVARD)
    view = found(world, reveal=True)["mal.tillagt"]
    assert texts(view) == [None, ("uppdrag.upprattat", "Läxor.", "shown")]
    assert view.differs_at is None


def test_a_vendors_plan_is_shown_by_what_the_workflow_was_told(world: World) -> None:
    world.send("uppdrag.upprattat", mal=mal(VUXEN), **OPPENVARD)
    world.vendor.tell(plan(world, ANNAT))
    sync_kommun(world.bridge, "malmo")
    view = found(world, reveal=True)["mal.andrat"]
    assert texts(view) == [
        ("uppdrag.upprattat", VUXEN, "shown"),
        ("genomforandeplan.inkommen", ANNAT, "shown"),
    ]


def test_a_text_that_is_no_longer_kept_is_said_to_be_so(world: World) -> None:
    world.send("uppdrag.upprattat", mal=mal(VUXEN), **OPPENVARD)
    world.vendor.tell(plan(world, ANNAT))
    sync_kommun(world.bridge, "malmo")
    forget(world, feed)
    forget(world, events)
    view = found(world, reveal=True)["mal.andrat"]
    assert texts(view) == [
        ("uppdrag.upprattat", None, "not_kept"),
        ("genomforandeplan.inkommen", None, "not_kept"),
    ]


def test_what_a_late_event_explains_is_shown_no_more_and_told_once(world: World) -> None:
    world.send("uppdrag.upprattat", mal=mal(VUXEN), **OPPENVARD)
    same = {**mal(ANNAT)[0], "forandring": "ingen_forandring", "resultat": "Oförändrat."}
    world.send("uppfoljning.dokumenterad", mal=[same])
    assert set(found(world)) == {"mal.andrat"}
    revised = {"uppdrag_id": "U2", "ersatter": "U1", "datum": "2026-05-01"}
    world.send("uppdrag.reviderat", mal=mal(ANNAT), **revised, **OPPENVARD)
    assert found(world) == {}
    assert len(world.told("avvikelse.upptackt")) == 1


def test_a_case_shows_its_deviations(world: World) -> None:
    reworded(world)
    case, revealed = (show_case(world.bridge, "A-1", reveal=reveal) for reveal in (False, True))
    assert case is not None
    assert revealed is not None
    assert [one.code for one in case.deviations] == ["mal.andrat"]
    assert VUXEN not in repr(case)
    assert VUXEN in repr(revealed)


def test_an_unmet_ska_with_an_exception_stands_among_them_once(world: World) -> None:
    without: dict[str, Any] = {"deltagare": DELTAGARE[1:]}
    event = world.event("uppstartsmote.genomfort", **without)
    world.accept(event, event)
    world.send("uppstartsmote.genomfort", **without)
    case = show_case(world.bridge, "A-1")
    assert case is not None
    (view,) = [one for one in case.deviations if one.code == "uppstartsmote.barn"]
    assert (view.step, view.source, view.weight) == (6, "A:43", "ska_om_inte")
    assert (view.object_id, view.pointer) == ("MOTE1", "/data/deltagare")
    assert view.event == "uppstartsmote.genomfort"
    assert view.event_row in {step.event_row for step in case.steps}
    told = [event["data"]["avvikelse"] for event in world.told("avvikelse.upptackt")]
    assert told.count("uppstartsmote.barn") == 1
    reason = world.event("uppstartsmote.genomfort", **without, barnet_deltog_inte_for="Sjukt.")
    world.accept(reason | {"time": "2026-12-01T12:00:00+01:00"})
    assert "uppstartsmote.barn" not in found(world)


def test_a_changed_decision_shows_the_first_field_that_differs(world: World) -> None:
    facts = {"insatstyp": "oppenvard", "underlagsanteckning_id": "AN1"}
    world.send("beslut.fattat", **facts)
    world.send("beslut.verkstall", insatstyp="oppenvard")
    again = world.event("beslut.fattat", till="2026-08-31", **facts)
    world.accept(again | {"time": "2026-12-01T12:00:00+01:00"})
    view = found(world)["beslut.andrat_efter_verkstallighet"]
    assert texts(view) == [
        ("beslut.fattat", None, "shown"),
        ("beslut.fattat", "2026-08-31", "shown"),
    ]


def patient(world: World) -> World:
    """The same world, where a late event has ten minutes to explain what deviates."""
    settings = world.bridge.settings.model_copy(update={"avvikelse_vantar_s": 600})
    return replace(world, bridge=replace(world.bridge, settings=settings))


def test_what_a_late_event_explains_is_never_told(world: World) -> None:
    world = patient(world)
    world.send("uppdrag.upprattat", mal=mal(ANNAT), **OPPENVARD)
    world.send("beslutsunderlag.upprattat", mal=mal(VUXEN))
    assert found(world)
    world.clock.forward(599)
    assert tell_late_deviations(world.bridge) == 0
    world.send("beslutsunderlag.upprattat", beslutsunderlag_id="BU2", mal=mal(ANNAT))
    assert not found(world)
    world.clock.forward(1000)
    assert tell_late_deviations(world.bridge) == 0
    assert world.told("avvikelse.upptackt") == []


def test_a_clock_that_was_a_day_ahead_puts_nothing_off(world: World) -> None:
    world = patient(world)
    world.clock.jump(86_400)
    reworded(world)
    world.clock.jump(-86_400)
    assert tell_late_deviations(world.bridge) == 0
    world.clock.forward(600)
    assert tell_late_deviations(world.bridge) == 1


def test_what_nothing_explains_is_told_once_when_its_time_has_come(world: World) -> None:
    world = patient(world)
    reworded(world)
    assert world.told("avvikelse.upptackt") == []
    world.clock.forward(600)
    assert [tell_late_deviations(world.bridge) for _ in range(2)] == [1, 0]
    assert [event["data"]["avvikelse"] for event in world.told("avvikelse.upptackt")] == [
        "mal.andrat"
    ]
    world.send("uppstartsmote.kallat")
    world.clock.forward(600)
    assert tell_late_deviations(world.bridge) == 0
