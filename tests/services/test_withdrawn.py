"""A withdrawn or declined uppdrag stops what waits for it, however and whenever it is told."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from bbic_bridge.delivery.errors import Ambiguous
from bbic_bridge.delivery.ports import Link
from bbic_bridge.services import deliver
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.store.schema import audit, deliveries
from tests.services.conftest import World
from tests.services.test_vendor_news import change

CHANSEN = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}
OPPENVARD = {"insatstyp": "oppenvard", "mottagare": CHANSEN}


def uppdrag(world: World, uppdrag_id: str = "U1", ersatter: str | None = None, **data: Any) -> Any:
    typ = "uppdrag.upprattat" if ersatter is None else "uppdrag.reviderat"
    version = {} if ersatter is None else {"ersatter": ersatter}
    return world.event(typ, uppdrag_id=uppdrag_id, **{**OPPENVARD, **version, **data})


def aterkallat(world: World, uppdrag_id: str = "U1", **data: Any) -> Any:
    return world.event("uppdrag.aterkallat", uppdrag_id=uppdrag_id, **data)


def tell(world: World, kind: str, uppdrag_id: str = "U1", arende: str = "A-1") -> None:
    """The vendor tells, by the same id however often, of a step of an uppdrag."""
    nr = f"{arende}/{uppdrag_id}"
    told = change(
        kind,
        at=world.clock(),
        key=f"{kind}:{nr}",
        arende=arende,
        vendor_id=f"V-{nr}",
        data={"uppdrag_id": uppdrag_id, "datum": "2026-04-02"},
        links=(Link("uppdrag", uppdrag_id, f"V-{nr}"),),
    )
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")


def standing(world: World, arende: str = "A-1") -> list[tuple[str, str, str | None]]:
    """Every delivery about an uppdrag: operation, state and code, sorted."""
    with world.bridge.store.read() as tx:
        query = deliveries.select().where(deliveries.c.arende == arende)
        rows = tx.connection.execute(query).all()
    about = (
        (row.operation, row.state, row.error_code) for row in rows if "uppdrag" in row.operation
    )
    return sorted(about, key=str)


def test_never_sent_is_called_off_with_what_would_take_it_back(world: World) -> None:
    world.accept(uppdrag(world), aterkallat(world))
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.work()
    assert standing(world) == [
        ("aterkalla_uppdrag", "cancelled", "uppdrag_slut"),
        ("vidarebefordra_uppdrag", "cancelled", "uppdrag_slut"),
    ]
    assert [order.operation for order in world.vendor.sent] == ["registrera_beslut"]
    with world.bridge.store.read() as tx:
        acts = [(row.actor, row.action) for row in tx.connection.execute(audit.select())]
    assert acts == [("bbic-bridge", "cancel")] * 2


def test_told_the_other_way_round_it_ends_the_same(world: World) -> None:
    world.accept(aterkallat(world))
    assert standing(world) == [("aterkalla_uppdrag", "waiting", None)]
    world.accept(uppdrag(world))
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.work()
    assert [state for _, state, _ in standing(world)] == ["cancelled", "cancelled"]


def test_a_document_in_the_journal_is_called_off_too(world: World) -> None:
    kontaktfamilj = {"insatstyp": "kontaktfamilj"}
    world.accept(
        world.event("uppdrag.upprattat", **kontaktfamilj),
        aterkallat(world, **kontaktfamilj),
    )
    assert world.states() == {"registrera_dokument": "cancelled"}


def test_what_was_sent_is_taken_back(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.accept(uppdrag(world))
    world.work()
    world.accept(aterkallat(world))
    world.work()
    assert [state for _, state, _ in standing(world)] == ["verified", "verified"]


def test_what_is_under_way_is_followed_by_its_taking_back(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.work()
    world.accept(uppdrag(world))
    (claim,) = (
        one for one in deliver.claim(world.bridge, 10) if one.operation == "vidarebefordra_uppdrag"
    )
    world.accept(aterkallat(world))
    assert [state for _, state, _ in standing(world)] == ["waiting", "claimed"]
    deliver.carry(world.bridge, claim)
    world.work()
    sent = [order.operation for order in world.vendor.sent]
    assert sent[-2:] == ["vidarebefordra_uppdrag", "aterkalla_uppdrag"]


def test_what_may_have_been_sent_is_not_called_off(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.work()
    world.vendor.lookup = "none"
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.accept(uppdrag(world))
    world.work()
    world.accept(aterkallat(world))
    assert standing(world) == [
        ("aterkalla_uppdrag", "waiting", None),
        ("vidarebefordra_uppdrag", "with_person", "outcome_unknown"),
    ]


def test_later_versions_go_to_a_person_and_the_workflow_is_told_once(world: World) -> None:
    world.accept(uppdrag(world), uppdrag(world, "U2", "U1"), uppdrag(world, "U3", "U2"))
    world.accept(aterkallat(world))
    assert standing(world) == [
        ("aterkalla_uppdrag", "cancelled", "uppdrag_slut"),
        ("vidarebefordra_uppdrag", "cancelled", "uppdrag_slut"),
        *[("vidarebefordra_uppdrag", "with_person", "uppdrag_aterkallat")] * 2,
    ]
    codes = [event["data"]["felkod"] for event in world.told("leverans.misslyckad")]
    assert codes == ["uppdrag_aterkallat"] * 2
    world.accept(uppdrag(world, "U4", "U3"))
    assert len(world.told("leverans.misslyckad")) == 3


def test_taking_a_later_version_back_leaves_the_earlier_one(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.accept(uppdrag(world))
    world.work()
    world.accept(uppdrag(world, "U2", "U1", beslut_id="B2"), aterkallat(world, "U2"))
    world.work()
    assert standing(world) == [
        ("aterkalla_uppdrag", "cancelled", "uppdrag_slut"),
        ("vidarebefordra_uppdrag", "cancelled", "uppdrag_slut"),
        ("vidarebefordra_uppdrag", "verified", None),
    ]


@pytest.mark.parametrize(
    ("kind", "code"),
    [("uppdrag_avbojt", "uppdrag_avbojt"), ("uppdrag_aterkallat", "uppdrag_aterkallat")],
)
def test_what_the_vendor_ended_stops_the_version_that_waits(
    world: World, kind: str, code: str
) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.accept(uppdrag(world), uppdrag(world, "U2", "U1", beslut_id="B2"))
    world.work()
    tell(world, kind)
    world.send("beslut.fattat", beslut_id="B2", insatstyp="oppenvard")
    world.work()
    assert standing(world) == [
        ("vidarebefordra_uppdrag", "verified", None),
        ("vidarebefordra_uppdrag", "with_person", code),
    ]


def test_what_the_vendor_ended_is_not_taken_back_again(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.accept(uppdrag(world))
    world.work()
    tell(world, "uppdrag_avbojt")
    world.accept(aterkallat(world))
    world.work()
    assert ("aterkalla_uppdrag", "skipped", "uppdrag_slut") in standing(world)
    assert "aterkalla_uppdrag" not in {order.operation for order in world.vendor.sent}


def test_reordered_and_doubled_webhooks_end_in_the_same_state(world: World) -> None:
    kinds = ("uppdrag_mottaget", "uppdrag_fordelat", "uppdrag_avbojt", "uppdrag_aterkallat")
    for number, order in enumerate(permutations(kinds)):
        arende = f"A-{number}"
        world.send("beslut.fattat", arende=arende, insatstyp="oppenvard")
        world.accept(uppdrag(world) | {"subject": arende})
        world.work()
        world.accept(uppdrag(world, "U2", "U1", beslut_id="B2") | {"subject": arende})
        for kind in (*order, *order):
            tell(world, kind, arende=arende)
        assert standing(world, arende) == [
            ("vidarebefordra_uppdrag", "verified", None),
            ("vidarebefordra_uppdrag", "with_person", "uppdrag_aterkallat"),
        ]
    for kind in kinds:
        assert len(world.told(kind.replace("_", "."))) == 24


ACTS: tuple[Callable[[World, str], Any], ...] = (
    lambda world, arende: world.accept(uppdrag(world) | {"subject": arende}),
    lambda world, arende: world.accept(uppdrag(world, "U2", "U1") | {"subject": arende}),
    lambda world, arende: world.accept(aterkallat(world) | {"subject": arende}),
    lambda world, arende: tell(world, "uppdrag_avbojt", "U2", arende),
)


def test_any_order_of_telling_ends_in_the_same_state(world: World) -> None:
    for number, order in enumerate(permutations(ACTS)):
        for act in order:
            act(world, f"A-{number}")
        assert standing(world, f"A-{number}") == [
            ("aterkalla_uppdrag", "cancelled", "uppdrag_slut"),
            ("vidarebefordra_uppdrag", "cancelled", "uppdrag_slut"),
            ("vidarebefordra_uppdrag", "with_person", "uppdrag_aterkallat"),
        ]


def test_a_person_may_let_it_go_and_it_waits_its_turn(world: World) -> None:
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.accept(uppdrag(world))
    world.work()
    tell(world, "uppdrag_avbojt")
    world.accept(uppdrag(world, "U2", "U1"))
    held = world.delivery("vidarebefordra_uppdrag")
    assert held.error_code == "uppdrag_avbojt"
    replay_one(world.bridge, held.id, actor="anna")
    world.work()
    assert [state for _, state, _ in standing(world)] == ["verified", "verified"]


def test_another_childs_withdrawal_stops_nothing(world: World) -> None:
    annan = {"personnummer": "201601022385", "namn": "Bo Test", "skydd": "ingen"}
    world.accept(uppdrag(world), aterkallat(world, barn=annan))
    assert standing(world) == [
        ("aterkalla_uppdrag", "with_person", "barnet_stammer_inte"),
        ("vidarebefordra_uppdrag", "waiting", None),
    ]
