"""Whatever is done in whatever order, each effect comes about once and in order: a machine that
hypothesis drives over the store and the delivery, on both databases."""

import itertools
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from operator import itemgetter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bbic_bridge.delivery.errors import Ambiguous, Contract, DeliveryError, Throttled, Transient
from bbic_bridge.delivery.states import State
from bbic_bridge.services import deliver, gate, upkeep
from bbic_bridge.services.queries import list_deliveries
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.store.claims import Claim
from bbic_bridge.store.pauses import Selection
from tests.servers.postgres import Postgres
from tests.services.conftest import World, a_world
from tests.stores import Clock

ARENDEN = ("A-1", "A-2")
EVENTS = ("beslut.fattat", "beslut.verkstall", "insats.avsluta", "aktanteckning.skriven")
ORDER = ("registrera_beslut", "verkstall_beslut", "avsluta_insats_och_resurs")
ENDS = {"insats.avsluta": {"resurs_id": None, "avslutsbeslut_id": None}}
ALL, MALMO = Selection(), Selection(kommun="malmo", system="procapita")
NEVER: list[tuple[Callable[[], DeliveryError], bool]] = [
    (lambda: Transient("connect_failed", unreachable=True), False),
    (lambda: Throttled("http_429", retry_after=5, unreachable=True), False),
    (lambda: Ambiguous("read_timeout", unreachable=True), True),
    (lambda: Ambiguous("read_timeout", unreachable=True), False),
    (lambda: Ambiguous("internal_error"), True),
    (lambda: Contract("malformed"), True),
    (lambda: Contract("malformed"), False),
]


class Machine(RuleBasedStateMachine):
    """Events, workers that come and go, a vendor in trouble, an operator who replays."""

    new_url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world: World = self.stack.enter_context(a_world(type(self).new_url(), Clock()))
        self.events = {
            (arende, typ): self._event(arende, typ) for arende in ARENDEN for typ in EVENTS
        }
        self.sent: set[tuple[str, str]] = set()
        self.held: list[Claim] = []

    def _event(self, arende: str, typ: str) -> dict[str, Any]:
        event: dict[str, Any] = self.world.event(typ, arende=arende)
        named = {name: value for name, value in event["data"].items() if name.endswith("_id")}
        event["data"] |= {name: value and f"{arende}-{value}" for name, value in named.items()}
        event["data"] |= ENDS.get(typ, {})
        return event

    @rule(arende=st.sampled_from(ARENDEN), typ=st.sampled_from(EVENTS))
    def tell(self, arende: str, typ: str) -> None:
        """Again and again, as senders do."""
        (result,) = self.world.accept(self.events[arende, typ])
        known = (arende, typ) in self.sent
        assert result.status == ("duplicate" if known else "accepted")
        self.sent.add((arende, typ))

    @rule(many=st.integers(1, 4))
    def claim(self, many: int) -> None:
        self.held += deliver.claim(self.world.bridge, many)

    @rule()
    def carry(self) -> None:
        if self.held:
            deliver.carry(self.world.bridge, self.held.pop(0))

    @rule()
    def give_back(self) -> None:
        deliver.give_back(self.world.bridge, self.held)
        self.held.clear()

    @rule(trouble=st.sampled_from(NEVER))
    def go_wrong(self, trouble: tuple[Callable[[], DeliveryError], bool]) -> None:
        self.world.vendor.trouble.append((trouble[0](), trouble[1]))

    @rule(deaf=st.booleans())
    def answer_no_questions(self, *, deaf: bool) -> None:
        silence = Transient("read_timeout", unreachable=True)
        self.world.vendor.deaf = silence if deaf else None

    @rule(seconds=st.sampled_from((0.5, 5, 30, 3600)))
    def wait(self, seconds: float) -> None:
        self.world.clock.forward(seconds)

    @rule(seconds=st.sampled_from((-20, 3600, 86_400)))
    def set_the_clock(self, seconds: float) -> None:
        self.world.clock.jump(seconds)

    @rule()
    def sweep(self) -> None:
        upkeep.sweep(self.world.bridge)

    @rule(paused=st.sampled_from((ALL, MALMO)))
    def pause(self, paused: Selection) -> None:
        gate.pause(self.world.bridge, paused, actor="test")

    @rule(resumed=st.sampled_from((ALL, MALMO)))
    def resume(self, resumed: Selection) -> None:
        gate.resume(self.world.bridge, resumed, actor="test")

    @rule()
    def replay(self) -> None:
        for view in list_deliveries(self.world.bridge, Filter(states=("failed", "with_person"))):
            replay_one(self.world.bridge, view.id, actor="test", reason="mended")

    @invariant()
    def nothing_is_doubled(self) -> None:
        effects = self.world.vendor.effects
        assert len(effects) == len(set(effects))

    def teardown(self) -> None:
        try:
            self._mend()
            self._all_is_done_in_order()
        finally:
            self.stack.close()

    def _mend(self) -> None:
        self.world.vendor.trouble.clear()
        self.world.vendor.deaf = None
        self.resume(ALL)
        self.give_back()
        for _ in range(6):
            self.replay()
            self.world.work()
            self.world.clock.forward(60)

    def _all_is_done_in_order(self) -> None:
        for arende in ARENDEN:
            views = list_deliveries(self.world.bridge, Filter(arende=arende))
            done = {view.operation for view in views if view.state == State.VERIFIED.value}
            assert done == self._able(arende)
            operations = {view.id: view.operation for view in views}
            made = [one.partition("/")[0] for one in self.world.vendor.effects]
            order = [operations[one] for one in made if operations.get(one) in ORDER]
            assert order == sorted(order, key=ORDER.index)

    def _able(self, arende: str) -> set[str]:
        """What can have been done: all that nothing untold must come before."""
        told = [(arende, typ) in self.sent for typ in EVENTS]
        able = {op for op, _ in itertools.takewhile(itemgetter(1), zip(ORDER, told, strict=False))}
        return able | ({"skapa_aktanteckning"} if told[-1] else set())


def _run(new_url: Callable[[], str], examples: int) -> None:
    machine = type("Machine", (Machine,), {"new_url": staticmethod(new_url)})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_on_sqlite(tmp_path: Path, sqlite_template: Path) -> None:
    numbers = itertools.count()

    def new_url() -> str:
        return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / f'{next(numbers)}.db')}"

    _run(new_url, 12)


def test_on_postgresql(postgres_server: Postgres, postgres_template: str) -> None:
    _run(lambda: postgres_server.url(postgres_server.database(postgres_template)), 6)
