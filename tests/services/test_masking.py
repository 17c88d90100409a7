"""What is listed without being asked to reveal: no text, name, address or number of a person."""

import json

import pytest

from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.regler import planera
from bbic_bridge.services.masking import MASK, masked, masked_act
from tests.integration import canary

EVENTS = canary.marked_events()
NEEDLES = {canary.MARK} | canary.people(EVENTS)
UPPGIFTER = [one for event in EVENTS for one in planera(parse_event(event)).uppgifter]


@pytest.mark.parametrize("operation", sorted({one.operation for one in UPPGIFTER}))
def test_nothing_of_what_is_sent_is_shown(operation: str) -> None:
    for planned in UPPGIFTER:
        if planned.operation == operation:
            whole = planned.uppgift.model_dump(mode="json")
            assert canary.leaks(json.dumps(whole).encode(), NEEDLES)
            assert canary.leaks(json.dumps(masked(whole)).encode(), NEEDLES) == []


@pytest.mark.parametrize(
    ("orsak", "shown"),
    [("mal_uppfyllda", "mal_uppfyllda"), ("Dödsfall", MASK), ({"a": 1}, {"a": MASK})],
)
def test_a_reason_is_shown_where_it_is_a_code(orsak: object, shown: object) -> None:
    assert masked({"orsak": orsak}) == {"orsak": shown}


def test_of_an_act_what_may_be_text_is_hidden() -> None:
    act = {
        "reason": "Kim ringde",
        "job": "J1",
        "was": "failed",
        "counts": {"attempts": 3},
        "changes": [["/barn/alder", 7, 8], ["/datum", "2026-01-02", None]],
        "filter": {"subject": "Kim", "since": "2026-01-02"},
        "edited": True,
    }
    assert masked_act(act) == {
        **act,
        "reason": MASK,
        "changes": [[MASK, MASK, MASK], [MASK, MASK, None]],
        "filter": {"subject": MASK, "since": MASK},
    }
