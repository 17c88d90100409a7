"""What a world has become is what its history makes of a new one, up to any of its lines."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbic_bridge.sandbox import SandboxConfig
from bbic_bridge.sandbox.again import remember
from bbic_bridge.sandbox.changes import KINDS
from bbic_bridge.sandbox.history import History, HistoryUnusable
from bbic_bridge.sandbox.register import Tabell
from bbic_bridge.sandbox.world import World
from tests.sandbox.conftest import WEBHOOK_SECRET
from tests.sandbox.inprocess import client
from tests.sandbox.messages_treserva import BODIES
from tests.sandbox.vendors import Procapita, Treserva

BEGAN = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
PLACES = (("procapita", "malmo"), ("treserva", "exempel"))
CONFIG = SandboxConfig(webhooks_to="http://127.0.0.1:1", webhook_secrets={"malmo": WEBHOOK_SECRET})
Step = Callable[[httpx.Client], object]


@dataclass
class Ticking:
    """A clock that never says the same twice."""

    now: datetime = BEGAN

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=7)
        return self.now


@contextmanager
def world_of(path: Path, clock: Ticking) -> Iterator[World]:
    """A world that has done all that the file tells, and writes on."""
    with closing(History(path)) as history:
        world = World(CONFIG, clock)
        remember(world, history)
        yield world


def picture(world: World) -> list[Any]:
    """All that a world holds, as plain values of their own."""
    places = [world.installation(*place) for place in PLACES]
    held = [
        {**vars(place.register), "kvittenser": place.kvittenser, "answered": place.answered}
        for place in places
    ]
    for values in held:
        del values["clock"]
    told = [world.journal.lines(), world.workflow.lines(), world.webhooks.listing()]
    return [_plain(held), *map(list, told)]


def _plain(value: Any) -> Any:
    if isinstance(value, Tabell):
        return {name: _plain(index) for name, index in vars(value).items()}
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _write(vendor: type[Procapita | Treserva], operation: str, number: int, key: str) -> Step:
    fields: dict[str, Any] = {
        "arende": f"A-{number % 2}",
        "beslut_id": f"B-{number}",
        "anteckning_id": f"N-{number}",
        "referens": f"r-{number}",
        "personnummer": ("201801052398", "201802142396")[number % 2],
    }
    if operation == "ratta_aktanteckning":
        fields["ersatter"] = "N-1"
    if vendor is Treserva:
        fields["key"] = key
    return lambda http: vendor(http).post(operation, **fields)


def _change(place: tuple[str, str], kind: str, number: int, webhook: bool) -> Step:
    system, kommun = place
    posted = {"system": system, "kommun": kommun, "kind": kind, "webhook": webhook}
    posted["arende"] = f"A-{number}"
    return lambda http: http.post("/_sandbox/changes", json=posted)


def _callback(number: int) -> Step:
    event = {"id": f"e-{number}", "type": "se.bbic.leverans.verifierad", "data": {"om": "å\ud800"}}
    headers = {"webhook-id": f"w-{number}"}
    body = json.dumps(event).encode()
    return lambda http: http.post("/workflow/events", content=body, headers=headers)


def reset(http: httpx.Client) -> None:
    http.post("/_sandbox/reset").raise_for_status()


few = st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.builds(
            _write,
            st.sampled_from((Procapita, Treserva)),
            # A case goes far only if its beginning comes often.
            st.sampled_from((*BODIES, "registrera_beslut", "verkstall_beslut", "tilldela_resurs")),
            few,
            st.sampled_from(("k-1", "k-2", "k-3", "k-4")),
        ),
        st.builds(
            _change, st.sampled_from(PLACES), st.sampled_from(tuple(KINDS)), few, st.booleans()
        ),
        st.builds(_callback, few),
        st.just(reset),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(steps, st.data())
def test_a_history_makes_the_same_world_again(done: list[Step], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, clock = Path(folder) / "state", Ticking()
        with world_of(path, clock) as world, client(world) as http:
            seen = [(path.stat().st_size, picture(world))]
            for step in done:
                step(http)
                if step is reset:
                    seen.clear()
                seen.append((path.stat().st_size, picture(world)))
        content = path.read_bytes()
        with world_of(path, Ticking(clock.now)) as again:
            assert picture(again) == seen[-1][1]
            assert _goes_on(again) == _goes_on(world)

        size, then = data.draw(st.sampled_from(seen))
        torn = content[size:].partition(b"\n")[0]
        path.write_bytes(content[:size] + torn[: data.draw(st.integers(0, len(torn)))])
        with world_of(path, Ticking()) as shorter:
            assert picture(shorter) == then
        assert path.read_bytes() == content[:size]


def _goes_on(world: World) -> list[bytes]:
    """The answers of a world to what comes next, at a time of its own."""
    world._history = None
    world._clock = Ticking(BEGAN + timedelta(days=1))
    with client(world) as http:
        answers = [
            Procapita(http).post("registrera_beslut", referens="next"),
            Treserva(http).post("registrera_beslut", referens="next", key="next"),
            http.post(
                "/_sandbox/changes",
                json={"system": "treserva", "kommun": "exempel", "kind": "insats_avslutad"}
                | {"arende": "A-1"},
            ),
        ]
    return [answer.content for answer in answers]


def test_without_a_history_nothing_is_written(tmp_path: Path) -> None:
    with client(World(CONFIG)) as http:
        assert Procapita(http).send("registrera_beslut").kod is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line",
    [
        '{"at": "2026-03-02T00:00:00+00:00", "kind": "earthquake", "what": {}}',
        '{"at": "2026-03-02T00:00:00+00:00", "kind": "treserva", "what": {"key": "hemlig"}}',
    ],
)
def test_what_cannot_be_done_again_is_told_without_its_content(tmp_path: Path, line: str) -> None:
    path = tmp_path / "state"
    with world_of(path, Ticking()):
        pass
    with path.open("a") as file:
        file.write(line + "\n")
    found = pytest.raises(HistoryUnusable, match=r"state, line 2: cannot be done again")
    with found as told, world_of(path, Ticking()):
        pass
    assert "hemlig" not in str(told.value)
