"""What two documents, or two messages to a vendor, have that the other has not. Pure."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bbic_bridge.contracts.xml import Element, XmlRefused, parse_untrusted
from bbic_bridge.services.masking import masked


@dataclass(frozen=True, slots=True)
class Change:
    """A place (JSON pointer, or a path of element names) and what stands there, before and after;
    None where there is nothing."""

    path: str
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every single value that differs between two documents, in the order of their paths."""
    return _compared(dict(_leaves(before)), dict(_leaves(after)))


def message_changes(before: bytes, after: bytes) -> tuple[Change, ...]:
    """The same of two messages, XML or JSON. What is neither is compared as a whole."""
    if before == after:
        return ()
    old, new = _read(before), _read(after)
    if old is None or new is None:
        return (Change("", f"{len(before)} bytes", f"{len(after)} bytes"),)
    # Different bytes that say the same: told as such, without a place.
    return _compared(old, new) or (Change("", "the same content", "written otherwise"),)


def hidden(change: Change) -> Change:
    """The change with its values masked; where it is remains to be seen."""
    name = change.path.rpartition("/")[2].partition("[")[0]
    if not change.path:
        return change
    return replace(change, before=masked(change.before, name), after=masked(change.after, name))


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    paths = list(dict.fromkeys([*old, *new]))
    return tuple(
        Change(path, old.get(path), new.get(path))
        for path in paths
        if old.get(path) != new.get(path)
    )


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}/{name}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}/{index}")
    else:
        yield path, value


def _read(message: bytes) -> dict[str, Any] | None:
    try:
        return dict(_xml_leaves(parse_untrusted(message)))
    except XmlRefused:
        pass
    try:
        return dict(_leaves(json.loads(message)))
    except ValueError:
        return None


def _xml_leaves(element: Element, above: str = "") -> Iterator[tuple[str, Any]]:
    """Attributes and texts by the way to them; of elements with the same name, each by number."""
    path = above or f"/{_local(element.tag)}"
    for name, value in element.attrib.items():
        yield f"{path}/@{_local(name)}", value
    if not len(element):
        yield path, (element.text or "").strip()
    seen: Counter[str] = Counter()
    names = Counter(_local(child.tag) for child in element)
    for child in element:
        name = _local(child.tag)
        seen[name] += 1
        place = f"{path}/{name}" if names[name] == 1 else f"{path}/{name}[{seen[name]}]"
        yield from _xml_leaves(child, place)


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]
