"""A row that cannot be read: parked for a person, in nobody's way, and seen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.delivery.errors import Ambiguous, Contract, Transient
from bbic_bridge.delivery.ports import WEBHOOK, Unreadable, VendorChange
from bbic_bridge.services import fetching, parking, queries
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.changes import SyncReport
from bbic_bridge.services.webhooks import accept_webhook
from bbic_bridge.settings import Kommun
from bbic_bridge.store.audit import audit_of
from tests.services.conftest import World
from tests.services.test_vendor_news import decision_row, resource

WHERE = "profile procapita/egen, message andring/uppdrag_mottaget, field data.datum: is missing"
NUMBER = "201801052398"


def bad(**changed: Any) -> Unreadable:
    row = Unreadable(
        row="andring:2",
        kind="uppdrag_mottaget",
        stream="changes",
        code="breaks_contract",
        where=WHERE,
        raw=b"<Andring>Kanariefageln</Andring>",
        beside=b"{}",
    )
    return replace(row, **changed)


def fetch(world: World) -> SyncReport:
    return sync_kommun(world.bridge, "malmo")


def parked(world: World) -> list[tuple[str, str, str]]:
    return [(one.id, one.kind, one.where) for one in fetching.list_parked(world.bridge)]


def read_by_now(world: World, vendor_id: str = "9", **options: Any) -> VendorChange:
    return replace(resource(world, vendor_id=vendor_id, **options), row="andring:2")


def test_one_bad_row_stops_no_other_and_the_watermark_moves(world: World) -> None:
    world.vendor.tell(resource(world), bad(), resource(world, vendor_id="78"))
    first = fetch(world)
    assert (first.emitted, first.parked) == (2, 1)
    (problem,) = first.problems
    assert (problem.stream, problem.code, problem.where) == ("changes", "breaks_contract", WHERE)
    assert len(world.told("resurs.registrerad")) == 2
    assert parked(world) == [("andring:2", "uppdrag_mottaget", WHERE)]
    assert fetch(world) == SyncReport("malmo")


def test_the_same_row_is_parked_once(world: World) -> None:
    world.vendor.tell(bad(), bad())
    world.vendor.tell(bad())
    report = fetch(world)
    assert (report.parked, report.known, len(report.problems)) == (1, 2, 1)
    assert len(parked(world)) == 1


def test_a_newer_version_that_cannot_be_read_either_is_news_and_replaces_it(world: World) -> None:
    world.vendor.tell(bad())
    fetch(world)
    world.vendor.tell(bad(raw=b"<Andring/>", where="profile p, message m, field other: is missing"))
    assert fetch(world).parked == 1
    assert parked(world) == [
        ("andring:2", "uppdrag_mottaget", "profile p, message m, field other: is missing")
    ]
    world.vendor.mended[b"<Andring/>"] = read_by_now(world)
    assert fetch(world).emitted == 1
    assert parked(world) == []


def test_when_the_mapping_is_mended_it_is_taken_in_like_any_other_once(world: World) -> None:
    world.vendor.tell(bad())
    fetch(world)
    assert fetch(world).emitted == 0
    world.vendor.mended[bad().raw] = read_by_now(world)
    assert fetch(world).emitted == 1
    assert parked(world) == []
    world.vendor.tell(read_by_now(world))
    assert fetch(world).known == 1
    assert len(world.told("resurs.registrerad")) == 1


def test_what_turns_out_to_be_no_news_is_parked_no_more(world: World) -> None:
    world.vendor.tell(bad())
    fetch(world)
    world.vendor.mended[bad().raw] = None
    assert fetch(world).read == 0
    assert parked(world) == []


@pytest.mark.parametrize("silent", [False, True])
def test_a_later_version_that_can_be_read_replaces_it(world: World, silent: bool) -> None:
    world.vendor.tell(bad(), bad(row="andring:3", raw=b"3"))
    fetch(world)
    if silent:
        world.vendor.tell(silent=("andring:2",))
    else:
        world.vendor.tell(read_by_now(world))
    fetch(world)
    assert [name for name, _, _ in parked(world)] == ["andring:3"]


def test_a_mended_mapping_may_stumble_further_on(world: World) -> None:
    world.vendor.tell(bad())
    fetch(world)
    further = bad(where="profile p, message m, field later: is missing")
    world.vendor.mended[bad().raw] = further
    assert fetch(world).parked == 0
    assert [where for _, _, where in parked(world)] == [further.where]


def test_rows_without_an_id_are_told_apart_by_what_they_hold(world: World) -> None:
    world.vendor.tell(bad(row=None), bad(row=None, raw=b"other"), bad(row=None))
    assert fetch(world).parked == 2
    names = [name for name, _, _ in parked(world)]
    assert len(set(names)) == 2
    assert all(name.startswith("okand:") for name in names)


def test_one_that_does_not_open_stops_no_other(world: World) -> None:
    world.vendor.tell(bad(), bad(row="andring:3", raw=b"3"))
    fetch(world)
    damage = "UPDATE vendor_changes SET payload = NULL WHERE key = 'andring:2'"
    world.bridge.store.write(lambda tx: tx.connection.exec_driver_sql(damage) and None)
    world.vendor.mended = {bad().raw: read_by_now(world), b"3": read_by_now(world, "10")}
    assert fetch(world).emitted == 1
    assert [name for name, _, _ in parked(world)] == ["andring:2"]


def test_many_are_all_tried_again(world: World) -> None:
    rows = [bad(row=f"andring:{n}", raw=f"{n}".encode()) for n in range(1200)]
    world.vendor.tell(*rows)
    assert fetch(world).parked == 1200
    for row in rows:
        world.vendor.mended[row.raw] = None
    fetch(world)
    assert parked(world) == []


def test_nothing_of_the_row_can_be_read_in_the_database_or_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    log = SimpleNamespace(warning=lambda event, **fields: logged.append(f"{event} {fields}"))
    monkeypatch.setattr(parking, "log", log)
    named = f"profile p, message andring, field <P{NUMBER}>: is unknown in the schema"
    world.vendor.tell(bad(where=named, beside=NUMBER.encode()))
    fetch(world)
    assert [where for _, _, where in parked(world)] == [""]
    (line,) = logged
    assert line.startswith("change_parked")
    assert NUMBER not in line
    if world.bridge.settings.sqlalchemy_url().startswith("sqlite"):
        path = Path(world.bridge.settings.sqlalchemy_url().removeprefix("sqlite:///"))
        raw = b"".join(file.read_bytes() for file in path.parent.glob("bridge.db*"))
        assert b"andring:2" in raw
        assert b"Kanariefageln" not in raw
        assert NUMBER.encode() not in raw


def test_a_webhook_is_accepted_when_each_of_its_changes_is_stored(world: World) -> None:
    told = (
        resource(world),
        bad(stream=WEBHOOK),
        resource(world, vendor_id="78"),
    )
    world.vendor.webhooks[b"body"] = told

    def tell() -> str:
        return accept_webhook(world.bridge, "malmo", "procapita", "msg_1", b"body").status

    assert (tell(), tell()) == ("accepted", "duplicate")
    assert len(world.told("resurs.registrerad")) == 2
    (view,) = fetching.list_parked(world.bridge, "malmo")
    assert (view.stream, view.system) == (WEBHOOK, "procapita")
    world.vendor.mended[bad().raw] = read_by_now(world)
    fetch(world)
    assert len(world.told("resurs.registrerad")) == 3
    assert parked(world) == []


def test_a_webhook_too_replaces_what_was_parked(world: World) -> None:
    world.vendor.tell(bad())
    fetch(world)
    world.vendor.webhooks[b"body"] = (read_by_now(world),)
    accept_webhook(world.bridge, "malmo", "procapita", "msg_1", b"body")
    assert parked(world) == []


def test_giving_up_is_audited_and_forgets_what_the_row_held(world: World) -> None:
    world.vendor.tell(bad())
    fetch(world)

    def give_up(kommun: str | None) -> list[str]:
        return parking.give_up(world.bridge, "andring:2", kommun, actor="cli:x", reason="gjort")

    sync_kommun(world.bridge, "lund")
    assert give_up(None) == ["lund", "malmo"]
    assert len(parked(world)) == 2
    assert give_up("malmo") == ["malmo"]
    assert give_up("malmo") == []
    with world.bridge.store.read() as tx:
        (act,) = audit_of(tx, "andring:2")
        held = "SELECT payload FROM vendor_changes WHERE kommun = 'malmo'"
        assert tx.connection.exec_driver_sql(held).scalar_one() is None
    assert (act["actor"], act["details"]["reason"]) == ("cli:x", "gjort")
    world.vendor.mended[bad().raw] = read_by_now(world)
    assert fetch(world).emitted == 0


# What is seen of it


def test_parked_rows_are_counted_per_kommun(world: World) -> None:
    assert queries.status(world.bridge).parked_changes == {"malmo": 0, "lund": 0}
    world.vendor.tell(bad(), bad(row="andring:3", raw=b"3"), bad(row=None, where="other"))
    fetch(world)
    assert queries.status(world.bridge).parked_changes == {"malmo": 3, "lund": 0}
    heaps = [(heap.kommun, heap.where, heap.rows) for heap in fetching.parked_heaps(world.bridge)]
    assert sorted(heaps) == [("malmo", "other", 1), ("malmo", WHERE, 2)]
    assert list(fetching.list_parked(world.bridge, "lund")) == []


def problems(world: World) -> list[tuple[str, str, str, str]]:
    found = queries.status(world.bridge).sync_problems
    return [(one.kommun, one.stream, one.code, one.where) for one in found]


def test_a_failed_pass_is_remembered_until_one_ends_well(world: World) -> None:
    world.vendor.tell(resource(world))
    world.vendor.silence = Contract("breaks_contract", reason="Kim", where=WHERE)
    assert fetch(world).emitted == 1
    assert problems(world) == [("malmo", "changes", "breaks_contract", WHERE)]
    world.vendor.silence = Transient("connect_failed", reason="Kim")
    fetch(world)
    assert problems(world) == [("malmo", "changes", "connect_failed", "")]
    world.vendor.silence = None
    fetch(world)
    assert problems(world) == []


def test_the_lag_counts_from_the_last_pass_that_reached_the_end(world: World) -> None:
    fetch(world)
    world.clock.forward(100)
    world.vendor.tell(resource(world))
    world.vendor.silence = Transient("connect_failed")
    fetch(world)
    assert queries.status(world.bridge).sync_lag_s == {"malmo": 100}


@pytest.mark.parametrize(("after_s", "code"), [(300, None), (301, "late")])
def test_a_stream_is_late_after_five_intervals(
    world: World, after_s: int, code: str | None
) -> None:
    fetch(world)
    world.clock.forward(after_s)
    assert [one[2] for one in problems(world)] == ([code] if code else [])


def test_a_stream_that_was_never_read_shows(world: World) -> None:
    world.vendor.silence = Transient("connect_failed")
    fetch(world)
    world.clock.forward(400)
    assert queries.status(world.bridge).sync_lag_s == {"malmo": 400}
    forget = "UPDATE watermarks SET failed_code = NULL"
    world.bridge.store.write(lambda tx: tx.connection.exec_driver_sql(forget) and None)
    assert problems(world) == [("malmo", "changes", "never_read", "")]


def test_a_stream_begins_when_it_is_first_seen_whenever_it_can_be_read(world: World) -> None:
    world.vendor.start = "0"
    world.vendor.silence = Transient("connect_failed")
    fetch(world)
    # Later the vendor would begin elsewhere: what came in between would be missed.
    world.vendor.start = "1"
    world.vendor.tell(resource(world))
    world.vendor.silence = None
    assert fetch(world).emitted == 1


# A kommun that changes its system


@pytest.fixture
def changed(world: World) -> Iterator[Bridge]:
    """The same database when the kommun has got another system."""
    treserva = Kommun(system="treserva", write_url="-", read_url="-")
    settings = world.bridge.settings.model_copy(update={"kommun": {"malmo": treserva}})
    bridge = bootstrap(settings, clock=world.clock, systems=lambda _: world.vendor)
    yield bridge
    bridge.close()


def test_a_held_change_of_the_earlier_system_is_told_as_its_own(
    world: World, changed: Bridge
) -> None:
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.vendor.deaf = Transient("connect_failed")
    world.send("beslut.fattat")
    world.work()
    world.vendor.tell(decision_row(world))
    assert fetch(world).held == 1
    world.vendor.deaf = None
    world.bridge.store.write(
        lambda tx: (
            tx.connection.exec_driver_sql("UPDATE deliveries SET state = 'cancelled'") and None
        )
    )
    world.vendor.pages = []
    assert sync_kommun(changed, "malmo").emitted == 1
    assert sync_kommun(changed, "malmo").read == 0
    (told,) = world.told("beslut.registrerat")
    assert told["data"]["system"] == "procapita"


def test_of_the_earlier_system_what_is_parked_stays_on_show_and_its_streams_do_not(
    world: World, changed: Bridge
) -> None:
    world.vendor.tell(bad())
    world.vendor.silence = Transient("connect_failed")
    fetch(world)
    world.vendor.pages, world.vendor.silence = [], None
    world.vendor.mended[bad().raw] = read_by_now(world)
    sync_kommun(changed, "malmo")
    status = queries.status(changed)
    assert (status.parked_changes, status.sync_problems) == ({"malmo": 1}, ())
