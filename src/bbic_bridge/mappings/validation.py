"""Validation against the XSD, with errors that name our field and never quote a value."""

import re
import threading
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final, cast

from lxml import etree

from bbic_bridge.contracts.xml import Element
from bbic_bridge.mappings.errors import FieldError
from bbic_bridge.mappings.places import Use

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_ATTRIBUTE: Final = re.compile(r"attribute '([^']*)'")
_STEP: Final = re.compile(r"/([^/\[]+)(?:\[([0-9]+)\])?")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( ([^)]*) \)")
_PROBLEMS: Final = {
    "SCHEMAV_CVC_PATTERN_VALID": "does not follow the schema's pattern",
    "SCHEMAV_CVC_MINLENGTH_VALID": "is shorter than the schema allows",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "is longer than the schema allows",
    "SCHEMAV_CVC_ENUMERATION_VALID": "is none of the schema's values",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "is less than the schema allows",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "is more than the schema allows",
    "SCHEMAV_CVC_ELT_1": "is an element that the schema does not know",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "is an attribute that the schema does not know here",
    "SCHEMAV_CVC_TYPE_3_1_1": "is an attribute that the schema does not know here",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "is an attribute that the schema requires, and it is missing",
    "SCHEMAV_ELEMENT_CONTENT": "is missing, misplaced or unknown in the schema",
}
_OTHER: Final = "is not of the type that the schema asks for"


class Validator:
    """An XSD that may be used from any thread.

    ``XMLSchema.error_log`` belongs to the object, so each thread has its own.
    """

    def __init__(self, schema: Element) -> None:
        self._schema = schema
        self._compiling = threading.Lock()
        self._mine = threading.local()
        self._own()

    def check(self, element: Element, use: Use) -> None:
        """Validates.

        Args:
            element: the message; may stand inside an envelope.
            use: the message's fields, to name the one that is wrong.

        Raises:
            FieldError: the first thing wrong.
        """
        schema = self._own()
        if not schema.validate(element):
            raise _error(schema, element, use)

    def without_asking_for(self, name: str) -> "Validator":
        """The same, but that elements of this name may be left out wherever they stand."""
        schema = deepcopy(self._schema)
        for node in schema.iter(f"{_XS}element"):
            called = node.get("name") or (node.get("ref") or "").rpartition(":")[2]
            if called == name and node.getparent() is not schema:
                node.set("minOccurs", "0")
        return Validator(schema)

    def _own(self) -> etree.XMLSchema:
        schema: etree.XMLSchema | None = getattr(self._mine, "schema", None)
        if schema is None:
            with self._compiling:
                schema = self._mine.schema = etree.XMLSchema(self._schema)
        return schema


def _error(schema: etree.XMLSchema, element: Element, use: Use) -> FieldError:
    entry = next(iter(cast("Any", schema.error_log)))
    place = list(_place(element, str(entry.path or "")))
    attribute = _ATTRIBUTE.search(entry.message)
    expected = _EXPECTED.search(entry.message)
    problem = _PROBLEMS.get(entry.type_name, _OTHER)
    if expected:
        problem += f"; expected: {re.sub(r'{[^}]*}', '', expected[1])}"
    return FieldError(_field(use, place, f"@{attribute[1]}" if attribute else "."), problem)


def _place(element: Element, path: str) -> Iterator[tuple[str, int]]:
    """Local names from below the message down to the wrong element, each with its number.

    Args:
        path: libxml2's own, e.g. ``/*/*[4]/p:Typ``; ``*`` stands for an element in the default
            namespace, its number counts all elements.
    """
    node = element
    for step, number in _STEP.findall(path)[1:]:
        same = [child for child in node if step in ("*", _as_in_path(child))]
        if int(number or 1) > len(same):
            return
        node = same[int(number or 1) - 1]
        yield (
            etree.QName(node).localname,
            sum(1 for _ in node.itersiblings(node.tag, preceding=True)),
        )


def _as_in_path(node: Element) -> str:
    name = etree.QName(node).localname
    return f"{node.prefix}:{name}" if node.prefix else name


def _field(use: Use, place: list[tuple[str, int]], last: str) -> str:
    """Our name of the field there; the path in angle brackets where no field is mapped."""
    prefix = ""
    for step, number in place:
        inner = use.inside.get(step)
        if inner is None:
            return _bracketed(place, last)
        if inner.repeated:
            prefix += f"{inner.field}[{number}]."
        use = inner
    leaf = use.inside.get(last)
    name = leaf.field if leaf else "" if use.repeated else use.field
    if last != "." and leaf is None:
        return _bracketed(place, last)
    return (prefix + name).rstrip(".") or _bracketed(place, last)


def _bracketed(place: list[tuple[str, int]], last: str) -> str:
    steps = [f"{step}[{number + 1}]" if number else step for step, number in place]
    return f"<{'/'.join([*steps, *([last] if last != '.' else [])]) or '.'}>"
