"""The cases in ``examples/``, and what they must come to."""

import json
from pathlib import Path
from typing import Any

from bbic_bridge.handbook.handelser import parse_event
from bbic_bridge.handbook.regler import planera
from bbic_bridge.handbook.uppgifter import EFFEKTER
from tests.servers.bridge import Bridge
from tests.servers.process import wait_until
from tests.servers.sandbox import Sandbox

Event = dict[str, Any]
EXAMPLES = Path(__file__).parents[2] / "examples"
OPEN = ("waiting", "ready", "claimed", "sent", "retrying", "ambiguous")
STUCK = ("failed", "with_person")
SYSTEMS = {"malmo": "procapita", "exempel": "treserva"}


def read(path: Path) -> list[Event]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def all_cases() -> list[Event]:
    """Every case, but for what takes an uppdrag back: see ``withdrawals``."""
    return [event for event in _all() if not _takes_back(event)]


def withdrawals() -> list[Event]:
    """What takes an uppdrag back. Told before it was sent, it would never be sent at all."""
    return [event for event in _all() if _takes_back(event)]


def _all() -> list[Event]:
    return [event for path in sorted(EXAMPLES.glob("*.ndjson")) for event in read(path)]


def _takes_back(event: Event) -> bool:
    return bool(event["type"] == "se.bbic.uppdrag.aterkallat")


def effects_of(events: list[Event]) -> int:
    """How many effects these events bring about at the vendors."""
    planned = [one for event in events for one in planera(parse_event(event)).uppgifter]
    return sum(len(EFFEKTER.get(one.operation, ("",))) for one in planned)


def operations_of(events: list[Event]) -> set[str]:
    return {one.operation for event in events for one in planera(parse_event(event)).uppgifter}


def register_resources(sandbox: Sandbox, events: list[Event]) -> None:
    """What the familjehemssekreterare does: puts the resources into the vendor's system."""
    for event in events:
        if event["type"] == "se.bbic.resurs.tilldela":
            sandbox.change(
                SYSTEMS[event["kommun"]],
                event["kommun"],
                "resurs_registrerad",
                arende=event["subject"],
                data={"resurs_id": event["data"]["resurs_id"]},
                webhook=True,
            )


def deliveries(bridge: Bridge) -> dict[str, int]:
    counts: dict[str, int] = bridge.cli_json("status", exit_code=None)["deliveries"]
    return counts


def await_all_verified(bridge: Bridge, *, within: float = 40) -> None:
    """Waits until nothing is open, and fails if anything needs a person."""

    def done() -> bool:
        counts = deliveries(bridge)
        assert not any(counts.get(state) for state in STUCK), counts
        return not any(counts.get(state) for state in OPEN)

    try:
        wait_until(done, within=within, what="everything verified")
    except AssertionError as error:
        left = [word for state in (*OPEN, *STUCK) for word in ("--state", state)]
        open_ones = bridge.cli("deliveries", "list", "--json", *left)
        raise AssertionError(f"{error}\n{open_ones}") from None


def assert_each_effect_once(sandbox: Sandbox, expected: int) -> None:
    references = [line["reference"] for line in sandbox.journal()]
    assert len(references) == len(set(references)), "an effect was doubled"
    assert len(references) == expected
