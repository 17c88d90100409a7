"""The feed: a sequence without gaps, and nothing readable in the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bbic_bridge.delivery.errors import Rejected
from bbic_bridge.services import queries, upkeep
from bbic_bridge.services.masking import MASK
from bbic_bridge.services.tell import tell
from bbic_bridge.store.tx import Tx
from tests.services.conftest import World


def say(world: World, number: int) -> None:
    def job(tx: Tx) -> None:
        tell(
            world.bridge,
            tx,
            "avvikelse.upptackt",
            kommun="malmo" if number % 2 else "lund",
            arende="A-1",
            data={"nummer": number},
            because=(str(number),),
        )

    world.bridge.store.write(job)


def test_a_poller_sees_every_event_once_whatever_the_order_of_commits(world: World) -> None:
    seen: list[int] = []
    cursor: str | None = None
    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(say, world, number) for number in range(100)]
        while len(seen) < 100:
            page = queries.feed(world.bridge, cursor, 7, ("*",), reveal=True)
            cursor = page.cursor
            seen += [event["data"]["nummer"] for event in page.events]
        for one in told:
            one.result()
    assert sorted(seen) == list(range(100))


def test_the_same_cause_is_told_once(world: World) -> None:
    say(world, 1)
    say(world, 1)
    assert len(world.feed()) == 1


def test_a_page_holds_only_the_kommuner_asked_for(world: World) -> None:
    for number in range(4):
        say(world, number)
    page = queries.feed(world.bridge, None, 10, ("lund",))
    assert {event["kommun"] for event in page.events} == {"lund"}


TEXTS = {
    "text": "Kanariefågeln sjunger",
    "rubrik": "Samtal om kanariefågeln",
    "forfattare": "Kim Kanarie",
    "handlaggare": "Kim Kanarie",
    "roll": "kanarieskötare",
    "orsak": "Kanariefågeln flyttar",
    "mal": [{"mal_id": "M1", "text": "En kanariefågel"}],
    "nytt_falt": "kanarie",
}
IDS = {
    "anteckning_id": "AN1",
    "uppdrag_id": "U1",
    "datum": "2026-03-02",
    "tid": "2026-03-02T08:00Z",
}


def test_what_may_be_text_is_for_the_workflow_alone(world: World) -> None:
    def job(tx: Tx) -> None:
        said: dict[str, Any] = {
            "kommun": "malmo",
            "arende": "A-1",
            "data": {**IDS, **TEXTS},
            "because": ("x",),
        }
        tell(world.bridge, tx, "aktanteckning.inkommen", **said)

    world.bridge.store.write(job)
    (whole,) = queries.feed(world.bridge, None, 10, ("*",), reveal=True).events
    assert {**IDS, **TEXTS}.items() <= whole["data"].items()
    (shown,) = queries.feed(world.bridge, None, 10, ("*",)).events
    assert "anarie" not in str(shown)
    assert IDS.items() <= shown["data"].items()
    assert shown["data"]["mal"] == [{"mal_id": "M1", "text": MASK}]
    outside = {name: value for name, value in whole.items() if name != "data"}
    assert outside.items() <= shown.items()


def test_what_the_bridge_says_of_itself_is_masked_for_nobody(world: World) -> None:
    world.send("beslut.verkstall")
    world.clock.forward(15 * 86_400)
    upkeep.report_waiting(world.bridge)
    world.vendor.trouble.append((Rejected("EJ_TILLATET", reason="Kim"), False))
    world.send("beslut.fattat")
    world.work()
    shown = queries.feed(world.bridge, None, 10, ("*",)).events
    assert {event["type"] for event in shown} >= {
        "se.bbic.avvikelse.upptackt",
        "se.bbic.leverans.misslyckad",
    }
    assert shown == queries.feed(world.bridge, None, 10, ("*",), reveal=True).events


def test_a_cursor_beyond_the_end_is_refused_not_waited_for(world: World) -> None:
    """A restored database has given fewer numbers than the poller has seen."""
    say(world, 1)
    page = queries.feed(world.bridge, None, 10, ("*",))
    assert queries.feed(world.bridge, page.cursor, 10, ("*",)).events == ()
    with pytest.raises(ValueError, match="beyond"):
        queries.feed(world.bridge, str(int(page.cursor) + 1), 10, ("*",))


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 30, "1.5", ""])
def test_a_cursor_of_somebody_elses_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        queries.feed(world.bridge, cursor, 10, ("*",))


def test_what_waits_too_long_is_told_once(world: World) -> None:
    world.send("beslut.verkstall")
    world.clock.forward(15 * 86_400)
    assert upkeep.report_waiting(world.bridge) == 1
    assert upkeep.report_waiting(world.bridge) == 1
    (told,) = world.told("avvikelse.upptackt")
    assert told["data"]["vantar_pa"] == ["beslut_registrerat:B1"]


def test_the_database_file_shows_no_name_number_or_text(world: World) -> None:
    if not world.bridge.settings.sqlalchemy_url().startswith("sqlite"):
        return
    world.send("aktanteckning.skriven", text="Kanariefågeln sjunger")
    world.work()
    path = Path(world.bridge.settings.sqlalchemy_url().removeprefix("sqlite:///"))
    world.bridge.close()
    raw = b"".join(file.read_bytes() for file in path.parent.glob("bridge.db*"))
    for secret in ("Kanarief", "Alva", "202001012398"):
        assert secret.encode() not in raw
