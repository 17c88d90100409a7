"""What each adapter can do and what each answer means, as a page for ``docs/adapters``.

Made from the adapters themselves; a test holds the page equal to it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from bbic_bridge.adapters import SYSTEMS, build, build_workflow
from bbic_bridge.adapters.base import System
from bbic_bridge.adapters.channels import statuses
from bbic_bridge.adapters.channels.http import Answer
from bbic_bridge.adapters.mapped import MappedSystem
from bbic_bridge.delivery.errors import ConfigurationError, DeliveryError
from bbic_bridge.settings import Callback, Kommun

NOWHERE = "http://vendor.invalid"
SECRET = "whsec_" + "bm93aGVyZSB0byBiZSB1c2VkLCBldmVy"
STATUSES = (302, 400, 401, 403, 404, 408, 422, 429, 500, 503)
TELLERS = (statuses.after_write, statuses.after_read)
NO = "-"
INTRODUCTION = """\
# What the adapters can do

Made by `python -m bbic_bridge.adapters` from the adapters and the standard profiles: do not edit.
An installation's own profile may say otherwise of its operations.

## Operations

How an effect is looked up when it is not known whether it happened: `reference`, by asking for our
own reference; `natural_key`, by exactly one row that matches and is not taken; `none`, a person
decides."""
ANSWERS = """\
## Business faults

A code that is not here is `rejected` too: the vendor has refused. The raw answer is kept."""
HTTP = """\
## Bare HTTP statuses

Where the body tells no business fault. For `workflow` what would be `ambiguous` or `contract` is
`transient`: telling an event again does no harm."""


def page() -> str:
    """The page as Markdown."""
    systems = tuple(_systems())
    try:
        parts = (
            INTRODUCTION,
            _operations(systems),
            _abilities(systems),
            ANSWERS,
            _faults([system for system in systems if isinstance(system, MappedSystem)]),
            HTTP,
            _statuses(),
        )
    finally:
        for system in systems:
            system.close()
    return "\n\n".join(parts) + "\n"


def _systems() -> Iterable[System]:
    for name in SYSTEMS:
        kommun = {"system": name, "write_url": NOWHERE, "read_url": NOWHERE}
        yield build(name, Kommun.model_validate({**kommun, "domain": "x", "key": "x"}))
    yield build_workflow(Callback.model_validate({"url": NOWHERE, "secret": SECRET}))


def _operations(systems: Iterable[System]) -> str:
    names = dict.fromkeys(name for system in systems for name in system.operations)
    rows = ([f"`{name}`", *(_lookup(system, name) for system in systems)] for name in names)
    return _table(["operation", *(system.name for system in systems)], rows)


def _lookup(system: System, operation: str) -> str:
    try:
        capability = system.capability(operation)
    except ConfigurationError:
        return NO
    effects = ", then ".join(effect for effect in capability.effects if effect)
    return f"`{capability.lookup}`" + (f" ({effects})" if effects else "")


def _abilities(systems: Iterable[System]) -> str:
    abilities: Mapping[str, Callable[[System], str]] = {
        "a repeated call has no second effect": lambda it: "yes" if it.honours_key else "no",
        "streams of changes": lambda it: ", ".join(f"`{name}`" for name in it.streams()) or NO,
    }
    rows = ([text, *(tell(system) for system in systems)] for text, tell in abilities.items())
    return _table(["", *(system.name for system in systems)], rows)


def _faults(systems: Iterable[MappedSystem]) -> str:
    codes = dict.fromkeys(code for system in systems for code in system.faults)
    rows = (
        [f"`{code}`", *(_kind(system.faults.get(code)) for system in systems)] for code in codes
    )
    return _table(["code", *(system.name for system in systems)], rows)


def _statuses() -> str:
    now = datetime(2000, 1, 1, tzinfo=UTC)
    answers = [Answer(status, {}, b"") for status in STATUSES]
    rows = (
        [f"{answer.status}", *(_told(tell(answer, now)) for tell in TELLERS)] for answer in answers
    )
    return _table(["status", "after a write", "after a read"], rows)


def _told(error: DeliveryError | None) -> str:
    return NO if error is None else f"{_kind(type(error))} `{error.code}`"


def _kind(error: type[DeliveryError] | None) -> str:
    return NO if error is None else error.kind


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
