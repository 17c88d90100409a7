"""One child under several numbers is one case; another child is nobody's guess."""

from typing import Any

from bbic_bridge.delivery.errors import Ambiguous, Transient
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.store.notiser import notiser_of_case
from bbic_bridge.store.schema import audit
from tests.services.conftest import World
from tests.services.test_vendor_news import change

SAMORDNING = {"personnummer": "200904682390", "namn": "Noor Test", "skydd": "ingen"}
INTERIM = {"personnummer": "20160503-T123", "namn": "Noor Test", "skydd": "ingen"}
NY = {"personnummer": "201605032380", "namn": "Noor Test", "skydd": "ingen"}
ANNAN = {"personnummer": "201601022385", "namn": "Noor Test", "skydd": "ingen"}


def formerly(now: dict[str, Any], *before: dict[str, Any]) -> dict[str, Any]:
    return {**now, "tidigare_personnummer": [one["personnummer"] for one in before]}


def stopped(world: World, arende: str = "A-1") -> list[str]:
    held = [world.delivery(operation, arende) for operation in world.states(arende)]
    return [one.operation for one in held if one.error_code == "barnet_stammer_inte"]


def note(world: World, barn: dict[str, Any], nr: int, arende: str = "A-1") -> None:
    world.send("aktanteckning.skriven", arende=arende, barn=barn, anteckning_id=f"AN{nr}")


def notes_sent(world: World) -> list[str]:
    world.work()
    return [order.uppgift["anteckning_id"] for order in world.vendor.sent]


def audited(world: World, action: str) -> list[str]:
    with world.bridge.store.read() as tx:
        rows = tx.connection.execute(audit.select()).all()
    return [row.subject for row in rows if row.action == action]


def remembered(world: World, arende: str = "A-1") -> list[str]:
    with world.bridge.store.read() as tx:
        return sorted(typ for _, typ, _, _ in notiser_of_case(tx, "malmo", arende))


def decision_about(world: World, barn: dict[str, Any]) -> None:
    nr = barn["personnummer"].replace("-", "")
    told = change("beslut_registrerat", at=world.clock(), vendor_id=nr, person=nr)
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")


def test_a_replaced_number_keeps_the_case_whole(world: World) -> None:
    note(world, SAMORDNING, 1)
    note(world, formerly(NY, SAMORDNING), 2)
    note(world, NY, 3)
    note(world, SAMORDNING, 4)
    assert notes_sent(world) == ["AN1", "AN2", "AN3", "AN4"]
    assert audited(world, "alias") == ["A-1"]


def test_an_interim_number_is_replaced_too_and_by_way_of_another(world: World) -> None:
    note(world, INTERIM, 1)
    note(world, formerly(SAMORDNING, INTERIM), 2)
    note(world, formerly(NY, SAMORDNING), 3)
    assert notes_sent(world) == ["AN1", "AN2", "AN3"]


def test_a_case_that_begins_with_the_new_number_knows_the_old(world: World) -> None:
    note(world, formerly(NY, SAMORDNING), 1)
    note(world, SAMORDNING, 2)
    assert notes_sent(world) == ["AN1", "AN2"]


def test_the_same_name_with_another_number_is_another_child(world: World) -> None:
    note(world, SAMORDNING, 1)
    note(world, NY, 2)
    assert notes_sent(world) == ["AN1"]
    assert stopped(world) == ["skapa_aktanteckning"]
    assert audited(world, "alias") == []


def test_an_earlier_number_that_is_another_cases_only_matches_nothing(world: World) -> None:
    note(world, ANNAN, 1, "A-1")
    note(world, SAMORDNING, 2, "A-2")
    note(world, formerly(NY, SAMORDNING), 3, "A-1")
    assert notes_sent(world) == ["AN1", "AN2"]


def test_two_personnummer_are_two_children_whatever_they_say_they_were(world: World) -> None:
    note(world, formerly(NY, SAMORDNING), 1)
    note(world, formerly(ANNAN, SAMORDNING), 2)
    assert notes_sent(world) == ["AN1"]


