"""A message of a profile, compiled: rows with their places worked out once.

The same rows build (our data → XML) and read (XML → our data). Elements that hold others are
numbered; a row names the number of the element it stands in, so no path is parsed per message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lxml import etree

from bbic_bridge.contracts.xml import Element
from bbic_bridge.mappings.errors import FieldError

Where = Literal["element", "attribute", "text"]
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUE = ("true", "1")


class Step(Protocol):
    """One row: ``keys`` lead to its value in our data. Raises ``FieldError``."""

    @property
    def name(self) -> str: ...

    @property
    def keys(self) -> tuple[str, ...]: ...

    def write(self, nodes: "Nodes", data: Any) -> None:
        """Adds the row's part of ``data`` to the XML."""
        ...

    def read(self, nodes: "Nodes", out: dict[str, Any]) -> None:
        """Adds what the XML holds of the row to ``out``; nothing where it holds nothing."""
        ...


class Nodes:
    """The elements that hold others while one message is built or read."""

    __slots__ = ("_containers", "_found")

    def __init__(self, root: Element, containers: tuple[tuple[int, str], ...]) -> None:
        self._containers = containers
        self._found: list[Element | None] = [root, *[None] * len(containers)]

    def open(self, number: int) -> Element:
        """The element, made now if nothing stood in it before."""
        node = self._found[number]
        if node is None:
            parent, tag = self._containers[number - 1]
            node = self._found[number] = etree.SubElement(self.open(parent), tag)
        return node

    def find(self, number: int) -> Element | None:
        """The element in a received message, if it is there."""
        node = self._found[number]
        if node is None:
            parent_number, tag = self._containers[number - 1]
            parent = self.find(parent_number)
            if parent is not None:
                node = self._found[number] = next(parent.iterchildren(tag), None)
        return node


@dataclass(frozen=True, slots=True)
class ValueStep:
    """A single value. ``fixed`` rows are written whatever the data says (constants, kinds)."""

    name: str
    keys: tuple[str, ...]
    parent: int
    where: Where
    tag: str
    encode: Callable[[Any], str]
    decode: Callable[[str], Any]
    required: bool
    fixed: bool = False

    def write(self, nodes: Nodes, data: Any) -> None:
        value = "" if self.fixed else pick(data, self)
        if value is None:
            if self.required:
                raise FieldError(self.name, "is missing")
            return
        try:
            self._put(nodes.open(self.parent), self.encode(value))
        except ValueError as error:
            raise FieldError(self.name, problem_of(error)) from None

    def read(self, nodes: Nodes, out: dict[str, Any]) -> None:
        value = self.value(nodes)
        if value is not None and self.keys:
            *outer, last = self.keys
            for key in outer:
                out = out.setdefault(key, {})
            out[last] = value

    def value(self, nodes: Nodes) -> Any:
        """What the XML holds, decoded; None where it holds nothing."""
        node = nodes.find(self.parent)
        text = None if node is None else self._take(node)
        if text is None:
            if self.required:
                raise FieldError(self.name, "is missing")
            return None
        try:
            return self.decode(text)
        except ValueError as error:
            raise FieldError(self.name, str(error)) from None

    def _put(self, node: Element, text: str) -> None:
        if self.where == "element":
            etree.SubElement(node, self.tag).text = text
        elif self.where == "attribute":
            node.set(self.tag, text)
        else:
            node.text = text

    def _take(self, node: Element) -> str | None:
        if self.where == "attribute":
            return node.get(self.tag)
        found = next(node.iterchildren(self.tag), None) if self.where == "element" else node
        if found is None or found.get(_NIL) in _TRUE:
            return None
        return found.text or ""


@dataclass(frozen=True, slots=True)
class ListStep:
    """A repeated element: a list of objects, or of plain values."""

    name: str
    keys: tuple[str, ...]
    parent: int
    tag: str
    items: "Plan | PlainItem"

    def write(self, nodes: Nodes, data: Any) -> None:
        for index, item in enumerate(items_of(data, self)):
            child = etree.SubElement(nodes.open(self.parent), self.tag)
            try:
                self.items.write(child, item)
            except FieldError as error:
                raise error.within(f"{self.name}[{index}]") from None

    def read(self, nodes: Nodes, out: dict[str, Any]) -> None:
        *outer, last = self.keys
        for key in outer:
            out = out.setdefault(key, {})
        found = out[last] = []
        node = nodes.find(self.parent)
        for index, child in enumerate(() if node is None else node.iterchildren(self.tag)):
            try:
                found.append(self.items.read(child))
            except FieldError as error:
                raise error.within(f"{self.name}[{index}]") from None


@dataclass(frozen=True, slots=True)
class ChangesStep:
    """A page's changes: each is a message of its own, told apart by ``kind``."""

    name: str
    parent: int
    tag: str
    kind: ValueStep
    plans: Mapping[str, "Plan"]
    keys: tuple[str, ...]

    def write(self, nodes: Nodes, data: Any) -> None:
        for index, item in enumerate(items_of(data, self)):
            child = etree.SubElement(nodes.open(self.parent), self.tag)
            try:
                kind = item.get("kind") if isinstance(item, Mapping) else None
                self._plan(kind).write(child, item)
            except FieldError as error:
                raise error.within(f"{self.name}[{index}]") from None

    def read(self, nodes: Nodes, out: dict[str, Any]) -> None:
        found = out[self.keys[-1]] = []
        node = nodes.find(self.parent)
        for index, child in enumerate(() if node is None else node.iterchildren(self.tag)):
            try:
                found.append(self._plan(self.kind_of(child)).read(child))
            except FieldError as error:
                raise error.within(f"{self.name}[{index}]") from None

    def kind_of(self, change: Element) -> str:
        return str(self.kind.value(Nodes(change, ())))

    def _plan(self, kind: Any) -> "Plan":
        if not isinstance(kind, str) or kind not in self.plans:
            raise FieldError("kind", "is a kind of change that the profile does not map")
        return self.plans[kind]


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of one element, in the order of the schema."""

    containers: tuple[tuple[int, str], ...]
    steps: tuple[Step, ...]

    def write(self, root: Element, data: Any) -> None:
        nodes = Nodes(root, self.containers)
        for step in self.steps:
            step.write(nodes, data)

    def read(self, root: Element) -> dict[str, Any]:
        nodes = Nodes(root, self.containers)
        out: dict[str, Any] = {}
        for step in self.steps:
            step.read(nodes, out)
        return out


@dataclass(frozen=True, slots=True)
class PlainItem:
    """An item of a list that is a value by itself."""

    step: ValueStep

    def write(self, root: Element, data: Any) -> None:
        self.step.write(Nodes(root, ()), data)

    def read(self, root: Element) -> Any:
        return self.step.value(Nodes(root, ()))


def pick(data: Any, step: Step) -> Any:
    """The row's value in our data; None where it or what holds it is missing."""
    try:
        for key in step.keys:
            if data is None:
                return None
            data = data.get(key)
    except AttributeError:
        raise FieldError(step.name, "stands in something that is not an object") from None
    return data


def items_of(data: Any, step: Step) -> list[Any]:
    """The items of a repeated row; no items where it is missing."""
    items = pick(data, step)
    if items is None:
        return []
    if not isinstance(items, list | tuple):
        raise FieldError(step.name, "is not a list")
    return list(items)


def problem_of(error: ValueError) -> str:
    """A codec's own words; lxml's, which may quote, are put in ours."""
    if isinstance(error, UnicodeError) or "XML compatible" in str(error):
        return "holds a character that XML cannot carry"
    return str(error)
