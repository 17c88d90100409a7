"""Systems that speak XML by a mapping profile: what both vendors share.

An answer counts only when it is sound XML, follows the schema, is the message expected and is
about our reference. Anything else is ``Contract``, with the answer kept.
"""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from bbic_bridge.adapters.base import System
from bbic_bridge.adapters.changes import row_name, vendor_change
from bbic_bridge.adapters.channels import statuses
from bbic_bridge.adapters.channels.http import KEPT_BYTES, Answer, Http
from bbic_bridge.adapters.identities import known_ids, links_of
from bbic_bridge.contracts.xml import Element, XmlRefused, parse_untrusted
from bbic_bridge.delivery.errors import (
    ConfigurationError,
    Contract,
    DeliveryError,
    NeedsPerson,
    Rejected,
)
from bbic_bridge.delivery.ports import (
    WEBHOOK,
    Finding,
    Link,
    Lookup,
    Order,
    Page,
    Receipt,
    Told,
    Unreadable,
)
from bbic_bridge.handbook.uppgifter import UPPGIFTER
from bbic_bridge.mappings.apart import Unread
from bbic_bridge.mappings.engine import MappingError, Profile
from bbic_bridge.mappings.messages import message_name

FEED = "andringar"
PAGE_SIZE = 100
FAULT_CODE = re.compile("[A-Z][A-Z0-9_]{0,63}")
"""What is shown and logged of a refusal; all else is the vendor's words, kept encrypted."""
BREAKS_CONTRACT = "breaks_contract"
T = TypeVar("T")


