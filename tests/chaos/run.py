"""One round of chaos: events are sent in disorder while plugs are pulled; then all is mended, and
the books are balanced."""

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.chaos.check import Balance, Wanted, balance
from tests.chaos.faults import possible, pulled
from tests.chaos.installation import Installation
from tests.chaos.load import Event, in_disorder, tell
from tests.integration import cases
from tests.servers.process import wait_until

OPEN = (*cases.OPEN, *cases.STUCK)
SETTLES_WITHIN_S = 240


@dataclass
class Run:
    """What has been sent so far, and what has been done to it. ``at_once``: how many plugs are
    pulled together, one of these by chance."""

    hurt: Installation
    chance: Random
    accepted: dict[str, Event] = field(default_factory=dict)
    sent: int = 0
    refused: list[Any] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    clones: int = 0
    deck: list[str] = field(default_factory=list)
    at_once: tuple[int, ...] = (1, 1, 2)

    def round(self, clones: int, faults: int | None = None) -> Balance:
        """Sends so many clones of the examples while plugs are pulled: ``faults`` of them, or, if
        None, as long as there is something to send."""
        events = tell(self.clones, clones)
        self.clones += clones
        cases.register_resources(self.hurt.sandbox, events)
        sender = threading.Thread(target=self._send_all, args=(in_disorder(events, self.chance),))
        sender.start()
        pulls = 0
        while sender.is_alive() if faults is None else pulls < faults:
            self._pull()
            pulls += 1
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
            Wanted(list(self.accepted.values())),
            [json.loads(line) for line in stored.splitlines()],
            self.hurt.sandbox.journal(),
            events=status["events"],
            thawed=self.hurt.thawed,
        )

    def _pull(self) -> None:
        with ExitStack() as held:
            for _ in range(self.chance.choice(self.at_once)):
                name = self._next_fault()
                self.faults[name] += 1
                held.enter_context(pulled(name, self.hurt, self.chance))
            time.sleep(self.chance.uniform(0.3, 2.5))  # how long the plug is out

    def _next_fault(self) -> str:
        """Each in turn, in an order of chance: so that none is left out."""
        if not self.deck:
            self.deck = possible(self.hurt)
            self.chance.shuffle(self.deck)
        return self.deck.pop()

    def _send_all(self, batches: Sequence[list[Event]]) -> None:
        for number, batch in enumerate(batches):
            self._send(batch, f"chaos-{self.clones}-{number}")

    def _send(self, batch: list[Event], webhook_id: str) -> None:
        """As a workflow does: the same again until it is answered."""
        results: list[Any] = []
        wait_until(lambda: self._answer(batch, webhook_id, results), within=300, what="an answer")
        for event, result in zip(batch, results, strict=True):
            self.sent += 1
            if result["status"] in ("accepted", "duplicate"):
                self.accepted[event["id"]] = event
            else:
                self.refused.append(result)

    def _answer(self, batch: list[Event], webhook_id: str, results: list[Any]) -> bool:
        try:
            answer = self.hurt.bridge.post(batch, webhook_id=webhook_id)
        except httpx.TransportError:
            return False
        if answer.status_code == httpx.codes.ACCEPTED:
            results += answer.json()["results"]
        return bool(results)

    def _is_settled(self) -> bool:
        counts = self._counts()
        if counts is None or any(counts.get(state) for state in cases.OPEN):
            return False
        if not any(counts.get(state) for state in cases.STUCK):
            return True
        # A person looks at what failed and lets it go again: what broke has been mended.
        self.replayed += 1
        states = [word for state in cases.STUCK for word in ("--state", state)]
        self.hurt.bridge.cli("replay", *states, "--reason", "mended", exit_code=None)
        return False

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
