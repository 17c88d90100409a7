"""What the demo came to: the counts that must add up, and what was told of the handbook."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bbic_bridge.cli.demo.clients import Record
from bbic_bridge.cli.demo.house import House
from bbic_bridge.cli.demo.play import PREFIX
from bbic_bridge.services.views.cases import CaseView

STAGES = {
    "overskriden": "overdue",
    "narmar_sig": "near",
    "loper": "running",
    "uppfylld": "met",
    "uppfylld_sent": "met_late",
    "upphord": "ended",
}


class Told(NamedTuple):
    """A limit or a deviation that the workflow was told of: what, which rule, about what."""

    type: str
    kod: str
    objekt_id: str


EXPECTED = (
    Told("avvikelse.upptackt", "mal.andrat", "KP-M1"),
    Told("frist.overskriden", "uppfoljning", "KP-I-1"),
)
"""What ``examples/README.md`` tells of the one case that departs from the handbook."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts. ``effects`` are the sandbox's journal lines; ``duplicates`` those done twice.

    ``limits`` counts the handbook's time limits by stage; ``told`` is all that the workflow was
    told of limits and deviations.
    """

    cases: int
    events: int
    verified: int
    failed: int
    others: int
    effects: int
    duplicates: int
    limits: Mapping[str, int]
    told: tuple[Told, ...]

    def is_good(self) -> bool:
        """All is verified, nothing doubled, and exactly what departs from the handbook told."""
        overdue = sum(told.type == "frist.overskriden" for told in EXPECTED)
        return (
            self.verified > 0
            and not (self.failed or self.others or self.duplicates)
            and self.limits["overdue"] == overdue
            and self.told == EXPECTED
        )

    @property
    def deviations(self) -> int:
        return sum(told.type == "avvikelse.upptackt" for told in self.told)

    def document(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "events": self.events,
            "deliveries": {"verified": self.verified, "failed": self.failed},
            "effects": self.effects,
            "duplicates": self.duplicates,
            "limits": self.limits,
            "deviations": self.deviations,
        }

    def line(self) -> str:
        return (
            f"{self.cases} cases, {self.events} events: {self.verified} deliveries verified, "
            f"{self.failed} failed; {self.effects} effects, {self.duplicates} of them doubled; "
            f"{self.limits['overdue']} of {sum(self.limits.values())} time limits overdue, "
            f"{self.deviations} deviation{'' if self.deviations == 1 else 's'}."
        )


def summarise(house: House) -> Summary:
    """Counts what the bridge says against what the vendors hold."""
    deliveries = house.bridge.deliveries()
    states = Counter(delivery["state"] for delivery in deliveries)
    references = Counter(line["reference"] for line in house.sandbox.journal())
    shown = list(cases(house))
    return Summary(
        cases=len(shown),
        events=sum(step.kind == "event" for case in shown for step in case.steps),
        verified=states["verified"],
        failed=states["failed"],
        others=len(deliveries) - states["verified"] - states["failed"],
        effects=references.total(),
        duplicates=sum(1 for count in references.values() if count > 1),
        limits=_limits(house),
        told=tuple(sorted(told(house.bridge.feed()))),
    )


def cases(house: House) -> Iterator[CaseView]:
    """Every case, the one that was first delivered from first."""
    deliveries = house.bridge.deliveries()
    for arende in dict.fromkeys(delivery["arende"] for delivery in deliveries):
        yield house.bridge.case(arende)


def _limits(house: House) -> dict[str, int]:
    """How many limits stand at which stage, as `bbic-bridge deadlines` lists them."""
    listed = house.command("deadlines", "--all", "--limit", "1000", "--json")
    counted = Counter(json.loads(line)["skede"] for line in listed.splitlines())
    return {english: counted[stage] for stage, english in STAGES.items()}


def told(feed: Iterator[Record]) -> Iterator[Told]:
    """What a feed tells of limits and deviations."""
    for event in feed:
        name, data = event["type"].removeprefix(PREFIX), event["data"]
        if name.startswith("frist."):
            yield Told(name, data["frist"], data["objekt_id"])
        elif name.startswith("avvikelse."):
            yield Told(name, data["avvikelse"], data.get("objekt_id", ""))
