"""What the demo came to: each case's timeline, and the counts that must add up."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import click

from bbic_bridge.cli.demo.clients import Record
from bbic_bridge.cli.demo.house import House
from bbic_bridge.cli.timeline import print_timeline


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
    events = sum(step.kind == "event" for case in cases for step in case.steps)
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
    for arende in _arenden(house.bridge.deliveries()):
        case = house.bridge.case(arende)
        click.echo(f"\n{case.arende}, {case.kommun}")
        print_timeline(case)


def _arenden(deliveries: list[Record]) -> list[str]:
    return list(dict.fromkeys(delivery["arende"] for delivery in deliveries))
