"""Time limits are told once for each turn they take, and listed without reading any history."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.handbook.frister import Frist as HandbookFrist
from bbic_bridge.handbook.stockholm import STOCKHOLM
from bbic_bridge.services import deadlines
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.queries import show_case
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.deadlines import FristFilter, FristView
from bbic_bridge.settings import Frist
from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.frister import keep_frister
from bbic_bridge.store.notiser import notiser_of_case
from bbic_bridge.store.schema import frister, notiser
from bbic_bridge.store.tx import Tx
from tests.handbook.minsta import BARN, FORALDER
from tests.services.conftest import World
from tests.services.test_vendor_news import change

FAMILJ = {"insatstyp": "kontaktfamilj"}


def on(world: World, day: str) -> None:
    """It is noon of the day in Stockholm."""
    world.clock.now = datetime.fromisoformat(day).replace(hour=12, tzinfo=STOCKHOLM)


def watched(world: World, day: str) -> list[tuple[str, str]]:
    """What the beat of a day tells: (stage, limit)."""
    on(world, day)
    before = len(world.feed())
    deadlines.watch(world.bridge)
    return [
        (event["type"].rpartition(".")[2], event["data"]["frist"])
        for event in world.feed()[before:]
    ]


def listed(world: World, bridge: Bridge | None = None, **wanted: Any) -> list[FristView]:
    return list(deadlines.list_frister(bridge or world.bridge, FristFilter(**wanted)).frister)


def test_a_limit_is_told_of_when_it_draws_near_and_when_it_is_overdue_once_each(
    world: World,
) -> None:
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    assert watched(world, "2026-04-14") == []
    assert watched(world, "2026-04-15") == [("narmar_sig", "ej_verkstallt")]
    assert watched(world, "2026-04-15") == watched(world, "2026-05-15") == []
    assert watched(world, "2026-05-16") == [("overskriden", "ej_verkstallt")]
    assert watched(world, "2026-05-16") == watched(world, "2027-01-01") == []


def test_what_is_told_names_the_limit_and_nobody(world: World) -> None:
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    watched(world, "2026-05-16")
    (told,) = world.told("frist.overskriden")
    assert (told["subject"], told["kommun"]) == ("A-1", "malmo")
    assert told["data"] == {
        "schema_version": 1,
        "frist": "ej_verkstallt",
        "objekt_id": "B1",
        "insatstyp": "kontaktfamilj",
        "vikt": "lag",
        "fran": "2026-02-15",
        "senast": "2026-05-15",
    }
    for person in (BARN, FORALDER):
        assert person["namn"] not in repr(told)
        assert person["personnummer"] not in repr(told)


def test_the_workflow_is_called(world: World) -> None:
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    on(world, "2026-05-16")
    world.woken.clear()
    assert deadlines.watch(world.bridge) == 1
    assert [operation for _, operation in world.woken] == ["notify_workflow"]


def test_a_limit_that_had_passed_when_first_known_is_only_overdue(world: World) -> None:
    on(world, "2026-06-01")
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    assert watched(world, "2026-06-01") == [("overskriden", "ej_verkstallt")]
    assert watched(world, "2026-06-02") == []


def test_what_is_met_is_not_told_of(world: World) -> None:
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    assert watched(world, "2026-04-15") == [("narmar_sig", "ej_verkstallt")]
    world.send("beslut.verkstall", fran="2026-04-20")
    assert ("overskriden", "ej_verkstallt") not in watched(world, "2026-05-16")


def test_a_late_event_settles_what_it_settles(world: World) -> None:
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    watched(world, "2026-05-16")
    world.send("beslut.verkstall", fran="2026-05-10")
    (frist,) = listed(world, koder=("ej_verkstallt",), met=True)
    assert (frist.skede, str(frist.uppfylld), frist.dagar_kvar) == ("uppfylld", "2026-05-10", None)
    assert frist.uppfylld_av is not None
    assert listed(world, koder=("ej_verkstallt",)) == []


def test_two_beats_at_once_tell_once(world: World) -> None:
    for number in range(10):
        world.send("beslut.fattat", arende=f"A-{number}", beslutsdatum="2026-02-15")
    on(world, "2026-05-16")
    with ThreadPoolExecutor(4) as pool:
        told = sum(pool.map(lambda _: deadlines.watch(world.bridge), range(4)))
    assert told == len(world.told("frist.overskriden")) == 10
    assert world.told("frist.narmar_sig") == []


def test_a_limit_that_is_put_off_is_told_of_once_more(world: World) -> None:
    samtycken = {"roll": "vardnadshavare", "namn": "Eva Test"}
    world.send("matchning.samtyckt", samtycken=[{**samtycken, "datum": "2026-03-02"}])
    world.send("uppstartsmote.genomfort", insats_id=None, tid="2026-03-01T10:00:00+01:00")
    assert ("narmar_sig", "uppstartsmote") in watched(world, "2026-03-11")
    world.send("matchning.samtyckt", samtycken=[{**samtycken, "datum": "2026-03-10"}])
    assert ("narmar_sig", "uppstartsmote") not in watched(world, "2026-03-18")
    assert ("narmar_sig", "uppstartsmote") in watched(world, "2026-03-19")


def test_a_last_day_that_moves_with_the_limit_the_same_is_told_of_again(world: World) -> None:
    """The period's end is told by a later word of the same decision."""
    sagt = {"beslutsdatum": "2026-02-15", "fran": "2026-03-01", **FAMILJ}
    told = change(
        "beslut_registrerat",
        at=datetime(2026, 2, 16, 12, tzinfo=UTC),
        arende="A-1",
        data={"beslut_id": "B1", "beslutstyp": "bifall", "till": "2026-08-31", **sagt},
    )
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")
    assert ("overskriden", "fortsatt_bistand") in watched(world, "2026-09-01")
    world.send("beslut.fattat", till="2026-10-31", **sagt)
    assert ("overskriden", "fortsatt_bistand") not in watched(world, "2026-09-02")
    assert ("narmar_sig", "fortsatt_bistand") in watched(world, "2026-10-01")
    assert ("overskriden", "fortsatt_bistand") in watched(world, "2026-11-01")


