"""The history checker: what was accepted against what the store and the vendors hold.

What must be is worked out from the events alone, by the handbook's rules: no id or order of the
store's is believed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.regler import KOMMUNVIDA, Planerad, planera
from bbic_bridge.handbook.uppgifter import EFFEKTER
from bbic_bridge.services.orders import delivery_id
from tests.chaos.load import Event
from tests.servers.sandbox import Line

_GOES_ON = timedelta(seconds=4)


@dataclass(frozen=True)
class Wanted:
    """What the accepted events must come to."""

    events: Sequence[Event]

    @cached_property
    def planned(self) -> Mapping[str, tuple[str, Planerad]]:
        """(ärende, what is to be done) of every delivery, by its id."""
        found: dict[str, tuple[str, Planerad]] = {}
        for event in self.events:
            handelse = parse_event(event)
            for number, one in enumerate(planera(handelse).uppgifter):
                found[delivery_id(handelse, one.operation, number)] = (handelse.subject, one)
        return found

    @cached_property
    def effects(self) -> frozenset[str]:
        """The references of all effects at the vendors."""
        return frozenset(
            reference for id_, (_, one) in self.planned.items() for reference in _refs(id_, one)
        )

    def before(self) -> Iterable[tuple[str, str]]:
        """(reference, reference) of every two effects of which the first must come first."""
        gives: dict[tuple[str, str], set[str]] = {}
        for id_, (arende, one) in self.planned.items():
            references = _refs(id_, one)
            for place, fact in enumerate(one.ger):
                gives.setdefault(_scoped(arende, fact), set()).add(references[place])
            for fact in one.ger_ocksa:
                gives.setdefault(_scoped(arende, fact), set()).add(references[-1])
        for id_, (arende, one) in self.planned.items():
            references = _refs(id_, one)
            yield from pairwise(references)
            for fact in one.kraver:
                givers = gives.get(_scoped(arende, fact), set())
                if len(givers) == 1:
                    yield next(iter(givers)), references[0]


@dataclass
class Balance:
    """What was found. All but ``events``, ``effects`` and ``apart`` must be empty.

    ``apart``: doubled effects that a worker which was held past its lease can have made.
    """

    events: int = 0
    effects: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)

    @property
    def even(self) -> bool:
        return not any((self.lost, self.doubled, self.out_of_order, self.stuck, self.unasked))

    def counts(self) -> dict[str, int]:
        return {
            name: value if isinstance(value, int) else len(value)
            for name, value in vars(self).items()
        }


def balance(
    wanted: Wanted,
    stored: Sequence[Line],
    journal: Sequence[Line],
    *,
    events: int,
    thawed: Sequence[datetime],
) -> Balance:
    """Compares.

    Args:
        stored: the store's deliveries to vendors.
        journal: the vendors' effects in order.
        events: how many events the store says it has.
        thawed: when workers that had been held past their lease went on.
    """
    found = Balance(events=len(wanted.events), effects=len(journal))
    states = {line["id"]: line["state"] for line in stored}
    found.lost += [f"delivery {one}" for one in sorted(wanted.planned.keys() - states.keys())]
    if events != len(wanted.events):
        found.lost.append(f"{len(wanted.events)} events were accepted, {events} are stored")
    found.stuck += [f"{one} {state}" for one, state in states.items() if state != "verified"]
    made = Counter(line["reference"] for line in journal)
    found.lost += [f"effect {one}" for one in sorted(wanted.effects - made.keys())]
    found.unasked += sorted(made.keys() - wanted.effects)
    for one in (one for one, times in made.items() if times > 1):
        (found.apart if _is_apart(one, journal, thawed) else found.doubled).append(one)
    place = {line["reference"]: number for number, line in reversed(list(enumerate(journal)))}
    for first, then in wanted.before():
        if first in place and then in place and place[first] > place[then]:
            found.out_of_order.append(f"{first} after {then}")
    return found


def _is_apart(reference: str, journal: Sequence[Line], thawed: Sequence[datetime]) -> bool:
    """Whether one of the effects came as a worker went on that had been held past its lease.

    Only where the vendor honours no key: with one, nothing can be doubled at all.
    """
    lines = [line for line in journal if line["reference"] == reference]
    made = [datetime.fromisoformat(line["at"]) for line in lines if line["system"] == "procapita"]
    return any(then <= at <= then + _GOES_ON for at in made for then in thawed)


def _refs(id_: str, one: Planerad) -> list[str]:
    return [f"{id_}/{effect}" for effect in EFFEKTER.get(one.operation, ())] or [id_]


def _scoped(arende: str, fact: str) -> tuple[str, str]:
    return ("*" if fact.partition(":")[0] in KOMMUNVIDA else arende, fact)
