"""The quarter's draft on ej verkställda beslut over real cases, in both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bbic_bridge.handbook.frister.evb import Kvartal
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.services import evb
from bbic_bridge.services.evb import EvbDraft, EvbView
from bbic_bridge.services.masking import MASK
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.watch import lage_of
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.locks import CaseKey
from bbic_bridge.store.tx import Tx
from tests.services.conftest import World
from tests.services.test_vendor_news import change

Q3 = Kvartal(2026, 3)
WORDS = "Familjen Berg flyttade."


@pytest.fixture
def late(world: World) -> World:
    """A world in the last days of 2026Q4."""
    world.clock.now = datetime(2026, 12, 20, 8, tzinfo=UTC)
    return world


def decide(world: World, dag: str, arende: str = "A-1", **data: Any) -> None:
    world.send("beslut.fattat", arende=arende, beslutsdatum=dag, fran=dag, **data)


def execute(world: World, fran: str, arende: str = "A-1", **data: Any) -> None:
    world.send("beslut.verkstall", arende=arende, fran=fran, **data)


def drafted(world: World, *kommuner: str, kvartal: Kvartal = Q3) -> EvbDraft:
    return evb.draft(world.bridge, kvartal, kommuner)


def only(world: World) -> EvbView:
    (view,) = drafted(world).individer
    return view


def test_a_decision_that_waits_is_drafted(late: World) -> None:
    decide(late, "2026-02-10")
    decide(late, "2026-09-01", arende="A-2")
    view = only(late)
    assert (view.kommun, view.arende, view.rad.status) == ("malmo", "A-1", "ej_verkstallt")
    assert (view.bekraftat, view.skal) == (None, ())
    assert drafted(late).per == Q3.sista


def test_the_draft_of_a_running_quarter_is_of_today(late: World) -> None:
    decide(late, "2026-09-19")
    assert drafted(late, kvartal=Kvartal(2026, 4)).per.isoformat() == "2026-12-20"
    assert [v.arende for v in drafted(late, kvartal=Kvartal(2026, 4)).individer] == ["A-1"]


def test_execution_is_confirmed_when_it_is_read_back(late: World) -> None:
    decide(late, "2026-02-10")
    execute(late, "2026-08-01")
    assert only(late).bekraftat is False
    late.work()
    assert late.states() == {"registrera_beslut": "verified", "verkstall_beslut": "verified"}
    assert (only(late).rad.status, only(late).bekraftat) == ("verkstallt", True)


def test_the_first_execution_does_not_confirm_the_one_after_an_interruption(late: World) -> None:
    decide(late, "2026-01-10")
    execute(late, "2026-02-01")
    late.work()
    late.send("beslut.avbrott", datum="2026-04-01")
    execute(late, "2026-08-01")
    assert (only(late).rad.status, only(late).bekraftat) == ("verkstallt", False)


def test_an_execution_that_the_vendor_tells_of_is_confirmed_by_that(late: World) -> None:
    decide(late, "2026-02-10")
    late.vendor.tell(
        change(
            "beslut_verkstallt",
            at=late.clock(),
            arende="A-1",
            data={"beslut_id": "B1", "insats_id": "I1", "fran": "2026-08-01"},
        )
    )
    assert sync_kommun(late.bridge, "malmo").emitted == 1
    assert (only(late).rad.status, only(late).bekraftat) == ("verkstallt", True)


def test_people_s_words_are_masked_until_revealed_and_that_is_audited(late: World) -> None:
    decide(late, "2026-01-10")
    execute(late, "2026-02-01")
    late.send("beslut.avbrott", datum="2026-05-01", orsak=WORDS)
    decide(late, "2026-02-10", arende="A-2")
    shown = drafted(late)
    (skal,) = shown.individer[0].skal
    assert (skal.falt, skal.dag.isoformat(), skal.text) == ("orsak", "2026-05-01", MASK)
    assert WORDS not in repr(shown)

    plain = evb.revealed(late.bridge, "cli:eva", "rapport till IVO", shown)
    assert plain.individer[0].skal[0].text == WORDS
    assert plain.individer[1].skal == ()
    with late.bridge.store.read() as tx:
        (act,) = audit_of(tx, "A-1")
        assert (act["actor"], act["action"]) == ("cli:eva", "reveal")
        assert act["details"] == {"reason": "rapport till IVO"}
        assert audit_of(tx, "A-2") == []


def test_the_reason_of_a_part_is_that_of_its_execution(late: World) -> None:
    decide(late, "2026-02-10")
    execute(late, "2026-04-01", delvis=True, skal=WORDS)
    shown = evb.revealed(late.bridge, "cli:eva", "rapport", drafted(late))
    assert [(skal.falt, skal.text) for skal in shown.individer[0].skal] == [("skal", WORDS)]


def test_every_page_of_cases_is_read(late: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evb, "PAGE", 2)
    for kommun in ("lund", "malmo"):
        for number in range(5):
            late.send(
                "beslut.fattat", arende=f"A-{number}", kommun=kommun, beslutsdatum="2026-02-10"
            )
    found = [(view.kommun, view.arende) for view in drafted(late).individer]
    assert found == [(k, f"A-{number}") for k in ("lund", "malmo") for number in range(5)]
    assert {view.kommun for view in drafted(late, "lund").individer} == {"lund"}


def test_statistics_are_told_kommun_by_kommun(late: World) -> None:
    decide(late, "2026-02-10")
    counts = {name: told[0].antal for name, told in drafted(late).statistik.items()}
    assert counts == {"lund": 0, "malmo": 1}
    assert list(drafted(late, "malmo").statistik) == ["malmo"]


@pytest.mark.parametrize(
    ("now", "kvartal"),
    [("2026-09-30T21:59:00", "2026Q2"), ("2026-09-30T22:01:00", "2026Q3")],
)
def test_quarters_turn_at_swedish_midnight(world: World, now: str, kvartal: str) -> None:
    world.clock.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert f"{evb.last_ended(world.bridge)}" == kvartal
    assert evb.has_begun(world.bridge, Kvartal(2026, 4)) is (kvartal == "2026Q3")


def test_only_cases_with_something_to_report_are_read(
    late: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(late, "2026-02-10")
    decide(late, "2026-09-01", arende="A-2")
    decide(late, "2026-01-10", arende="A-3")
    execute(late, "2026-05-01", arende="A-3")
    decide(late, "2026-06-20", arende="A-4")
    late.send("insats.avsluta", arende="A-4", slutdatum="2026-07-01")
    late.send("matchning.samtyckt", arende="A-5")
    decide(late, "2026-08-01", arende="A-6")
    execute(late, "2026-12-01", arende="A-6")
    read: list[CaseKey] = []

    def remembering(tx: Tx, kommun: str, arende: str) -> Lage:
        read.append((kommun, arende))
        return lage_of(tx, kommun, arende)

    monkeypatch.setattr(evb, "lage_of", remembering)
    drafted(late)
    assert read == [("malmo", "A-1")]
