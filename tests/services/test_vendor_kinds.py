"""Every kind of change at a vendor becomes its event, once; our own writes become none."""

from typing import Any

import pytest

from bbic_bridge.delivery.ports import Link, VendorChange
from bbic_bridge.handbook.fakta import ANDRINGAR
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.store.notiser import notiser_of_case
from tests.services.conftest import World
from tests.services.test_vendor_news import change

UPPDRAG = {"uppdrag_id": "U7", "datum": "2026-04-02"}
BESLUT = {
    "beslutstyp": "bifall",
    "insatstyp": "oppenvard",
    "beslutsdatum": "2026-02-01",
    "fran": "2026-02-10",
}
# What changes, as our ids and the vendor's tie to it, and what is told of it.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "resurs_registrerad": ("", {"resurs_id": "R-7", "resurstyp": "kontaktfamilj"}),
    "beslut_registrerat": ("beslut", BESLUT),
    "beslut_verkstallt": ("verkstallighet", {"beslut_id": "B7", "fran": "2026-02-10"}),
    "resurs_tilldelad": ("resurstilldelning", {"insats_id": "I7", "resurs_id": "R-7"}),
    "aktanteckning_skapad": ("anteckning", {"anteckning_id": "AN7", "rubrik": "Samtal"}),
    "uppdrag_mottaget": ("uppdrag", UPPDRAG),
    "uppdrag_fordelat": ("uppdrag", {**UPPDRAG, "roll": "behandlare"}),
    "uppdrag_avbojt": ("uppdrag", {**UPPDRAG, "orsak": "Ingen plats."}),
    "uppdrag_aterkallat": ("uppdrag", {**UPPDRAG, "orsak": "Familjen flyttar."}),
    "genomforandeplan_upprattad": ("uppdrag", {"plan_id": "P7", "datum": "2026-04-10"}),
    "insats_avslutad": ("insats", {"slutdatum": "2026-12-31", "orsak": "annan"}),
}
# What makes the same change from our side: the events, and the delivery that the vendor names.
OURS: dict[str, tuple[tuple[str, ...], str]] = {
    "beslut_registrerat": (("beslut.fattat",), "registrera_beslut"),
    "beslut_verkstallt": (("beslut.fattat", "beslut.verkstall"), "verkstall_beslut"),
    "aktanteckning_skapad": (("aktanteckning.skriven",), "skapa_aktanteckning"),
    "insats_avslutad": (
        ("beslut.fattat", "beslut.verkstall", "insats.avsluta"),
        "avsluta_insats_och_resurs",
    ),
}


def told(world: World, kind: str, **options: Any) -> VendorChange:
    tied, data = KINDS[kind]
    links = (Link(tied, data.get(f"{tied}_id", ""), "V-7"),) if tied else ()
    options = {"arende": "A-1", "vendor_id": "V-7", "data": data, "links": links, **options}
    return change(kind, at=world.clock(), **options)


def sync(world: World, *changes: VendorChange) -> None:
    for one in changes:
        world.vendor.tell(one)
    sync_kommun(world.bridge, "malmo")


def news(world: World) -> list[str]:
    types = [event["type"].removeprefix("se.bbic.") for event in world.feed()]
    return [typ for typ in types if not typ.startswith(("leverans.", "avvikelse.", "frist."))]


def test_no_kind_is_left_out() -> None:
    assert set(KINDS) == set(ANDRINGAR)


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_told_once_by_its_own_event(world: World, kind: str) -> None:
    sync(world, told(world, kind), told(world, kind))
    sync(world, told(world, kind))
    assert news(world) == [ANDRINGAR[kind].handelse]
    (event,) = world.told(ANDRINGAR[kind].handelse)
    assert KINDS[kind][1].items() <= event["data"].items()


@pytest.mark.parametrize("kind", OURS)
def test_our_own_write_is_not_told_to_us_as_news(world: World, kind: str) -> None:
    events, operation = OURS[kind]
    for typ in events:
        data = {"resurs_id": None, "avslutsbeslut_id": None} if typ == "insats.avsluta" else {}
        world.send(typ, **data)
    world.work()
    reference = world.delivery(operation).id
    sync(world, told(world, kind, reference=reference), told(world, kind, reference=reference))
    assert news(world) == []


def test_an_uppdrag_taken_back_by_us_is_not_told_to_us_as_news(world: World) -> None:
    chansen = {"enhet_id": "chansen", "enhetschef": "Marie Fors"}
    world.send("beslut.fattat", insatstyp="oppenvard")
    world.send("uppdrag.upprattat", insatstyp="oppenvard", mottagare=chansen)
    world.work()
    world.send("uppdrag.aterkallat")
    world.work()
    reference = world.delivery("aterkalla_uppdrag").id
    data = {**UPPDRAG, "uppdrag_id": "U1"}
    sync(world, told(world, "uppdrag_aterkallat", reference=reference, data=data))
    assert news(world) == []


def test_a_decision_first_registered_there_is_remembered_with_day_and_kind(world: World) -> None:
    sync(world, told(world, "beslut_registrerat"))
    with world.bridge.store.read() as tx:
        ((rad, typ, _, data),) = notiser_of_case(tx, "malmo", "A-1")
    assert (rad, typ) == ("procapita:beslut_registrerat:V-7", "beslut.registrerat")
    assert data == {**BESLUT, "beslut_id": "procapita-V-7"}
