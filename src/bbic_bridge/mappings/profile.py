"""A loaded profile: builds and reads the messages of one vendor installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from lxml import etree

from bbic_bridge.contracts.xml import Element
from bbic_bridge.delivery.ports import Lookup
from bbic_bridge.handbook.uppgifter import EFFEKTER
from bbic_bridge.mappings.apart import Unread, alone, take_apart
from bbic_bridge.mappings.codecs import Codec
from bbic_bridge.mappings.definition import ProfileDef
from bbic_bridge.mappings.errors import FieldError, MappingError
from bbic_bridge.mappings.messages import message_name
from bbic_bridge.mappings.places import Use
from bbic_bridge.mappings.plan import Nodes, Plan, ValueStep
from bbic_bridge.mappings.validation import Validator

CHANGE = "andring/"


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its element, how to build and read it, and its fields' places."""

    name: str
    tag: str
    plan: Plan
    use: Use


class Profile:
    """How one vendor installation wants its messages. Made by ``engine.load``.

    May be used from several threads at once.

    Attributes:
        name: e.g. ``procapita/standard``.
        namespace: of every element it builds.
        honours_key: whether the vendor takes an idempotency key.
        changes_feed: whether the vendor has a feed of changes to read.
        messages: the names it maps, e.g. ``registrera_beslut``, ``kvittens``,
            ``andring/uppdrag_mottaget``.
    """

    def __init__(
        self,
        name: str,
        definition: ProfileDef,
        messages: Mapping[str, Message],
        tables: Mapping[str, Codec],
        kind: ValueStep | None,
        validator: Validator,
    ) -> None:
        self.name = name
        self.namespace = definition.namespace
        self._nsmap = cast("dict[str, str]", {None: self.namespace}) if self.namespace else None
        self.honours_key = definition.write.idempotency_key
        self.changes_feed = definition.read.changes_feed
        self.messages = tuple(messages)
        self._operations = definition.operation
        self._messages = messages
        self._tables = tables
        self._kind = kind
        self._validator = validator
        self._by_tag = {message.tag: message.name for message in messages.values()}

    def lookup(self, operation: str) -> Lookup:
        """How the operation's effect is looked up. Raises ``MappingError`` if it is not mapped."""
        message = message_name(operation, self.effects(operation)[0])
        if message not in self._operations:
            raise MappingError(self.name, operation, "", "the profile has no such operation")
        return self._operations[message].lookup

    def effects(self, operation: str) -> tuple[str | None, ...]:
        """The effects that the operation has at the vendor, in order; ``(None,)`` for one."""
        return EFFEKTER.get(operation, (None,))

    def build(self, message: str, data: Mapping[str, Any]) -> Element:
        """Our data as the vendor's XML, validated.

        Args:
            message: e.g. ``registrera_beslut``, ``avsluta_insats_och_resurs/resurs``.
            data: JSON values. For an operation ``referens``, ``arende``, the uppgift's own fields
                and ``vendor``: the vendor's ids as far as known (``messages.VENDOR_IDS``).

        Raises:
            MappingError: naming the field; never its value.
        """
        found = self._message(message)
        if message.startswith(CHANGE):
            data = {**data, "kind": message.removeprefix(CHANGE)}
        root = etree.Element(found.tag, nsmap=self._nsmap)
        try:
            found.plan.write(root, data)
            self._validator.check(root, found.use)
        except FieldError as error:
            raise MappingError(self.name, message, error.field, error.problem) from None
        return root

    def parse(self, message: str, element: Element) -> dict[str, Any]:
        """The vendor's XML as our data: the inverse of ``build``.

        An optional value that is not there is left out; a list is always there.

        Args:
            message: what it must be; see ``message_of``.
            element: the message; may stand inside an envelope.

        Raises:
            MappingError: it is another message, breaks the schema, or holds an unknown code.
        """
        found = self._message(message)
        if element.tag != found.tag:
            raise MappingError(self.name, message, "", "is another element")
        try:
            self._validator.check(element, found.use)
            data = found.plan.read(element)
        except FieldError as error:
            raise MappingError(self.name, message, error.field, error.problem) from None
        if message.startswith(CHANGE) and data.get("kind") != message.removeprefix(CHANGE):
            raise MappingError(self.name, message, "kind", "is another kind of change")
        return data

    def parse_page(
        self, message: str, element: Element
    ) -> tuple[dict[str, Any], tuple[dict[str, Any] | Unread, ...]]:
        """A page of changes, each of which stands for itself.

        Args:
            message: the one that holds changes; its element is ``element``.

        Returns:
            What ``parse`` says of the page without its changes, and of each change, in order.

        Raises:
            MappingError: the page itself is wrong, or cannot be taken apart.
        """
        try:
            page = self.parse(message, element)
        except MappingError as error:
            return self._one_by_one(message, element, error)
        return page, tuple(page.pop("andringar"))

    def parse_change(self, element: Element) -> dict[str, Any] | Unread:
        """One change by itself, of whatever kind it is."""
        kind = ""
        try:
            message = self.message_of(element)
            kind = message.removeprefix(CHANGE)
            return self.parse(message, element)
        except MappingError as error:
            return Unread(self._andrings_id(element, kind), kind, error, alone(element))

    def message_of(self, element: Element) -> str:
        """Which message an element is; for a change its kind too, as ``andring/<kind>``.

        Raises:
            MappingError: no message has that element, or the kind's code is unknown.
        """
        message = self._by_tag.get(str(element.tag))
        if message is None:
            raise MappingError(self.name, "unknown", "", "no message has this element")
        if self._kind is None or not message.startswith(CHANGE):
            return message
        try:
            return CHANGE + str(self._kind.value(Nodes(element, ())))
        except FieldError as error:
            raise MappingError(self.name, "andring", error.field, error.problem) from None

    def to_bytes(self, element: Element) -> bytes:
        """An element as a UTF-8 document with XML declaration."""
        return etree.tostring(element, encoding="utf-8", xml_declaration=True)

    def code(self, table: str, value: str) -> str:
        """The vendor's code or display text for our word; tables may be codes or texts.

        Raises:
            MappingError: for a word or table that the profile does not have.
        """
        return str(self._translate(table, "encode", value))

    def uncode(self, table: str, text: str) -> str:
        """Our word for the vendor's code or display text; the inverse of ``code``."""
        return str(self._translate(table, "decode", text))

    def _one_by_one(
        self, message: str, element: Element, error: MappingError
    ) -> tuple[dict[str, Any], tuple[dict[str, Any] | Unread, ...]]:
        """The page without its changes must be sound; each of them may be what it is."""
        found = self._message(message)
        apart = take_apart(element, found.plan)
        if apart is None or not all(map(self._is_change, apart.changes)):
            raise error
        try:
            self._frames.check(apart.frame, found.use)
            frame = found.plan.read(apart.frame)
        except FieldError:
            raise error from None
        del frame["andringar"]
        return frame, tuple(self.parse_change(change) for change in apart.changes)

    @cached_property
    def _frames(self) -> Validator:
        """For pages without their changes; made when a page is first taken apart."""
        change = next(tag for tag, name in self._by_tag.items() if name.startswith(CHANGE))
        return self._validator.without_asking_for(etree.QName(change).localname)

    def _is_change(self, element: Element) -> bool:
        return self._by_tag.get(str(element.tag), "").startswith(CHANGE)

    def _andrings_id(self, element: Element, kind: str) -> str | None:
        """The change's own id, where its kind has it; where any kind has it, if that is unknown."""
        names = [CHANGE + kind] if CHANGE + kind in self._messages else self.messages
        for plan in (self._messages[name].plan for name in names if name.startswith(CHANGE)):
            for step in plan.steps:
                if isinstance(step, ValueStep) and step.name == "andrings_id":
                    value = _or_none(step, Nodes(element, plan.containers))
                    if value is not None:
                        return value
        return None

    def _translate(self, table: str, way: str, value: str) -> Any:
        if table not in self._tables:
            raise MappingError(self.name, table, "", "the profile has no such table")
        codec = self._tables[table]
        try:
            return codec.encode(value) if way == "encode" else codec.decode(value)
        except ValueError as error:
            raise MappingError(self.name, table, "", str(error)) from None

    def _message(self, name: str) -> Message:
        if name not in self._messages:
            raise MappingError(self.name, name, "", "the profile has no such message")
        return self._messages[name]


def _or_none(step: ValueStep, nodes: Nodes) -> str | None:
    try:
        return step.value(nodes) or None
    except FieldError:
        return None
