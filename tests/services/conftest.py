"""A bridge over a real store (both databases), with in-memory vendors and a clock to move."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from bbic_bridge.bootstrap import bootstrap
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import deliver, queries, upkeep
from bbic_bridge.services.accept import accept
from bbic_bridge.services.bridge import WORKFLOW, Bridge
from bbic_bridge.services.views.accepting import Grant, Result
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.settings import Callback, Kommun, Mottagare, Retry, Settings
from tests.handbook.minsta import handelse
from tests.services.twin import Twin
from tests.stores import Clock, clock, database_url

__all__ = ["clock", "database_url"]
RETRY = Retry(base_s=1, jitter=0, give_up_after_s=100)


@dataclass
class World:
    """The bridge, its vendor and workflow, and what a worker would do."""

    bridge: Bridge
    vendor: Twin
    workflow: Twin
    clock: Clock
    woken: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def event(self, typ: str, *, arende: str = "A-1", kommun: str = "malmo", **data: Any) -> Any:
        self.count += 1
        return handelse(typ, **data) | {
            "id": f"E-{self.count}",
            "subject": arende,
            "kommun": kommun,
        }

    def accept(self, *events: Any) -> list[Result]:
        return accept(self.bridge, events, Grant())

    def send(self, typ: str, **options: Any) -> Result:
        return self.accept(self.event(typ, **options))[0]

    def work(self, rounds: int = 20) -> None:
        """What a worker does until nothing is due."""
        for _ in range(rounds):
            upkeep.sweep(self.bridge)
            claims = deliver.claim(self.bridge, 10)
            if not claims:
                return
            for claim in claims:
                deliver.carry(self.bridge, claim)

    def close_half(self) -> str:
        """An insats whose resource is closed and which is itself still open; its delivery."""
        for typ in ("beslut.fattat", "beslut.verkstall"):
            self.send(typ)
        self.work()
        self.send("insats.avsluta", resurs_id=None, avslutsbeslut_id=None)
        (claim,) = deliver.claim(self.bridge, 1)
        deliver.carry(self.bridge, claim)
        return claim.id

    def states(self, arende: str = "A-1") -> dict[str, str]:
        views = queries.list_deliveries(self.bridge, Filter(arende=arende))
        return {view.operation: view.state for view in views}

    def delivery(self, operation: str, arende: str = "A-1") -> Any:
        views = queries.list_deliveries(self.bridge, Filter(arende=arende, operation=operation))
        return views[-1]

    def feed(self) -> list[dict[str, Any]]:
        page = queries.feed(self.bridge, None, 1000, ("*",), reveal=True)
        return [dict(event) for event in page.events]

    def told(self, typ: str) -> list[dict[str, Any]]:
        return [event for event in self.feed() if event["type"] == f"se.bbic.{typ}"]


@pytest.fixture
def world(database_url: str, clock: Clock) -> Iterator[World]:
    with a_world(database_url, clock) as made:
        yield made


@contextmanager
def a_world(database_url: str, clock: Clock) -> Iterator[World]:
    """A bridge over a new database of the newest schema, with in-memory vendors."""
    kommun = Kommun(
        system="procapita",
        write_url="-",
        read_url="-",
        settle_s=10,
        verify_s=60,
        retry=RETRY,
        enheter={"chansen": Mottagare(enhet_id="chansen", enhetschef="Marie Fors")},
    )
    settings = Settings(
        database_url=SecretStr(database_url),
        master_key=SecretStr(new_root_key()),
        index_key=SecretStr(new_root_key()),
        kommun={"malmo": kommun, "lund": kommun},
        avvikelse_vantar_s=0,
        callback=Callback(url="-", secret=SecretStr("-"), retry=RETRY),
    )
    vendor, workflow = Twin(), Twin(lookup="none")
    woken: list[tuple[str, str]] = []

    def wake(due: Iterable[tuple[str, str]]) -> None:
        woken.extend(due)

    bridge = bootstrap(
        settings,
        clock=clock,
        ahead=clock.ahead,
        chance=lambda: 0.5,
        systems=lambda name: workflow if name == WORKFLOW else vendor,
        wake=wake,
        wait=clock.forward,
    )
    try:
        yield World(bridge, vendor, workflow, clock, woken)
    finally:
        bridge.close()