class MappedSystem(System):
    """A vendor system behind a mapping profile.

    Args:
        profile: says what the vendor can do, and translates.
        write: the address that orders are sent to.
        others: further channels, closed with it.
    """

    operations = tuple(UPPGIFTER)
    faults: ClassVar[Mapping[str, type[DeliveryError]]]
    object_keyed: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, profile: Profile, write: Http, *others: Http) -> None:
        super().__init__(write, *others)
        self.profile = profile
        self.honours_key = profile.honours_key

    def prepare(self, order: Order) -> bytes:
        """The bytes to send, validated against the vendor's schema. Pure.

        Raises:
            NeedsPerson: with profile, operation and field when it cannot be mapped.
        """
        known = {"referens": order.reference, "arende": order.arende, "vendor": known_ids(order)}
        message = message_name(order.operation, order.effect)
        return self._in_words(message, {**order.uppgift, **known})

    def find(self, order: Order, links: tuple[Link, ...] = ()) -> Finding:
        """Reads the effect back, by the vendor's ids in ``links`` or as the profile says.

        Raises:
            Transient: the vendor cannot be asked.
            Contract: it answered something else.
            NeedsPerson: the profile has no words for the question.
        """
        lookup = self._lookup(order.operation)
        if lookup == "none" and not links:
            return Finding("unknowable")
        return self._find(order, links, lookup)

    def streams(self) -> tuple[str, ...]:
        """The vendor's own feed, where the profile says that there is one."""
        return (FEED,) if self.profile.changes_feed else ()

    def changes(self, stream: str, cursor: str | None, now: datetime) -> Iterator[Page]:  # noqa: ARG002  (port)
        """Pages of the feed after the cursor, to the end; resumable from any page's cursor."""
        if stream not in self.streams():
            raise ConfigurationError(f"{self.name} has no stream {stream}")
        return self._feed(cursor or None)

    def parse_webhook(self, body: bytes) -> tuple[Told, ...]:
        """Changes told by a signed webhook, each judged by itself.

        Raises:
            Contract: it cannot be taken apart; with the field in ``where``.
        """
        read = self.profile.parse_page
        _, (_, changes) = self._understand(body, parse_untrusted, read, "andringar")
        return tuple(self._told(change, WEBHOOK) for change in changes)

    def read_again(self, unread: Unreadable) -> Told | None:
        """What a change tells now that the profile may have been mended. Pure."""
        try:
            element = parse_untrusted(unread.raw)
        except XmlRefused:
            return unread
        return self._told(self.profile.parse_change(element), unread.stream)

    @abstractmethod
    def _wrapped(self, message: Element) -> bytes:
        """A message as this vendor wants it sent."""

    @abstractmethod
    def _unwrapped(self, body: bytes) -> Element:
        """The message in an answer. Raises ``XmlRefused``."""

    @abstractmethod
    def _find(self, order: Order, links: tuple[Link, ...], lookup: Lookup) -> Finding:
        """Reads an effect back from this vendor."""

    @abstractmethod
    def _ask_for_changes(self, cursor: str | None) -> Answer:
        """The answer that holds a page of the feed."""

    @abstractmethod
    def _fault(self, answer: Answer) -> Element | None:
        """The element that may tell a business fault; None where there is none."""

    def _in_words(self, message: str, data: Mapping[str, Any]) -> bytes:
        try:
            return self._wrapped(self.profile.build(message, data))
        except MappingError as error:
            reason = str(error)
        raise NeedsPerson("cannot_be_mapped", reason=reason, where=reason)

    def _effects(self, operation: str) -> tuple[str | None, ...]:
        return self.profile.effects(operation)

    def _lookup(self, operation: str) -> Lookup:
        try:
            return self.profile.lookup(operation)
        except MappingError as error:
            raise ConfigurationError(str(error)) from None

    def _refusal(self, answer: Answer) -> DeliveryError | None:
        element = self._fault(answer)
        if element is None:
            return None
        try:
            fel = self.profile.parse("fel", element)
        except MappingError:
            return None
        code, text, kept = fel["kod"], fel.get("text", ""), answer.body[:KEPT_BYTES]
        if not FAULT_CODE.fullmatch(code):  # a profile's own schema may let any words stand there
            return Rejected("unknown_fault", reason=f"{code} {text}".strip(), answer=kept)
        return self.faults.get(code, Rejected)(code, reason=text, answer=kept)

    def _could_be_asked(self, answer: Answer) -> Answer:
        failed = statuses.after_read(answer, self._write.clock.now())
        if failed:
            raise failed
        return answer

    def _receipt(self, order: Order, answer: Answer) -> Receipt:
        _, kvittens = self._read(answer, "kvittens", reference=order.reference)
        return Receipt(links_of(kvittens), answer.body)

    def _read(
        self, answer: Answer, *expected: str, reference: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        """The message in an answer, and what it says; it must be about ``reference``."""
        message, data = self._understand(
            answer.body, self._unwrapped, self.profile.parse, *expected
        )
        if reference is not None and data["referens"] != reference:
            raise Contract("other_reference", answer=answer.body[:KEPT_BYTES])
        return message, data

    def _feed(self, cursor: str | None) -> Iterator[Page]:
        more = True
        while more:
            answer = self._could_be_asked(self._ask_for_changes(cursor))
            read = self.profile.parse_page
            _, (page, told) = self._understand(answer.body, self._unwrapped, read, "andringar")
            more, following = page.get("fler", False), page.get("nasta")
            if following is None or (more and following == cursor):
                raise Contract("feed_without_cursor", answer=answer.body[:KEPT_BYTES])
            cursor = following
            yield Page(tuple(self._told(change, FEED) for change in told), following)

    def _told(self, change: Mapping[str, Any] | Unread, stream: str) -> Told:
        if isinstance(change, Unread):
            row, where = row_name("andring", change.andrings_id), str(change.error)
            return Unreadable(row, change.kind, stream, BREAKS_CONTRACT, where, change.raw)
        row = row_name("andring", change["andrings_id"])
        return vendor_change(change, self.object_keyed, row)

    def _understand(
        self,
        body: bytes,
        unwrap: Callable[[bytes], Element],
        read: Callable[[str, Element], T],
        *expected: str,
    ) -> tuple[str, T]:
        code = "unexpected_message"
        try:
            element = unwrap(body)
            message = self.profile.message_of(element)
            if message in expected:
                return message, read(message, element)
            reason = f"{message} instead of {' or '.join(expected)}"
        except XmlRefused as error:
            code, reason = "malformed_xml", str(error)
        except MappingError as error:
            code, reason = BREAKS_CONTRACT, str(error)
        raise Contract(code, reason=reason, where=reason, answer=body[:KEPT_BYTES])
