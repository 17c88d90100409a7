"""docs/sandbox.md names every switch, field and call of the control side, and no other."""

import re
from pathlib import Path
from typing import get_args

from bbic_bridge.sandbox.app import ROUTES
from bbic_bridge.sandbox.faults import Fault, FaultName
from bbic_bridge.sandbox.misbehave import SLOW_MS, TIMEOUT_MS
from bbic_bridge.sandbox.webhooks import REORDER_MS

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def table(head: str) -> dict[str, list[str]]:
    """The rows of the table whose head begins so, by what stands in their first cell."""
    lines = PAGE.split(f"\n| {head} |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in rows}


def test_every_call_is_told() -> None:
    calls = [f"{method} {path}" for method, path, _ in ROUTES if path.startswith("/_sandbox/")]
    assert sorted(table("call")) == sorted(calls)


def test_every_fault_is_told_with_how_long_it_takes() -> None:
    faults = table("`fault`")
    assert sorted(faults) == sorted(get_args(FaultName))
    times = {"timeout": TIMEOUT_MS, "slow": SLOW_MS, "reordered_webhook": REORDER_MS}
    told = {name: re.findall(r"`delay_ms` \((\d+)\)", row[-1]) for name, row in faults.items()}
    assert told == {name: [str(times[name])] if name in times else [] for name in faults}


def test_every_field_is_told_with_what_holds_without_it() -> None:
    fields = table("field")
    assert sorted(fields) == sorted(Fault.model_fields)
    for name, field in Fault.model_fields.items():
        left_out = fields[name][-1].strip("`")
        if field.is_required():
            assert left_out == "required"
        elif field.default is not None:
            assert left_out == (
                field.default if field.annotation is str else str(field.default).lower()
            )
