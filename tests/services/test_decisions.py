"""A decision told otherwise than before: stopped, told as a deviation, never sent by itself."""

from dataclasses import replace
from typing import Any

import pytest

from bbic_bridge.delivery.ports import Link, VendorChange
from bbic_bridge.services.calling_off import cancel
from bbic_bridge.services.deviations import deviations_of_case
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.store.notiser import notiser_of_case
from tests.services.conftest import World
from tests.services.test_vendor_news import change

CHANGED = "beslut.andrat_efter_verkstallighet"


def executed(world: World, **data: Any) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard", underlagsanteckning_id="AN1", **data)
    world.send("beslut.verkstall", insatstyp="oppenvard")
    world.work()


def again(world: World, time: str = "2026-12-01T12:00:00+01:00", **data: Any) -> None:
    same = {"insatstyp": "oppenvard", "underlagsanteckning_id": "AN1", **data}
    world.accept(world.event("beslut.fattat", **same) | {"time": time})


def deviations(world: World) -> list[tuple[str, str]]:
    told = (event["data"] for event in world.told("avvikelse.upptackt"))
    return [(one["avvikelse"], one["objekt_id"]) for one in told]


def row(world: World, **data: Any) -> VendorChange:
    """Our own decision as the vendor shows it."""
    vendor_id = f"V-{world.delivery('registrera_beslut').id}"
    shown = {"beslutstyp": "bifall", "insatstyp": "oppenvard", "beslutsdatum": "2026-02-15"}
    return change(
        "beslut_registrerat",
        at=world.clock(),
        vendor_id=vendor_id,
        data={**shown, "fran": "2026-03-01", **data},
        links=(Link("beslut", "", vendor_id),),
    )


def sync(world: World, told: VendorChange) -> None:
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")


def test_a_changed_decision_is_stopped_and_told(world: World) -> None:
    executed(world)
    again(world, till="2026-08-31")
    held = world.delivery("registrera_beslut")
    assert (held.state, held.error_code) == ("with_person", "beslut_andrat")
    assert deviations(world) == [(CHANGED, "B1")]
    world.work()
    assert len(world.vendor.sent) == 2


def test_it_is_stopped_whenever_it_says_that_it_was_told(world: World) -> None:
    executed(world)
    again(world, time="2026-01-01T12:00:00+01:00", till="2026-08-31")
    assert world.delivery("registrera_beslut").error_code == "beslut_andrat"


def test_a_person_may_let_it_go(world: World) -> None:
    executed(world)
    again(world, till="2026-08-31")
    replay_one(world.bridge, world.delivery("registrera_beslut").id, actor="anna")
    world.work()
    assert world.delivery("registrera_beslut").state == "verified"


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "not_sent"])
def test_before_the_execution_it_is_a_persons_matter_too(world: World, sent: bool) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard", underlagsanteckning_id="AN1")
    if sent:
        world.work()
    again(world, till="2026-08-31")
    world.work()
    assert world.delivery("registrera_beslut").error_code == "beslut_andrat"
    assert len(world.vendor.sent) == 1
    assert deviations(world) == [("beslut.andrat", "B1")]


def test_a_decision_that_is_called_off_leaves_room_for_another(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard", underlagsanteckning_id="AN1")
    cancel(world.bridge, world.delivery("registrera_beslut").id, actor="anna", reason="fel")
    again(world, till="2026-08-31")
    world.work()
    assert world.delivery("registrera_beslut").state == "verified"


def test_a_late_event_with_an_earlier_time_tells_nothing_anew(world: World) -> None:
    executed(world)
    again(world, till="2026-08-31")
    again(world, time="2026-11-30T12:00:00+01:00", till="2026-08-31")
    assert deviations(world) == [(CHANGED, "B1")]
    again(world, time="2026-12-02T12:00:00+01:00", till="2026-12-31")
    assert deviations(world) == [(CHANGED, "B1")] * 2


def test_the_same_word_again_is_no_change(world: World) -> None:
    executed(world)
    again(world)
    assert world.delivery("registrera_beslut").state == "ready"
    assert deviations(world) == []


def test_our_own_decision_shown_as_we_sent_it_is_nothing(world: World) -> None:
    executed(world)
    sync(world, row(world))
    sync(world, row(world))
    assert world.told("beslut.registrerat") == []
    assert deviations(world) == []
    with world.bridge.store.read() as tx:
        assert len(notiser_of_case(tx, "malmo", "A-1")) == 2


def test_our_own_decision_changed_at_the_vendor_is_a_deviation_once(world: World) -> None:
    executed(world)
    for till in (None, "2026-08-31", "2026-08-31", "2026-09-30"):
        sync(world, row(world, till=till))
    assert world.told("beslut.registrerat") == []
    assert deviations(world) == [(CHANGED, "B1")] * 2


def test_changed_there_and_told_in_two_ways_is_one_deviation_with_both_values(
    world: World,
) -> None:
    executed(world)
    shown = row(world, till="2026-08-31")
    sync(world, shown)
    partly = {"beslutsdatum": "2026-02-15", "till": "2026-08-31"}
    sync(world, replace(shown, key="beslut_registrerat:again", data=partly))
    assert deviations(world) == [(CHANGED, "B1")]
    (view,) = deviations_of_case(world.bridge, "malmo", "A-1", reveal=True)
    assert view.text == "Beslutet är ändrat sedan det verkställdes: till"
    assert view.after is not None
    assert (view.after.text, view.after.standing) == ("2026-08-31", "shown")


def test_changed_there_before_it_is_executed_it_tells_at_the_execution(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard", underlagsanteckning_id="AN1")
    world.work()
    sync(world, row(world, till="2026-08-31"))
    assert deviations(world) == []
    world.send("beslut.verkstall", insatstyp="oppenvard")
    assert deviations(world) == [(CHANGED, "B1")]
