"""One round of chaos: events are sent in disorder while plugs are pulled; then all is mended, and
the books are balanced."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.chaos.check import Balance, Wanted, balance
from tests.chaos.faults import ALONE, REJECTS, possible, pulled
from tests.chaos.installation import Installation
from tests.chaos.load import BATCH, Event, in_disorder, tell
from tests.integration import cases
from tests.servers.bridge import Bridge
from tests.servers.process import wait_until

MOVING = tuple(state for state in cases.OPEN if state != "waiting")
SETTLES_WITHIN_S = 240


@dataclass
class Run:
    """What has been sent so far, and what has been done to it.

    Attributes:
        accepted: each event, and when it was last answered.
        replayed: how many deliveries a person let go again.
        at_once: how many plugs are pulled together, one of these by chance.
    """

    hurt: Installation
    chance: Random
    accepted: dict[str, tuple[Event, datetime]] = field(default_factory=dict)
    sent: int = 0
    refused: list[Any] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    clones: int = 0
    at_once: tuple[int, ...] = (1, 1, 2)
    _asked: int = 0

    def __post_init__(self) -> None:
        self.hurt.send_again = self._send_again

    @property
    def even(self) -> bool:
        """Whether all was taken in, and what a vendor refused for good has been replayed."""
        replayed = self.hurt.rejected and self.replayed
        return not self.refused and bool(replayed or not self.faults[REJECTS])

    def round(self, clones: int) -> Balance:
        """Pulls every plug once, and sends so many clones of the examples meanwhile: a part before
        each pull, and a part while the plugs are out."""
        events = tell(self.clones, clones)
        self.clones += clones
        cases.register_resources(self.hurt.sandbox, events)
        batches, pulls = in_disorder(events, self.chance), list(self._pulls())
        slots, may_send = 2 * len(pulls), threading.Semaphore(0)
        sender = self._sender(batches, may_send)
        sent = [len(batches) * place // slots for place in range(slots + 1)]
        parts = [range(before, after) for before, after in pairwise(sent)]
        for names, before, during in zip(pulls, parts[::2], parts[1::2], strict=True):
            for _ in before:
                may_send.release()
            with self._pulled(names):
                for _ in during:
                    may_send.release()
        self.hurt.mend()
        sender.join()
        return self.settle()

    def settle(self) -> Balance:
        """Waits until nothing is open, as an operator would, and balances the books."""
        with suppress(AssertionError):  # what is stuck shows in the balance
            wait_until(self._is_settled, within=SETTLES_WITHIN_S, what="all settled")
        bridge = self.hurt.bridge
        stored = bridge.cli("deliveries", "list", "--json", "--limit", "1000000")
        status = bridge.cli_json("status", exit_code=None)
        return balance(
            Wanted([event for event, _ in self.accepted.values()]),
            [json.loads(line) for line in stored.splitlines()],
            self.hurt.sandbox.journal(),
            events=status["events"],
            thawed=self.hurt.thawed,
        )

    @contextmanager
    def _pulled(self, names: Sequence[str]) -> Iterator[None]:
        with ExitStack() as held:
            if ALONE.intersection(names):
                self.hurt.mend()  # what was put back just now may not answer yet
            for name in names:
                self.faults[name] += 1
                held.enter_context(pulled(name, self.hurt, self.chance))
            yield
            time.sleep(self.chance.uniform(0.3, 2.5))  # how long the plugs are out

    def _pulls(self) -> Iterator[list[str]]:
        """What is pulled together, one after the other: each plug once, in an order of chance."""
        deck = possible(self.hurt)
        self.chance.shuffle(deck)
        while deck:
            names = [deck.pop()]
            wanted = 1 if names[0] in ALONE else self.chance.choice(self.at_once)
            while len(names) < wanted and deck and deck[-1] not in ALONE:
                names.append(deck.pop())
            yield names

    def _sender(
        self, batches: Sequence[list[Event]], may_send: threading.Semaphore
    ) -> threading.Thread:
        """Sends each batch when it may."""

        def send_all() -> None:
            for number, batch in enumerate(batches):
                may_send.acquire()
                self._send(batch, f"chaos-{self.clones}-{number}")

        thread = threading.Thread(target=send_all, daemon=True)
        thread.start()
        return thread

    def _send_again(self, since: datetime) -> None:
        events = [event for event, at in list(self.accepted.values()) if at >= since]
        for start in range(0, len(events), BATCH):
            self._send(events[start : start + BATCH], f"again-{since.isoformat()}-{start}")

    def _send(self, batch: list[Event], webhook_id: str) -> None:
        """As a workflow does: the same again until it is answered."""
        results: list[Any] = []
        wait_until(lambda: self._answer(batch, webhook_id, results), within=300, what="an answer")
        for event, result in zip(batch, results, strict=True):
            self.sent += 1
            if result["status"] in ("accepted", "duplicate"):
                self.accepted[event["id"]] = event, datetime.now(UTC)
            else:
                self.refused.append(result)

    def _answer(self, batch: list[Event], webhook_id: str, results: list[Any]) -> bool:
        try:
            answer = self._door().post(batch, webhook_id=webhook_id, at=self.hurt.clock.now())
        except httpx.TransportError:
            return False
        if answer.status_code == httpx.codes.ACCEPTED:
            results += answer.json()["results"]
        return bool(results)

    def _door(self) -> Bridge:
        """The next receiver in turn."""
        self._asked += 1
        return self.hurt.doors[self._asked % len(self.hurt.doors)]

    def _is_settled(self) -> bool:
        counts = self._counts()
        if counts is None or any(counts.get(state) for state in MOVING):
            return False
        if any(counts.get(state) for state in cases.STUCK):
            self._replay()
            return False
        return not counts.get("waiting")

    def _replay(self) -> None:
        """A person looks at what failed and lets it go again: what broke has been mended."""
        states = [word for state in cases.STUCK for word in ("--state", state)]
        told = self.hurt.bridge.cli(
            "replay", *states, "--json", "--reason", "mended", exit_code=None
        )
        outcomes = [json.loads(line)["outcome"] for line in told.splitlines()]
        self.replayed += outcomes.count("released")

    def _counts(self) -> dict[str, float] | None:
        try:
            answer = self.hurt.bridge.get("/metrics")
        except httpx.TransportError:
            return None
        samples = {
            sample.labels["state"]: sample.value
            for family in text_string_to_metric_families(answer.text)
            if family.name == "bbic_deliveries"
            for sample in family.samples
        }
        return samples if answer.is_success and samples else None
