"""The means of the demo's acts: send, tell, and wait for something to come true."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from bbic_bridge.cli.demo.cases import Case
from bbic_bridge.cli.demo.clients import Record
from bbic_bridge.cli.demo.house import House
from bbic_bridge.cli.demo.screen import Screen
from bbic_bridge.cli.exits import OurFault

WITHIN_S = 75
POLL_S = 0.2
PREFIX = "se.bbic."
MALMO, EXEMPEL = ("procapita", "malmo"), ("treserva", "exempel")
Condition = Callable[[list[Record]], bool]


class Play:
    """What an act can do, and what it has been promised to see."""

    def __init__(self, house: House, screen: Screen) -> None:
        self.house = house
        self.screen = screen
        self._told: Counter[str] = Counter()

    def send(self, events: Sequence[Record], what: str) -> None:
        self.screen.say(f"{len(events)} events: {what}")
        self.house.bridge.send(events)

    def person(self, where: tuple[str, str], kind: str, words: str, **what: Any) -> None:
        """Somebody does something in a vendor system."""
        self.screen.say(words)
        self.house.sandbox.change(*where, kind, **what)

    def register_resource(self, case: Case, where: tuple[str, str]) -> None:
        """What familjehemssekreteraren does in the vendor system."""
        resource = case.value("resurs.tilldela", "resurs_id")
        system = where[0].capitalize()
        words = (
            f"familjehemssekreteraren registers {resource} in {system}; {system} tells (webhook)"
        )
        kind = case.value("beslut.fattat", "insatstyp")
        data = {"resurs_id": resource, "resurstyp": kind}
        self.person(where, "resurs_registrerad", words, data=data, webhook=True)
        self.until_told("resurs.registrerad")

    def until(self, condition: Condition, what: str) -> list[Record]:
        """Watches the deliveries until the condition holds, and returns them.

        Raises:
            OurFault: it does not hold in time.
        """
        deadline = time.monotonic() + WITHIN_S
        while True:
            deliveries = self.house.bridge.deliveries()
            self.screen.update(deliveries)
            if condition(deliveries):
                return deliveries
            if time.monotonic() > deadline:
                raise OurFault(f"The demo failed: not within {WITHIN_S} s: {what}.")
            time.sleep(POLL_S)

    def until_verified(self) -> None:
        self.until(lambda all_: states(all_) == {"verified"}, "all deliveries verified")

    def until_told(self, event_type: str) -> Record:
        """Waits for one more event of this type in the workflow's feed, and returns it."""
        self._told[event_type] += 1
        expected = self._told[event_type]
        self.until(lambda _: self._counted()[event_type] >= expected, f"{event_type} in the feed")
        self.screen.say(f"the workflow's feed: {event_type}")
        found = [event for event in self._news() if event["type"] == PREFIX + event_type]
        return found[expected - 1]

    def require_nothing_else_was_told(self) -> None:
        """Our own writes are not echoed, and nothing was told twice, however it came."""
        if (news := self._counted()) != self._told:
            odd = ", ".join((news - self._told) + (self._told - news))
            raise OurFault(f"The demo failed: told too often or not at all: {odd}.")

    def _counted(self) -> Counter[str]:
        return Counter(event["type"].removeprefix(PREFIX) for event in self._news())

    def _news(self) -> list[Record]:
        """What the feed tells of vendors, limits and deviations; not how our deliveries went."""
        feed = self.house.bridge.feed()
        return [event for event in feed if not event["type"].startswith(f"{PREFIX}leverans.")]


def states(deliveries: list[Record]) -> set[str]:
    """What the deliveries are doing."""
    return {delivery["state"] for delivery in deliveries}


def only_waits_for(fact: str) -> Condition:
    """Everything is done but what waits, and what waits lacks nothing we could give."""

    def holds(deliveries: list[Record]) -> bool:
        waiting = [d for d in deliveries if d["state"] == "waiting"]
        heads = [d for d in waiting if d["behind"] is None]
        lacking = {name.partition(":")[0] for d in heads for name in d["waits_for"]}
        return states(deliveries) <= {"verified", "waiting"} and lacking == {fact}

    return holds


def stuck_behind_failed(deliveries: list[Record]) -> bool:
    """Something failed, and all the rest is done or waits behind it."""
    return states(deliveries) <= {"verified", "waiting", "failed"} and any(
        d["state"] == "failed" and d["waiting_behind"] for d in deliveries
    )


def all_callbacks_verified(house: House) -> Condition:
    """The workflow has taken every callback."""

    def holds(_: list[Record]) -> bool:
        return states(house.bridge.deliveries(operation="notify_workflow")) == {"verified"}

    return holds
