"""What a test speaks of: the words in it, its parameters, and the tables and helpers it names."""

import importlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import CodeType, FunctionType
from typing import Any

from bbic_bridge.handbook.fakta import ANDRINGAR


def provet(prov: str) -> FunctionType:
    """The test that a row names, ``handbook/test_krav.py::test_a_rule_is_kept_and_broken``.

    Raises:
        LookupError: there is none.
    """
    path, *names = prov.split("::")
    try:
        found: Any = importlib.import_module(f"tests.{path.removesuffix('.py').replace('/', '.')}")
        for name in names:
            found = getattr(found, name)
    except (ImportError, AttributeError) as error:
        raise LookupError(prov) from error
    if not (names and names[-1].startswith("test_") and isinstance(found, FunctionType)):
        raise LookupError(prov)
    return found


def ord_i(test: FunctionType) -> set[str]:
    """Every word that stands in a test, in what it is run with, and in the tables and helpers of
    its module that it names; what those name in their turn is not followed.

    A vendor's change is told by the event that it becomes.
    """
    marks = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    named = [test.__globals__.get(name) for name in _names(test.__code__)]
    helpers = [
        _constants(one.__code__)
        for one in named
        if isinstance(one, FunctionType) and one.__module__ == test.__module__
    ]
    ord_ = {*_words(_constants(test.__code__)), *_words(marks), *_words(named), *_words(helpers)}
    return ord_ | {ANDRINGAR[ett].handelse for ett in ord_ if ett in ANDRINGAR}


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _names(one)


def _constants(code: CodeType) -> list[Any]:
    inner = [_constants(one) for one in code.co_consts if isinstance(one, CodeType)]
    return [*code.co_consts, *inner]


def _words(value: Any) -> Iterator[str]:
    """The texts of plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _words([*value.keys(), *value.values()])
    elif isinstance(value, Collection):
        for one in value:
            yield from _words(one)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _words([getattr(value, field.name) for field in fields(value)])
