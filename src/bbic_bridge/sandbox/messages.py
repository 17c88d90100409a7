"""Understanding a vendor's messages by a table of paths, after the schema has been checked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lxml import etree

from bbic_bridge.sandbox.records import Affarsfel, Skrivning
from bbic_bridge.sandbox.register import STOCKHOLM

Converter = Callable[[str], Any]
Index = dict[str, etree._Element]  # noqa: SLF001 -- the only name lxml has for it


@dataclass(frozen=True, slots=True)
class Field:
    """One value: its name with the bridge, where it stands, and how its text is understood.

    ``path`` is ``A/B`` for the text of an element, ``A/@b`` or ``@b`` for an attribute. A
    converter raises ``KeyError`` for a code it does not know.
    """

    name: str
    path: str
    convert: Converter = str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A value that is a list: one dictionary of fields for each element at ``path``."""

    name: str
    path: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One element: the operation it asks for, its fields, and the vendor's ids it may give."""

    operation: str
    fields: tuple[Field | Repeated, ...]
    nr: tuple[Field, ...] = ()
    effekt: str | None = None


class Vocabulary:
    """All messages of one vendor. ``head`` names what every message begins with."""

    def __init__(
        self, namespace: str, head: Iterable[Field], messages: Mapping[str, Message]
    ) -> None:
        self._head = _Reader(namespace, head)
        self._messages = {
            f"{{{namespace}}}{name}": (
                message,
                _Reader(namespace, message.fields),
                _Reader(namespace, message.nr),
            )
            for name, message in messages.items()
        }

    def __contains__(self, tag: object) -> bool:
        return tag in self._messages

    def read(self, element: etree._Element) -> Skrivning:
        """Understands a message that the schema has accepted.

        Raises:
            Affarsfel: a code that is not in the vendor's lists.
        """
        message, fields, nr = self._messages[str(element.tag)]
        index = _index(element)
        return Skrivning(
            operation=message.operation,
            effekt=message.effekt,
            data=fields.read(element, index),
            nr=nr.read(element, index),
            **self._head.read(element, index),
        )


class _Reader:
    def __init__(self, namespace: str, fields: Iterable[Field | Repeated]) -> None:
        self._single = []
        self._repeated = []
        for field in fields:
            path, attribute = _split(namespace, field.path)
            if isinstance(field, Repeated):
                self._repeated.append((field.name, path, _Reader(namespace, field.fields)))
            else:
                self._single.append((field, path, attribute))

    def read(self, element: etree._Element, index: Index) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field, path, attribute in self._single:
            target = index.get(path)
            text = None if target is None else _text(target, attribute)
            if text is None:
                continue
            try:
                values[field.name] = field.convert(text)
            except KeyError:
                raise Affarsfel("EJ_TILLATET", f"Okänd kod i {field.path}.") from None
        for name, path, reader in self._repeated:
            values[name] = [reader.read(item, _index(item)) for item in element.findall(path)]
        return values


def _split(namespace: str, path: str) -> tuple[str, str | None]:
    steps = path.split("/")
    attribute = steps.pop().removeprefix("@") if steps[-1].startswith("@") else None
    return "/".join(f"{{{namespace}}}{step}" for step in steps), attribute


def _index(element: etree._Element) -> Index:
    """The element and all below it by path, the first of each: one walk, where a search for
    every field would cost many times as much."""
    index: Index = {"": element}
    _add(element, "", index)
    return index


def _add(element: etree._Element, prefix: str, index: Index) -> None:
    for child in element:
        path = f"{prefix}{child.tag}"
        if index.setdefault(path, child) is child and len(child):
            _add(child, f"{path}/", index)


def _text(target: etree._Element, attribute: str | None) -> str | None:
    return target.get(attribute) if attribute else target.text or ""


def code(codes: Mapping[str, str]) -> Converter:
    """Understands a code of the vendor's list, which is given as our word → the vendor's code."""
    return {theirs: ours for ours, theirs in codes.items()}.__getitem__


def day(text: str) -> date:
    """A Swedish date."""
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    """A time; one without offset is Stockholm's."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=STOCKHOLM)
