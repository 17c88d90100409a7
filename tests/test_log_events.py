"""docs/log-events.md lists exactly the log events and metrics that the code has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry

from bbic_bridge.receivers.metrics import StoreCollector
from bbic_bridge.services.views.health import Health
from bbic_bridge.services.views.status import Status
from bbic_bridge.telemetry import ALLOWED

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "bbic_bridge"
PAGE = (ROOT / "docs" / "log-events.md").read_text(encoding="utf-8")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
STATUS = Status({}, {}, 0, 0, 0, None, None, 0, 0, health=Health(free_bytes=0))


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a log method, with where it stands."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "telemetry" not in f"{path.name} {text}":
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and is_log_method(node.func):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node


def is_log_method(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute) or function.attr not in LEVELS:
        return False
    return ast.unparse(function.value) in ("log", "telemetry.get_logger()")


def name_of(call: ast.Call) -> str:
    """The event's name as it stands in the code, quotes included."""
    return ast.unparse(call.args[0])


def listed(heading: str) -> dict[str, str]:
    """The first column of the table under a heading, with the rest of each row."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \|(.*)$", section, re.MULTILINE))


def test_event_names_are_static_words() -> None:
    calls = dict(log_calls())
    assert calls
    for where, call in calls.items():
        assert re.fullmatch(r"'[a-z]+(_[a-z]+)*'", name_of(call)), f"{where}: {name_of(call)}"


def test_every_log_event_is_on_the_page_and_nothing_else() -> None:
    assert {name_of(call) for _, call in log_calls()} == set(map(repr, listed("Log events")))


def test_the_fields_of_each_log_event_are_on_the_page() -> None:
    told: dict[str, set[str]] = {}
    for _, call in log_calls():
        fields = {keyword.arg or "" for keyword in call.keywords}
        told.setdefault(name_of(call), set()).update(fields)
    rows = listed("Log events")
    columns = {repr(name): rest.split("|")[0] for name, rest in rows.items()}
    assert told == {name: set(re.findall(r"`(\w+)`", fields)) for name, fields in columns.items()}
    assert set().union(*told.values()) <= ALLOWED


def test_every_metric_is_on_the_page_and_nothing_else() -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StoreCollector(lambda: STATUS))
    assert {family.name for family in registry.collect()} == set(listed("Metrics"))