def test_a_limit_that_goes_and_comes_back_is_not_told_of_twice(world: World) -> None:
    world.send("beslut.verkstall", fran="2026-03-01")
    assert ("overskriden", "genomforandeplan") in watched(world, "2026-04-01")
    never: dict[str, Any] = {"uppfoljning": Frist(), "genomforandeplan": Frist(insatstyper=set())}
    without = replace(
        world.bridge, settings=world.bridge.settings.model_copy(update={"frist": never})
    )
    assert deadlines.remake(without) == 1
    assert "genomforandeplan" not in {frist.kod for frist in listed(world)}
    assert deadlines.remake(world.bridge) == 1
    assert "genomforandeplan" in {frist.kod for frist in listed(world)}
    assert watched(world, "2026-04-01") == []


def test_other_choices_hold_for_every_case_at_once_and_are_laid_on_once(world: World) -> None:
    for number in range(5):
        world.send("beslut.verkstall", arende=f"A-{number}", insatstyp="oppenvard")
    assert deadlines.remake(world.bridge) == 5
    assert deadlines.remake(world.bridge) == 0
    chosen = Frist(insatstyper=frozenset({"oppenvard"}), varna_dagar=10)
    bridge = replace(
        world.bridge,
        settings=world.bridge.settings.model_copy(update={"frist": {"uppfoljning": chosen}}),
    )
    assert listed(world, koder=("uppfoljning",)) == []
    assert deadlines.remake(bridge) == 5
    frister = listed(world, koder=("uppfoljning",))
    assert [str(frist.varna) for frist in frister] == ["2026-08-22"] * 5