def test_cases_are_not_put_together(world: World) -> None:
    note(world, SAMORDNING, 1, "A-1")
    note(world, NY, 2, "A-2")
    note(world, formerly(NY, SAMORDNING), 3, "A-1")
    note(world, SAMORDNING, 4, "A-2")
    assert notes_sent(world) == ["AN1", "AN2", "AN3"]
    decision_about(world, NY)
    (told,) = world.told("beslut.registrerat")
    assert told["data"]["arende_kandidater"] == ["A-1", "A-2"]


def test_a_vendor_finds_the_case_by_either_number(world: World) -> None:
    note(world, SAMORDNING, 1)
    note(world, formerly(NY, SAMORDNING), 2)
    decision_about(world, NY)
    decision_about(world, SAMORDNING)
    assert [told["subject"] for told in world.told("beslut.registrerat")] == ["A-1", "A-1"]


def test_a_childs_further_case_is_a_candidate_by_the_number_it_does_not_know(world: World) -> None:
    note(world, SAMORDNING, 1, "A-1")
    note(world, formerly(NY, SAMORDNING), 2, "A-2")
    decision_about(world, NY)
    (told,) = world.told("beslut.registrerat")
    assert told["data"]["arende_kandidater"] == ["A-1", "A-2"]


def test_what_was_stopped_goes_by_a_replay_once_the_number_is_known(world: World) -> None:
    note(world, SAMORDNING, 1)
    note(world, NY, 2)
    held = world.delivery("skapa_aktanteckning").id
    assert replay_one(world.bridge, held, actor="anna").outcome == "refused"
    note(world, formerly(NY, SAMORDNING), 3)
    assert notes_sent(world) == ["AN1", "AN3"]
    assert replay_one(world.bridge, held, actor="anna").outcome == "released"
    assert notes_sent(world) == ["AN1", "AN3", "AN2"]


def test_what_was_stopped_waits_its_turn_when_it_is_replayed(world: World) -> None:
    note(world, SAMORDNING, 1)
    world.send("beslut.verkstall", barn=NY)
    note(world, formerly(NY, SAMORDNING), 2)
    held = world.delivery("verkstall_beslut").id
    assert replay_one(world.bridge, held, actor="anna").outcome == "released"
    world.work()
    assert world.states()["verkstall_beslut"] == "waiting"
    world.send("beslut.fattat", barn=NY)
    world.work()
    assert world.states()["verkstall_beslut"] == "verified"


def test_another_childs_event_tells_nothing_of_the_case_until_it_is_the_childs(
    world: World,
) -> None:
    world.send("insats.startad", barn=SAMORDNING)
    world.send("beslut.verkstall", barn=NY)
    world.send("uppfoljning.dokumenterad", barn=ANNAN)
    assert remembered(world) == ["insats.startad"]
    world.send("utredning.inledd", barn=formerly(NY, SAMORDNING))
    assert remembered(world) == ["beslut.verkstall", "insats.startad", "utredning.inledd"]


def test_what_was_sent_under_the_old_number_is_looked_up_under_both(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.vendor.deaf = Transient("connect_failed")
    note(world, SAMORDNING, 1)
    world.work()
    note(world, formerly(NY, SAMORDNING), 2)
    world.clock.forward(60)
    world.vendor.deaf = None
    world.work()
    asked = {order.uppgift["anteckning_id"]: order for order in world.vendor.asked}
    assert asked["AN1"].uppgift["barn"]["personnummer"] == SAMORDNING["personnummer"]
    assert asked["AN1"].other_numbers == (NY["personnummer"],)


def test_a_callback_is_looked_up_though_the_child_has_two_numbers(world: World) -> None:
    world.workflow.lookup = "reference"
    world.workflow.trouble.append((Ambiguous("worker_lost"), True))
    note(world, formerly(NY, SAMORDNING), 1)
    world.work()
    assert [order.other_numbers for order in world.workflow.asked[-1:]] == [()]
    assert len(world.workflow.effects) == 1
