"""A locked note is corrected by a new one that names the old, whichever came first."""

from itertools import permutations
from typing import Any

from bbic_bridge.delivery.ports import Link
from bbic_bridge.services.sync import sync_kommun
from tests.services.conftest import World
from tests.services.test_vendor_news import change

Note = tuple[str, str | None]


def write(world: World, *notes: Note, arende: str = "A-1") -> None:
    for anteckning_id, ersatter in notes:
        rattad: dict[str, Any] = {} if ersatter is None else {"ersatter": ersatter}
        typ = "aktanteckning.rattad" if rattad else "aktanteckning.skriven"
        world.send(typ, arende=arende, anteckning_id=anteckning_id, **rattad)


def in_journal(world: World, arende: str = "A-1") -> list[str]:
    world.work()
    sent = [order for order in world.vendor.sent if order.arende == arende]
    return [order.uppgift["anteckning_id"] for order in sent]


def test_a_note_its_correction_and_the_correction_of_that_go_in_order(world: World) -> None:
    notes: tuple[Note, ...] = (("AN1", None), ("AN2", "AN1"), ("AN3", "AN2"))
    for number, order in enumerate(permutations(notes)):
        write(world, *order, arende=f"A-{number}")
        assert in_journal(world, f"A-{number}") == ["AN1", "AN2", "AN3"]


def test_two_corrections_of_one_note_both_stand(world: World) -> None:
    write(world, ("AN2", "AN1"), ("AN3", "AN1"), ("AN1", None))
    assert in_journal(world) == ["AN1", "AN2", "AN3"]


def test_a_note_that_first_came_from_the_vendor_is_corrected_there(world: World) -> None:
    write(world, ("AN2", "7002"))
    assert in_journal(world) == []
    told = change(
        "aktanteckning_skapad",
        at=world.clock(),
        arende="A-1",
        vendor_id="7002",
        data={"anteckning_id": "7002", "rubrik": "Telefonsamtal", "text": "Alva trivs."},
        links=(Link("anteckning", "7002", "7002"),),
    )
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")
    assert in_journal(world) == ["AN2"]
    assert world.vendor.sent[-1].vendor_ids["anteckning", "7002"] == "7002"


def test_a_correction_of_a_note_nobody_knows_waits_and_says_for_which(world: World) -> None:
    write(world, ("AN2", "AN1"))
    assert in_journal(world) == []
    assert world.delivery("ratta_aktanteckning").waits_for == ("aktanteckning_skapad:AN1",)


def test_a_note_of_another_case_is_not_the_one(world: World) -> None:
    write(world, ("AN1", None), arende="A-2")
    write(world, ("AN2", "AN1"))
    assert in_journal(world) == []
