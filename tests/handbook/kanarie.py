"""Events with an unmistakable text in every field that takes free text, found by trying."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, Ogiltig, parse_event
from tests.handbook.minsta import BARN, handelse

ORD = "Kanariefågel"
"""Stands in every text, and in nothing else."""
_KONTAKT = {"namn": ORD, "adress": ORD, "telefon": ORD}
_PROV = (ORD, {"namn": ORD}, [ORD], [{"namn": ORD}], [_KONTAKT])
_IDN = ("_id", "ersatter", "personnummer", "tidigare_personnummer")


def typer() -> list[str]:
    return [typ.removeprefix(PREFIX) for typ in HANDELSER]


@cache
def _full(typ: str) -> dict[str, Any]:
    event = deepcopy(handelse(typ))
    for name in HANDELSER[PREFIX + typ].model_fields:
        if not event["data"].get(name) and not name.endswith(_IDN):
            for value in _PROV:
                _prova(event, ("data", name), value)
    for path in list(_texter(event["data"], ("data",))):
        _prova(event, path, f"{ORD} {path[-1]}")
    return event


def full(typ: str, **envelope: Any) -> dict[str, Any]:
    """A valid event of the type, with the word in all its texts."""
    return deepcopy(_full(typ)) | envelope


def _texter(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.endswith(_IDN):
                yield from _texter(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texter(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def _prova(event: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    """Puts a value there if the event is then still valid."""
    tried = deepcopy(event)
    *parents, last = path
    _at(tried, parents)[last] = value
    try:
        parse_event(tried)
    except Ogiltig:
        return
    _at(event, parents)[last] = value


def _at(value: Any, path: list[Any]) -> Any:
    for part in path:
        value = value[part]
    return value


__all__ = ["BARN", "ORD", "full", "typer"]
