"""The checker finds what it is there to find."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.chaos.check import Balance, Wanted, balance
from tests.chaos.load import in_disorder, tell
from tests.servers.sandbox import Line

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WANTED = Wanted(tell(0, 1))


def _in_order() -> list[str]:
    """The effects in an order that the handbook allows."""
    left, done = dict.fromkeys(sorted(WANTED.effects)), []
    edges = list(WANTED.before())
    while left:
        free = [one for one in left if not any(b == one and a in left for a, b in edges)]
        done += free
        left = {one: None for one in left if one not in free}
    return done


def _journal(references: list[str], system: str = "procapita") -> list[Line]:
    return [
        {"reference": one, "system": system, "at": (AT + timedelta(seconds=place)).isoformat()}
        for place, one in enumerate(references)
    ]


def _stored(**states: str) -> list[Line]:
    return [{"id": one, "state": states.get(one, "verified")} for one in WANTED.planned]


def _balance(**changes: Any) -> Balance:
    given = {
        "stored": _stored(),
        "journal": _journal(_in_order()),
        "events": len(WANTED.events),
        "thawed": (),
        **changes,
    }
    return balance(WANTED, given.pop("stored"), given.pop("journal"), **given)


def test_what_is_right_is_even() -> None:
    found = _balance()
    assert found.even, vars(found)
    assert len(list(WANTED.before())) > 60


def test_a_lost_effect_delivery_or_event_shows() -> None:
    assert len(_balance(journal=_journal(_in_order()[:-1])).lost) == 1
    assert len(_balance(stored=_stored()[1:]).lost) == 1
    assert len(_balance(events=len(WANTED.events) - 1).lost) == 1


def test_what_is_not_done_is_stuck() -> None:
    one = next(iter(WANTED.planned))
    assert _balance(stored=_stored(**{one: "waiting"})).stuck == [f"{one} waiting"]


def test_an_effect_that_nobody_asked_for_shows() -> None:
    assert _balance(journal=_journal([*_in_order(), "someone-else"])).unasked == ["someone-else"]


@pytest.mark.parametrize("pair", range(0, 60, 7))
def test_what_came_too_early_shows(pair: int) -> None:
    first, then = sorted(WANTED.before())[pair]
    order = _in_order()
    order.remove(then)
    order.insert(order.index(first), then)
    assert f"{first} after {then}" in _balance(journal=_journal(order)).out_of_order


def test_a_doubled_effect_is_apart_only_where_a_thawed_worker_can_have_made_it() -> None:
    order = _in_order()
    doubled = [*order, order[3]]
    late = AT + timedelta(seconds=len(order))
    assert _balance(journal=_journal(doubled)).doubled == [order[3]]
    assert _balance(journal=_journal(doubled), thawed=[late]).apart == [order[3]]
    assert _balance(journal=_journal(doubled, "treserva"), thawed=[late]).doubled == [order[3]]
    assert _balance(journal=_journal(doubled), thawed=[late - timedelta(seconds=60)]).doubled == [
        order[3]
    ]


def test_the_load_is_whole_and_in_disorder() -> None:
    batches = in_disorder(WANTED.events, Random(1))
    sent = [event["id"] for batch in batches for event in batch]
    assert set(sent) == {event["id"] for event in WANTED.events}
    assert len(sent) > len(WANTED.events) * 1.1
    assert sent[:20] != [event["id"] for event in WANTED.events][:20]