def test_making_anew_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "PAGE", 2)
    for number in range(5):
        world.send("beslut.verkstall", arende=f"A-{number}")
    made: list[str] = []

    def interrupted(tx: Tx, kommun: str, arende: str, frister: Iterable[HandbookFrist]) -> None:
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(arende)
        keep_frister(tx, kommun, arende, frister)

    monkeypatch.setattr(deadlines, "keep_frister", interrupted)
    with pytest.raises(KeyboardInterrupt):
        deadlines.remake(world.bridge)
    monkeypatch.setattr(deadlines, "keep_frister", keep_frister)
    assert made == ["A-0", "A-1", "A-2"]
    assert deadlines.remake(world.bridge) == 3


def failing(error: Exception) -> Callable[..., None]:
    """Fails at the case A-1."""

    def fail(tx: Tx, kommun: str, arende: str, frister: Iterable[HandbookFrist]) -> None:
        if arende == "A-1":
            raise error
        keep_frister(tx, kommun, arende, frister)

    return fail


def test_a_case_that_cannot_be_judged_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        world.send("beslut.verkstall", arende=f"A-{number}")
    monkeypatch.setattr(deadlines, "keep_frister", failing(ValueError("Alva Test")))
    assert deadlines.remake(world.bridge) == 3
    assert deadlines.remake(world.bridge) == 0
    told = "".join(capsys.readouterr())
    assert "limits_not_made" in told
    assert "Alva" not in told


def test_a_store_out_of_reach_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        world.send("beslut.verkstall", arende=f"A-{number}")
    monkeypatch.setattr(deadlines, "keep_frister", failing(StoreUnavailable("lost")))
    with pytest.raises(StoreUnavailable):
        deadlines.remake(world.bridge)
    monkeypatch.setattr(deadlines, "keep_frister", keep_frister)
    assert deadlines.remake(world.bridge) == 3


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_arrival_changes_no_limit(world: World, seed: int) -> None:
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("remiss.skickad", {}),
        ("matchning.foreslagen", {"remiss_id": "R1"}),
        ("matchning.samtyckt", {}),
        ("beslut.fattat", {"till": "2026-08-31"}),
        ("beslut.verkstall", {}),
        ("insats.startad", {}),
        ("uppstartsmote.genomfort", {}),
        ("genomforandeplan.faststalld", {}),
        ("uppfoljningsmote.genomfort", {"tid": "2026-07-20T14:00:00+02:00"}),
        ("uppfoljning.dokumenterad", {}),
        ("beslut.fortsatt_bistand", {"till": "2027-02-28"}),
        ("beslut.avslut", {"vardbehov_tillgodosett": False}),
    )
    for arende, order in (("A-1", steps), ("A-2", Random(seed).sample(steps, len(steps)))):
        for typ, data in order:
            event = world.event(typ, arende=arende, **data)
            event["time"] = f"2026-11-20T12:00:{[s[0] for s in steps].index(typ):02}+01:00"
            (result,) = world.accept(event)
            assert result.status == "accepted", result
    ett, annat = (
        [replace(f, arende="", uppfylld_av=None) for f in listed(world, arende=arende, met=True)]
        for arende in ("A-1", "A-2")
    )
    assert ett == annat
    assert len(ett) > 6


def test_today_is_stockholms(world: World) -> None:
    world.send("beslut.fattat", beslutsdatum="2026-02-15")
    world.clock.now = datetime(2026, 5, 15, 21, 59, tzinfo=UTC)
    assert [frist.skede for frist in listed(world)] == ["narmar_sig"]
    world.clock.now += timedelta(minutes=1)
    assert [(frist.skede, frist.dagar_kvar) for frist in listed(world)] == [("overskriden", -1)]


def test_a_decision_first_registered_at_the_vendor_starts_its_clock(world: World) -> None:
    told = change(
        "beslut_registrerat",
        at=world.clock(),
        arende="A-9",
        data={
            "beslut_id": "procapita-7",
            "beslutstyp": "bifall",
            "insatstyp": "oppenvard",
            "beslutsdatum": "2026-02-15",
            "fran": "2026-03-01",
        },
    )
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")
    (frist,) = listed(world, arende="A-9")
    assert (frist.kod, str(frist.senast)) == ("ej_verkstallt", "2026-05-15")


