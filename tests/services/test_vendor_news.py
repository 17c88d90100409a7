"""From the vendor: each change reaches the workflow once, and our own writes never do."""

from typing import Any

from bbic_bridge.delivery.errors import Ambiguous, Transient
from bbic_bridge.delivery.ports import Link, VendorChange
from bbic_bridge.services.sync import sync_kommun
from tests.handbook.minsta import BARN
from tests.services.conftest import World


def change(kind: str, **options: Any) -> VendorChange:
    vendor_id = str(options.get("vendor_id", "77"))
    return VendorChange(
        key=options.get("key", f"{kind}:{vendor_id}"),
        kind=kind,
        vendor_id=vendor_id,
        arende=options.get("arende"),
        person=options.get("person"),
        reference=options.get("reference"),
        at=options["at"],
        data=options.get("data", {}),
        links=options.get("links", ()),
    )


def resource(world: World, **options: Any) -> VendorChange:
    data = {"resurs_id": "R1"}
    return change("resurs_registrerad", at=world.clock(), arende="A-1", data=data, **options)


def test_a_change_reaches_the_feed_once_however_it_comes(world: World) -> None:
    world.vendor.tell(resource(world))
    world.vendor.tell(resource(world))
    first = sync_kommun(world.bridge, "malmo")
    second = sync_kommun(world.bridge, "malmo")
    assert (first.emitted, first.known, second.read) == (1, 1, 0)
    (told,) = world.told("resurs.registrerad")
    assert told["subject"] == "A-1"
    assert told["data"]["resurs_id"] == "R1"


def test_a_fact_from_the_vendor_releases_what_waited(world: World) -> None:
    for typ in ("beslut.fattat", "beslut.verkstall", "resurs.tilldela"):
        world.send(typ)
    world.work()
    waits = world.delivery("tilldela_resurs").waits_for
    assert [one.partition(":")[0] for one in waits] == ["resurs_registrerad"]
    resurs_id = waits[0].partition(":")[2]
    told = change(
        "resurs_registrerad", at=world.clock(), arende="A-2", data={"resurs_id": resurs_id}
    )
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")
    world.work()
    assert world.states()["tilldela_resurs"] == "verified"


def test_what_bears_our_reference_is_not_echoed(world: World) -> None:
    world.send("beslut.fattat")
    world.work()
    reference = world.delivery("registrera_beslut").id
    world.vendor.tell(
        change("beslut_registrerat", at=world.clock(), arende="A-1", reference=reference)
    )
    assert sync_kommun(world.bridge, "malmo").own == 1
    assert world.told("beslut.registrerat") == []


def test_a_row_that_holds_only_the_vendors_id_is_recognised_as_ours(world: World) -> None:
    world.send("beslut.fattat")
    world.work()
    vendor_id = f"V-{world.delivery('registrera_beslut').id}"
    row = change(
        "beslut_registrerat",
        at=world.clock(),
        vendor_id=vendor_id,
        links=(Link("beslut", "", vendor_id),),
    )
    world.vendor.tell(row)
    assert sync_kommun(world.bridge, "malmo").own == 1
    assert world.told("beslut.registrerat") == []


def decision_row(world: World) -> VendorChange:
    return change(
        "beslut_registrerat",
        at=world.clock(),
        vendor_id="4711",
        person=BARN["personnummer"],
        links=(Link("beslut", "", "4711"),),
    )


def test_a_row_that_may_be_ours_is_held_until_the_delivery_is_resolved(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat")
    world.work()
    world.vendor.tell(decision_row(world))
    assert sync_kommun(world.bridge, "malmo").held == 1
    assert sync_kommun(world.bridge, "malmo").held == 0
    assert world.told("beslut.registrerat") == []
    world.vendor.deaf = None
    for _ in range(4):
        world.clock.forward(20)
        world.work()
    assert world.states() == {"registrera_beslut": "verified"}
    assert len(world.told("beslut.registrerat")) == 1


def test_a_decision_first_made_at_the_vendor_finds_its_case_by_the_child(world: World) -> None:
    world.send("arende.aktualiserat")
    world.vendor.tell(decision_row(world))
    sync_kommun(world.bridge, "malmo")
    (told,) = world.told("beslut.registrerat")
    assert told["subject"] == "A-1"
    assert told["data"]["beslut_id"] == "procapita-4711"
    world.send("beslut.verkstall", beslut_id="procapita-4711")
    world.work()
    assert world.states() == {"verkstall_beslut": "verified"}
    assert world.vendor.sent[-1].vendor_ids["beslut", "procapita-4711"] == "4711"


def test_a_child_with_two_cases_is_not_guessed_at(world: World) -> None:
    world.send("arende.aktualiserat", arende="A-1")
    world.send("arende.aktualiserat", arende="A-2")
    world.vendor.tell(decision_row(world))
    sync_kommun(world.bridge, "malmo")
    (told,) = world.told("beslut.registrerat")
    assert "subject" not in told
    assert told["data"]["arende_kandidater"] == ["A-1", "A-2"]


def test_sync_goes_on_from_the_last_page_it_stored(world: World) -> None:
    world.vendor.tell(resource(world))
    sync_kommun(world.bridge, "malmo")
    world.vendor.tell(resource(world, vendor_id="78"))
    report = sync_kommun(world.bridge, "malmo")
    assert (report.read, report.emitted) == (1, 1)


def test_a_row_is_held_when_any_case_of_the_child_may_have_made_it(world: World) -> None:
    world.send("arende.aktualiserat", arende="A-2")
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat", arende="A-1")
    world.work()
    world.vendor.tell(decision_row(world))
    assert sync_kommun(world.bridge, "malmo").held == 1


def test_a_row_behind_what_needs_a_person_is_held_too(world: World) -> None:
    world.vendor.lookup = "none"
    world.vendor.trouble.append((Ambiguous("read_timeout"), True))
    world.send("beslut.fattat")
    world.work()
    world.vendor.tell(decision_row(world))
    assert sync_kommun(world.bridge, "malmo").held == 1


def test_another_thing_like_ours_is_news(world: World) -> None:
    for typ in ("beslut.fattat", "beslut.verkstall"):
        world.send(typ)
    world.work()
    again = change(
        "beslut_verkstallt",
        at=world.clock(),
        vendor_id="99",
        arende="A-1",
        data={"beslut_id": "B1"},
        links=(Link("verkstallighet", "", "99"),),
    )
    world.vendor.tell(again)
    assert sync_kommun(world.bridge, "malmo").emitted == 1


def test_one_held_change_that_does_not_open_stops_no_other(world: World) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat")
    world.work()
    world.vendor.tell(decision_row(world))
    sync_kommun(world.bridge, "malmo")
    world.bridge.store.write(
        lambda tx: (
            tx.connection.exec_driver_sql("UPDATE vendor_changes SET payload = NULL") and None
        )
    )
    world.vendor.deaf = None
    world.send("aktanteckning.skriven", arende="A-3")
    for _ in range(3):
        world.clock.forward(60)
        world.work()
    assert world.states("A-3") == {"skapa_aktanteckning": "verified"}


def test_an_arende_that_is_a_personnummer_is_not_believed(world: World) -> None:
    told = change(
        "uppdrag_mottaget", at=world.clock(), arende="20140101-2396", data={"uppdrag_id": "U1"}
    )
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")
    (event,) = world.told("uppdrag.mottaget")
    assert "20140101-2396" not in str(event)
