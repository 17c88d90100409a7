"""The fields that a message must carry, read off its pydantic models."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from bbic_bridge.mappings.messages import (
    ANDRINGAR,
    OPERATIONER,
    OVRIGA,
    VENDOR_IDS,
    Andring,
    Huvud,
)

_TYPES: Mapping[Any, str] = {
    str: "text",
    int: "int",
    bool: "bool",
    date: "date",
    datetime: "datetime",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One field: its type, whether it must be there, and for lists what an item holds.

    ``values`` are the words of a code list. ``each`` describes the items of a repeated group and
    is None for single values and for lists of plain values.
    """

    type: str
    required: bool
    values: frozenset[str] = field(default_factory=frozenset)
    many: bool = False
    each: "Mapping[str, Shape] | None" = None


def shape_of(message: str) -> Mapping[str, Shape] | None:
    """All fields of a message by their dotted name; None if there is no such message."""
    vendor = {f"vendor.{key}": Shape("text", required=False) for key in VENDOR_IDS}
    kind = message.removeprefix("andring/")
    if message in OPERATIONER:
        return {**_all(Huvud), **_all(OPERATIONER[message]), **vendor}
    if message == "andringar":
        return {**_all(OVRIGA[message]), message: Shape("changes", required=True, many=True)}
    if message in OVRIGA:
        return _all(OVRIGA[message])
    if kind == message or kind not in ANDRINGAR:
        return None
    told = dict(_fields(ANDRINGAR[kind], "data."))
    return {"kind": Shape("code", True, frozenset(ANDRINGAR)), **_all(Andring), **told, **vendor}


def _all(model: type[BaseModel]) -> dict[str, Shape]:
    return dict(_fields(model))


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Shape]]:
    for name, info in model.model_fields.items():
        annotation, optional = _unwrap(info.annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _fields(annotation, f"{prefix}{name}.")
        elif get_origin(annotation) is tuple:
            yield f"{prefix}{name}", _list(get_args(annotation)[0])
        else:
            yield f"{prefix}{name}", _single(name, annotation, required=not optional)


def _list(item: Any) -> Shape:
    annotation, _ = _unwrap(item)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("group", required=True, many=True, each=_all(annotation))
    single = _single("", annotation, required=True)
    return Shape(single.type, required=True, values=single.values, many=True)


def _single(name: str, annotation: Any, *, required: bool) -> Shape:
    if get_origin(annotation) is Literal:
        return Shape("code", required, frozenset(get_args(annotation)))
    if name == "personnummer":
        return Shape("personnummer", required)
    return Shape(_TYPES[annotation], required)


def _unwrap(annotation: Any) -> tuple[Any, bool]:
    """Takes ``Annotated`` and ``| None`` away; tells whether None was allowed."""
    if get_origin(annotation) is Annotated:
        return _unwrap(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [arg for arg in get_args(annotation) if arg is not type(None)]
        return _unwrap(inner[0])[0], True
    return annotation, False
