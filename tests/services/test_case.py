"""A case's timeline: events by their own time, each with what it led to, and what vendors told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bbic_bridge.services.queries import show_case
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.cases import CaseView, StepView
from tests.handbook.minsta import BARN
from tests.services.conftest import World
from tests.services.test_vendor_news import resource


def case_of(world: World) -> CaseView:
    found = show_case(world.bridge, "A-1")
    assert found is not None
    return found


def names(case: CaseView) -> list[str]:
    return [step.name.removeprefix("se.bbic.") for step in case.steps]


def only(case: CaseView, kind: str) -> StepView:
    (step,) = (step for step in case.steps if step.kind == kind)
    return step


@pytest.fixture
def early(world: World) -> World:
    """Events that came in another order than they happened, and a change at the vendor between."""
    first = world.event("beslut.fattat")
    began = datetime.fromisoformat(first["time"])

    def after(hours: int) -> str:
        return (began + timedelta(hours=hours)).isoformat()

    world.accept(world.event("aktanteckning.skriven") | {"time": after(3)})
    world.accept(world.event("beslut.verkstall") | {"time": after(1)}, first)
    world.vendor.tell(replace(resource(world), at=began + timedelta(hours=2)))
    sync_kommun(world.bridge, "malmo")
    return world


def test_what_happened_stands_by_its_own_time_with_what_it_led_to(early: World) -> None:
    case = case_of(early)
    assert names(case) == [
        *("beslut.fattat", "registrera_beslut"),
        *("beslut.verkstall", "verkstall_beslut"),
        "resurs.registrerad",
        *("aktanteckning.skriven", "skapa_aktanteckning"),
    ]
    happened = [step.at for step in case.steps if step.kind != "delivery"]
    assert happened == sorted(happened)


def test_every_step_is_linked_to_its_event(early: World) -> None:
    case = case_of(early)
    event, delivery = case.steps[:2]
    assert (event.source, event.event_id) == (delivery.source, delivery.event_id)
    assert event.event_id == "E-1"
    assert event.event_row == delivery.event_row
    assert event.delivery_id is None
    rows = {step.delivery_id: step.event_row for step in case.steps if step.kind == "delivery"}
    assert {view.id: view.event_row for view in case.open_deliveries} == rows
    told = only(case, "vendor")
    assert told.source == "urn:bbic-bridge:malmo"
    assert [event["id"] for event in early.told("resurs.registrerad")] == [told.event_id]


def test_what_waits_says_for_what_and_behind_which(early: World) -> None:
    beslut, verkstall, _ = (step for step in case_of(early).steps if step.kind == "delivery")
    assert verkstall.waits_for == ("beslut_registrerat:B1",)
    assert verkstall.behind == beslut.delivery_id


def test_an_event_bears_its_warnings_and_no_name(world: World) -> None:
    world.send("beslutsunderlag.upprattat")
    event = only(case_of(world), "event")
    assert [warning.pointer for warning in event.warnings] == [
        "/data/barnets_delaktighet",
        "/data/foraldrarnas_delaktighet",
    ]
    assert BARN["namn"] not in repr(case_of(world))
    assert BARN["personnummer"] not in repr(case_of(world))


def test_the_handbook_is_laid_over_the_case(world: World) -> None:
    world.send("beslut.fattat")
    world.send("beslut.verkstall")
    case = case_of(world)
    states = {point.name: point.state for point in case.handbook}
    assert states["Beslutsunderlag är upprättat"] == "missing"
    assert states["Beslut är fattat"] == states["Beslutet är verkställt"] == "on_its_way"
    assert states["Insatsen har startat"] == "missing"
    assert states["Barnsamtal är erbjudet"] == "to_come"
    world.work()
    after = {point.name: point for point in case_of(world).handbook}
    point = after["Beslut är fattat"]
    assert (point.state, point.insats_id, point.insatstyp) == ("done", "I1", "kontaktfamilj")
    assert point.event_row in {step.event_row for step in case.steps}
