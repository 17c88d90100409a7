"""What the demo came to: each case's timeline, and the counts that must add up."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from bbic_bridge.cli.demo.clients import Record
from bbic_bridge.cli.demo.house import House
from bbic_bridge.cli.output import STATE_STYLES, print_table

COLUMNS = ("when", "what", "at the vendor", "state")


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts. ``effects`` are the sandbox's journal lines; ``duplicates`` those done twice."""

    cases: int
    events: int
    verified: int
    failed: int
    others: int
    effects: int
    duplicates: int

    def is_good(self) -> bool:
        return self.verified > 0 and not (self.failed or self.others or self.duplicates)

    def document(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "events": self.events,
            "deliveries": {"verified": self.verified, "failed": self.failed},
            "effects": self.effects,
            "duplicates": self.duplicates,
        }

    def line(self) -> str:
        return (
            f"{self.cases} cases, {self.events} events: {self.verified} deliveries verified, "
            f"{self.failed} failed; {self.effects} effects, {self.duplicates} of them doubled."
        )


def summarise(house: House) -> Summary:
    """Counts what the bridge says against what the vendors hold."""
    deliveries = house.bridge.deliveries()
    states = Counter(delivery["state"] for delivery in deliveries)
    references = Counter(line["reference"] for line in house.sandbox.journal())
    cases = [house.bridge.case(arende) for arende in _arenden(deliveries)]
    events = sum(step["kind"] == "event" for case in cases for step in case["steps"])
    return Summary(
        cases=len(cases),
        events=events,
        verified=states["verified"],
        failed=states["failed"],
        others=len(deliveries) - states["verified"] - states["failed"],
        effects=references.total(),
        duplicates=sum(1 for count in references.values() if count > 1),
    )


def print_timelines(house: House) -> None:
    """Every case, event by event, each with what it led to at the vendor."""
    deliveries = house.bridge.deliveries()
    for arende in _arenden(deliveries):
        case = house.bridge.case(arende)
        click.echo(f"\n{arende}, {case['kommun']}")
        own = [delivery for delivery in deliveries if delivery["arende"] == arende]
        print_table(COLUMNS, timeline(case["steps"], own), styles=STATE_STYLES)


def timeline(steps: list[Record], deliveries: list[Record]) -> Iterator[tuple[object, ...]]:
    """Rows: when, what happened, what it led to, how that stands.

    A delivery's id sorts by the time of the event it comes from, so the first delivery of a kind
    of event belongs to the first event of that kind that leads to one.
    """
    waiting: defaultdict[str, deque[Record]] = defaultdict(deque)
    for delivery in sorted(deliveries, key=lambda one: str(one["id"])):
        waiting[delivery["event_type"]].append(delivery)
    for step in steps:
        at, name = datetime.fromisoformat(step["at"]), step["name"].removeprefix("se.bbic.")
        if step["kind"] == "vendor":
            yield at, name, "told by the vendor", ""
        elif step["kind"] == "event":
            led_to = waiting[step["name"]].popleft() if waiting[step["name"]] else None
            yield at, name, led_to["operation"] if led_to else "", led_to["state"] if led_to else ""


def _arenden(deliveries: list[Record]) -> list[str]:
    return list(dict.fromkeys(delivery["arende"] for delivery in deliveries))
