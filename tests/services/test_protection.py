"""Whoever is protected is kept from sight by all that a case knows, in whatever order it came."""

from typing import Any

import pytest

from bbic_bridge.delivery.errors import Transient
from bbic_bridge.services import deliver
from bbic_bridge.services.queries import list_deliveries, show_delivery
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.views.deliveries import Filter
from tests.handbook.minsta import BARN, FORALDER, HVB_PLAN
from tests.services.conftest import World

PLAN = "genomforandeplan.faststalld"
HVB: dict[str, Any] = {**HVB_PLAN, "insatstyp": "hvb", "rapportering": None}
PROTECTED = {"barn": {**BARN, "skydd": "sekretessmarkering"}}


def _of(world: World, typ: str) -> Any:
    views = list_deliveries(world.bridge, Filter(arende="A-1"))
    return [view for view in views if view.event_type == f"se.bbic.{typ}"][-1]


def test_a_plan_that_needs_what_is_protected_waits_for_a_person(world: World) -> None:
    world.send(PLAN, **HVB, **PROTECTED)
    world.work()
    delivery = world.delivery("registrera_dokument")
    assert (delivery.state, delivery.error_code) == ("with_person", "skyddade_uppgifter")
    assert world.vendor.sent == []
    detail = show_delivery(world.bridge, delivery.id, reveal=True)
    assert detail is not None
    assert HVB_PLAN["skolgang"] not in str(detail.uppgift)
    assert HVB_PLAN["umgange"] in str(detail.uppgift)
    assert "skydd.skolgang" in {warning.kod for warning in detail.warnings}


def test_a_plan_that_can_do_without_goes_without(world: World) -> None:
    world.send(PLAN, skolgang=HVB_PLAN["skolgang"], **PROTECTED)
    world.work()
    (order,) = world.vendor.sent
    assert HVB_PLAN["skolgang"] not in str(order.uppgift)


def _uppdrag(world: World, day: int, skydd: str, **data: Any) -> Any:
    parents = [{**FORALDER, "skydd": skydd}]
    event = world.event("uppdrag.upprattat", foraldrar=parents, uppdrag_id=f"U{day}", **data)
    return event | {"time": f"2026-11-{day}T12:00:00+01:00"}


def _plan(world: World) -> tuple[str, str | None]:
    told = _of(world, PLAN)
    return told.state, told.error_code


def test_a_parent_protected_in_the_uppdrag_protects_the_childs_school_in_the_plan(
    world: World,
) -> None:
    world.accept(_uppdrag(world, 12, "sekretessmarkering"), _uppdrag(world, 11, "ingen"))
    world.send(PLAN, **HVB)
    assert _plan(world) == ("with_person", "skyddade_uppgifter")


@pytest.mark.parametrize("close", [{"skydd": "skyddad_folkbokforing"}, {}])
def test_a_contact_protected_in_the_uppdrag_protects_the_childs_school_in_the_plan(
    world: World, close: dict[str, str]
) -> None:
    contact = {"namn": "Mormor Test", "adress": "Testgatan 1", **close}
    world.send("uppdrag.upprattat", kontaktuppgifter=[contact])
    world.send(PLAN, **HVB)
    assert _plan(world) == ("with_person", "skyddade_uppgifter")


def test_a_plan_that_names_the_school_waits_until_the_parents_protection_is_told(
    world: World,
) -> None:
    world.send(PLAN, **HVB)
    assert _plan(world) == ("waiting", None)
    detail = show_delivery(world.bridge, _of(world, PLAN).id)
    assert detail is not None
    assert detail.delivery.waits_for == ("narstaendes_skydd:berattat",)
    world.accept(_uppdrag(world, 12, "ingen"))
    assert _plan(world) == ("ready", None)
    world.work()
    assert HVB_PLAN["skolgang"] in str(world.vendor.sent)


def test_a_plan_without_a_school_waits_for_no_uppdrag(world: World) -> None:
    world.send(PLAN, skolgang=None)
    assert _plan(world) == ("ready", None)


@pytest.mark.parametrize("insatstyp", ["hvb", "familjehem"])
@pytest.mark.parametrize("first", ["plan", "uppdrag"])
def test_a_plan_and_the_uppdrag_that_protects_end_alike_in_either_order(
    world: World, first: str, insatstyp: str
) -> None:
    plan = world.event(PLAN, **{**HVB, "insatstyp": insatstyp})
    uppdrag = _uppdrag(world, 12, "sekretessmarkering")
    world.accept(*((plan, uppdrag) if first == "plan" else (uppdrag, plan)))
    needed = insatstyp == "hvb"
    assert _plan(world) == (("with_person", "skyddade_uppgifter") if needed else ("ready", None))
    detail = show_delivery(world.bridge, _of(world, PLAN).id, reveal=True)
    assert detail is not None
    assert HVB_PLAN["skolgang"] not in str(detail.uppgift)
    assert [one.kod for one in detail.warnings if one.vikt == "lag"] == ["skydd.skolgang"]


@pytest.mark.parametrize("who", ["parent", "child"])
def test_protection_that_is_told_no_more_is_believed_by_no_one_but_a_person(
    world: World, who: str
) -> None:
    if who == "parent":
        world.accept(_uppdrag(world, 11, "skyddad_folkbokforing"))
    else:
        world.send("aktanteckning.skriven", **PROTECTED)
    contact = [{"namn": "Mormor Test", "adress": "Testgatan 1", "skydd": "ingen"}]
    world.accept(_uppdrag(world, 13, "ingen", kontaktuppgifter=contact))
    held = _of(world, "uppdrag.upprattat")
    assert (held.state, held.error_code) == ("with_person", "skydd_havt")
    world.send(PLAN, **HVB, plan_id="P2")
    held = _of(world, PLAN)
    assert (held.state, held.error_code) == ("with_person", "skydd_havt")
    replay_one(world.bridge, held.id, actor="test", reason="skyddet är hävt")
    assert _of(world, PLAN).state == "ready"
    world.work()
    assert HVB_PLAN["skolgang"] in str(world.vendor.sent)


def test_protection_that_is_told_later_stops_what_may_have_reached_the_vendor(
    world: World,
) -> None:
    world.accept(_uppdrag(world, 11, "ingen"))
    world.vendor.trouble.append((Transient("connect_failed"), False))
    world.send(PLAN, **HVB)
    claims = deliver.claim(world.bridge, 10)
    for claim in claims:
        deliver.carry(world.bridge, claim)
    assert _of(world, PLAN).attempts == 1
    world.accept(_uppdrag(world, 13, "sekretessmarkering"))
    held = _of(world, PLAN)
    assert (held.state, held.error_code) == ("with_person", "skydd_andrat")
    told = [one["data"] for one in world.feed() if one["type"].endswith("leverans.misslyckad")]
    assert [(one["leverans_id"], one["felkod"]) for one in told] == [(held.id, "skydd_andrat")]


def test_another_childs_uppdrag_tells_nothing_of_protection(world: World) -> None:
    world.send("aktanteckning.skriven")
    other = {"personnummer": "201601022385", "namn": "Bo Test", "skydd": "ingen"}
    world.accept(_uppdrag(world, 12, "ingen", barn=other))
    world.send(PLAN, **HVB)
    assert _plan(world) == ("waiting", None)
