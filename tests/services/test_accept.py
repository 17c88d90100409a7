"""Events in: once, whole, in order of facts, and only for whom they may speak."""

from datetime import datetime

from bbic_bridge.delivery.reference import reference
from bbic_bridge.services.accept import accept
from bbic_bridge.services.queries import show_case
from bbic_bridge.services.views.accepting import Grant
from tests.services.conftest import World

OTHER_CHILD = {"personnummer": "201601022385", "namn": "Bo Test", "skydd": "ingen"}


def test_an_event_is_accepted_once_and_then_a_duplicate(world: World) -> None:
    event = world.event("beslut.fattat")
    assert [result.status for result in world.accept(event)] == ["accepted"]
    assert [result.status for result in world.accept(event)] == ["duplicate"]
    assert len(world.states()) == 1


def test_the_same_event_twice_in_one_batch_is_one(world: World) -> None:
    event = world.event("beslut.fattat")
    assert [result.status for result in world.accept(event, event)] == ["accepted", "duplicate"]


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(world: World) -> None:
    event = world.event("beslut.fattat")
    world.accept(event)
    changed = {**event, "data": {**event["data"], "beslutsfattare": "Någon Annan"}}
    (result,) = world.accept(changed)
    assert result.problem is not None
    assert (result.status, result.problem.status) == ("rejected", 409)
    assert len(world.states()) == 1


def test_an_id_that_is_refused_for_its_number_is_not_echoed(world: World) -> None:
    event = world.event("beslut.fattat")
    number = event["data"]["barn"]["personnummer"]
    (result,) = world.accept({**event, "id": f"hb-{number}"})
    assert (result.status, result.id) == ("rejected", None)
    assert number[2:] not in repr(result)


def test_an_unknown_kommun_is_named(world: World) -> None:
    (result,) = world.accept(world.event("beslut.fattat", kommun="atlantis"))
    assert result.problem is not None
    assert result.problem.status == 422
    assert [violation.pointer for violation in result.problem.errors] == ["/kommun"]


def test_a_grant_for_another_kommun_is_refused(world: World) -> None:
    (result,) = accept(world.bridge, [world.event("beslut.fattat")], Grant(kommuner=("lund",)))
    assert result.problem is not None
    assert result.problem.status == 403


def test_one_bad_event_does_not_stop_the_others_of_its_batch(world: World) -> None:
    bad = world.event("beslut.fattat") | {"type": "se.bbic.okand"}
    results = world.accept(world.event("beslut.fattat"), bad, world.event("aktanteckning.skriven"))
    assert [result.status for result in results] == ["accepted", "rejected", "accepted"]


def test_what_comes_too_early_waits_and_says_for_what(world: World) -> None:
    world.send("beslut.verkstall")
    world.work()
    case = show_case(world.bridge, "A-1")
    assert case is not None
    assert [view.waits_for for view in case.open_deliveries] == [("beslut_registrerat:B1",)]
    assert world.vendor.effects == []


def test_order_follows_facts_not_arrival(world: World) -> None:
    world.send("beslut.verkstall")
    world.work()
    world.send("beslut.fattat")
    world.work()
    assert [order.operation for order in world.vendor.sent] == [
        "registrera_beslut",
        "verkstall_beslut",
    ]


def test_an_event_about_another_child_is_kept_but_never_sent(world: World) -> None:
    world.send("beslut.fattat")
    world.send("beslut.verkstall", barn=OTHER_CHILD)
    world.work()
    assert world.states() == {"registrera_beslut": "verified", "verkstall_beslut": "with_person"}


def test_the_same_child_may_have_cases_in_two_kommuner(world: World) -> None:
    world.send("beslut.fattat", kommun="malmo")
    world.send("beslut.fattat", kommun="lund")
    world.work()
    assert len(world.vendor.effects) == 2


def test_accepting_wakes_only_what_is_due(world: World) -> None:
    world.send("beslut.verkstall")
    assert world.woken == []
    world.send("beslut.fattat")
    woken = [operation for _, operation in world.woken if operation != "notify_workflow"]
    assert woken == ["registrera_beslut"]


def test_references_are_the_same_when_the_same_event_is_planned_again(world: World) -> None:
    event = world.event("beslut.fattat")
    world.accept(event)
    time = datetime.fromisoformat(event["time"])
    intent = (event["source"], event["id"], "registrera_beslut", "0")
    assert world.delivery("registrera_beslut").id == reference(time, *intent)


def uppdrag_to(world: World, enhet_id: str) -> None:
    world.send("beslut.fattat")
    mottagare = {"enhet_id": enhet_id, "enhetschef": "Marie Fors"}
    world.send("uppdrag.upprattat", insatstyp="oppenvard", mottagare=mottagare)
    world.work()


def test_an_uppdrag_goes_to_the_unit_that_the_kommun_has_named(world: World) -> None:
    uppdrag_to(world, "chansen")
    assert world.states()["vidarebefordra_uppdrag"] == "verified"


def test_an_uppdrag_to_a_unit_nobody_has_named_is_a_persons_matter(world: World) -> None:
    uppdrag_to(world, "nagon-annan")
    delivery = world.delivery("vidarebefordra_uppdrag")
    assert (delivery.state, delivery.error_code) == ("with_person", "okand_mottagare")
    assert [order.operation for order in world.vendor.sent] == ["registrera_beslut"]
