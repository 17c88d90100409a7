"""What is sent in a chaos run: the example cases, again and again, each time about other children.

A clone has ids, children and days of its own, so that no two of them can be taken for each other by
a vendor that files by what is natural.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bbic_bridge.handbook.personnummer import canonical, parse
from tests.integration import cases

Event = dict[str, Any]
NUMBERS: Mapping[str, list[str]] = json.loads(
    (Path(__file__).parents[1] / "handbook" / "data" / "skatteverket_utdrag.json").read_text()
)
DUPLICATES = 0.15
BATCH = 10
_SHARED = frozenset({"enhet_id"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+[+-][0-9]{2}:[0-9]{2}")


@dataclass(frozen=True)
class Clone:
    """One telling of the examples: which, how many days back, and about which children."""

    number: int

    def event(self, event: Event) -> Event:
        told: Event = self._of(event, "")
        return told | {"id": f"{event['id']}-{self.number}", "subject": self._id(event["subject"])}

    def _of(self, value: Any, name: str) -> Any:
        match value:
            case dict():
                return {key: self._of(one, key) for key, one in value.items()}
            case list():
                return [self._of(one, name) for one in value]
            case str():
                return self._text(value, name)
            case _:
                return value

    def _text(self, text: str, name: str) -> str:
        if (name.endswith("_id") and name not in _SHARED) or name == "ersatter":
            return self._id(text)
        if name in {"personnummer", "tidigare_personnummer"}:
            return self._number(text)
        back = timedelta(days=self.number)
        if _DAY.fullmatch(text):
            return (date.fromisoformat(text) - back).isoformat()
        if _MOMENT.fullmatch(text):
            return (datetime.fromisoformat(text) - back).isoformat()
        return text

    def _id(self, text: str) -> str:
        return f"{text}-{self.number}"

    def _number(self, number: str) -> str:
        """Another number of the same kind; the same one for the same person of a clone."""
        kind = parse(number).slag
        if kind not in NUMBERS:
            return number
        persons = sorted(_persons(kind))
        place = persons.index(canonical(number)) + self.number * len(persons)
        return NUMBERS[kind][place % len(NUMBERS[kind])]


def tell(first: int, count: int) -> list[Event]:
    """The events of ``count`` clones of all examples, each case in its own order."""
    return [Clone(first + n).event(event) for n in range(count) for event in cases.all_cases()]


def in_disorder(events: Sequence[Event], chance: Random) -> list[list[Event]]:
    """The same in random order with random duplicates, in batches."""
    many = [*events, *chance.choices(events, k=int(len(events) * DUPLICATES))]
    chance.shuffle(many)
    return [many[start : start + BATCH] for start in range(0, len(many), BATCH)]


def _persons(kind: str) -> set[str]:
    return {
        canonical(number)
        for event in cases.all_cases()
        for number in _numbers(event)
        if parse(number).slag == kind
    }


def _numbers(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "personnummer":
                yield one
            elif name == "tidigare_personnummer":
                yield from one
            else:
                yield from _numbers(one)
    elif isinstance(value, list):
        for one in value:
            yield from _numbers(one)