@pytest.mark.parametrize("known_by", ["its number", "a number it replaced"])
def test_a_decision_registered_before_its_case_is_known_starts_its_clock_when_it_is(
    world: World, known_by: str
) -> None:
    samordning = "200904682390"
    barn: dict[str, Any] = {"personnummer": samordning, "namn": "Alva Test", "skydd": "ingen"}
    if known_by == "a number it replaced":
        barn |= {"personnummer": "201605032380", "tidigare_personnummer": [samordning]}
    decision = {
        "beslut_id": "procapita-7",
        "beslutstyp": "bifall",
        "insatstyp": "oppenvard",
        "beslutsdatum": "2026-02-15",
        "fran": "2026-03-01",
    }
    told = change("beslut_registrerat", at=world.clock(), person=samordning, data=decision)
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")
    assert listed(world, arende="A-9") == []
    world.send("aktanteckning.skriven", arende="A-8")
    world.send("aktanteckning.skriven", arende="A-9", barn=barn)
    (frist,) = listed(world, arende="A-9")
    assert (frist.kod, str(frist.senast)) == ("ej_verkstallt", "2026-05-15")
    case = show_case(world.bridge, "A-9")
    assert case is not None
    assert "beslut_registrerat:procapita-7" in case.facts
    world.vendor.tell(told)
    sync_kommun(world.bridge, "malmo")
    (once,) = world.told("beslut.registrerat")
    assert "subject" not in once
    world.send("aktanteckning.skriven", arende="A-10", barn=barn)
    assert listed(world, arende="A-10") == []


def test_only_lag_and_ska_need_a_person(world: World) -> None:
    world.send("uppstartsmote.genomfort", insats_id=None, tid="2026-03-01T10:00:00+01:00")
    found = deadlines.list_frister(world.bridge, FristFilter())
    assert [(frist.vikt, frist.skede) for frist in found.frister] == [("bor", "overskriden")]
    assert not found.needs_person
    world.send("beslut.fattat", arende="A-2", beslutsdatum="2025-11-15")
    found = deadlines.list_frister(world.bridge, FristFilter(limit=1))
    assert (len(found.frister), found.more, found.needs_person) == (1, True, True)
    assert not deadlines.list_frister(world.bridge, FristFilter(arende="A-1")).needs_person


@pytest.fixture
def asked(world: World) -> Callable[[], list[str]]:
    """The statements that were sent to the database since it was last asked."""
    sent: list[str] = []
    engine = world.bridge.store._engine
    sa.event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))

    def since() -> list[str]:
        seen = [one for one in sent if one.upper().lstrip().startswith(("SELECT", "WITH"))]
        sent.clear()
        return seen

    return since


def test_listing_reads_the_kept_limits_and_nothing_else(
    world: World, asked: Callable[[], list[str]]
) -> None:
    for number in range(20):
        world.send("beslut.fattat", arende=f"A-{number}", beslutsdatum="2025-11-15")
    asked()
    assert len(listed(world, met=True)) == 20
    statements = asked()
    assert len(statements) == 2
    for statement in statements:
        assert "FROM frister" in statement.replace("\n", " ").replace("  ", " ")
        for other in ("notiser", "events", "cases", "feed", "deliveries"):
            assert other not in statement


def test_a_case_from_before_anything_was_remembered_gets_its_limits(world: World) -> None:
    world.send("beslut.fattat")
    world.send("aktanteckning.skriven")
    world.send("insats.startad", barn={**BARN, "personnummer": "201601022385"})
    with world.bridge.store.read() as tx:
        as_before = [row for row, *_ in notiser_of_case(tx, "malmo", "A-1")]
    assert len(as_before) == 1

    def forget(tx: Tx) -> None:
        for table in (notiser, frister):
            tx.connection.execute(sa.delete(table))

    world.bridge.store.write(forget)
    assert deadlines.remake(world.bridge) == 1
    with world.bridge.store.read() as tx:
        assert [row for row, *_ in notiser_of_case(tx, "malmo", "A-1")] == as_before
        kinds = tx.connection.scalars(sa.select(frister.c.kod)).all()
    assert "ej_verkstallt" in kinds
