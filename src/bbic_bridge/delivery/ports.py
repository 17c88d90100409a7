"""The port that every system adapter fills, and the values that cross it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Lookup = Literal["reference", "natural_key", "none"]


@dataclass(frozen=True, slots=True)
class Link:
    """Our id and the vendor's for the same thing, e.g. ``Link("beslut", "B-1", "4711")``."""

    kind: str
    our_id: str
    vendor_id: str


@dataclass(frozen=True, slots=True)
class Order:
    """One effect to bring about at one system, exactly once.

    ``reference`` names the intent and never changes; for an operation with two effects it ends
    in ``/<effect>``. ``idempotency_key`` is the reference and the payload version.
    ``vendor_ids`` holds the vendor's id for each of our ids that the uppgift mentions, as far as
    known, keyed ``(kind, our_id)``. ``taken`` holds vendor ids already linked to other
    references, which a natural-key look-up must not count. ``other_numbers`` are those that the
    child of the uppgift is or has been known by besides: a look-up asks for all.
    """

    reference: str
    idempotency_key: str
    kommun: str
    arende: str
    operation: str
    effect: str | None
    uppgift: Mapping[str, Any]
    vendor_ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    taken: frozenset[tuple[str, str]] = frozenset()
    other_numbers: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The vendor accepted. ``links`` tie our ids to the vendor's; ``answer`` is kept encrypted.

    ``final`` is true where nothing can be read back and the receipt itself is the proof
    (callbacks to the workflow).
    """

    links: tuple[Link, ...] = ()
    answer: bytes = b""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What the vendor holds of an order: ``found``, ``absent``, ``several`` or ``unknowable``."""

    outcome: Literal["found", "absent", "several", "unknowable"]
    links: tuple[Link, ...] = ()
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Capability:
    """What an adapter says of one operation; the matrix in the docs is made from these."""

    operation: str
    effects: tuple[str | None, ...]
    lookup: Lookup
    honours_key: bool


@dataclass(frozen=True, slots=True)
class VendorChange:
    """Something that changed in a vendor system, as told by its feed, extract or webhook.

    ``key`` is the same however it reached us. ``reference`` is ours where the vendor repeats it.
    ``person`` (12 digits) finds the case where the vendor does not know our ``arende``.
    ``links`` tie ids; ``data`` is what the workflow is told; ``at`` is the vendor's own time.
    ``row`` is what an unreadable version of the same row goes by (``Unreadable.row``).
    """

    key: str
    kind: str
    vendor_id: str
    arende: str | None
    person: str | None
    reference: str | None
    at: datetime
    data: Mapping[str, Any]
    links: tuple[Link, ...] = ()
    row: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row or change that a vendor told and that cannot be understood as it stands.

    ``row`` names it by the vendor's own id, the same however often it comes; None where no id can
    be read. ``kind`` is its kind of change, or empty. ``where`` is the place and what is wrong
    there in our own words (profile, message and field), without any value. ``raw`` is the row as
    it was received and ``beside`` what the adapter needs to read it again: both may be personal.
    ``stream`` is the one it came by, or ``WEBHOOK``.
    """

    row: str | None
    kind: str
    stream: str
    code: str
    where: str
    raw: bytes = field(repr=False)
    beside: bytes = field(default=b"", repr=False)


WEBHOOK = "webhook"
"""The stream of what a vendor tells unasked."""
Told = VendorChange | Unreadable


@dataclass(frozen=True, slots=True)
class Page:
    """One page of changes and where to go on from: an opaque cursor for this stream.

    ``silent`` names the rows (``Unreadable.row``) that can be read and tell nothing.
    """

    changes: tuple[Told, ...]
    cursor: str
    silent: tuple[str, ...] = ()


class VendorSystem(Protocol):
    """One system of one kommun. All methods may raise ``DeliveryError``; none raises others.

    No method logs, and no exception holds, a URL, a body or personal data.
    """

    name: str

    def capability(self, operation: str) -> Capability:
        """What can be done here; raises ``ConfigurationError`` for an unknown operation."""
        ...

    def prepare(self, order: Order) -> bytes:
        """The bytes to send, validated against the vendor's schema. Pure.

        Raises ``NeedsPerson`` with the profile, operation and field when it cannot be mapped.
        """
        ...

    def send(self, order: Order, body: bytes) -> Receipt:
        """Brings the effect about. Any error not proven harmless is ``Ambiguous``."""
        ...

    def find(self, order: Order, links: tuple[Link, ...] = ()) -> Finding:
        """Reads the effect back: by the vendor's ids in ``links``, else as ``lookup`` says.

        Raises ``Transient`` when the vendor cannot be asked.
        """
        ...

    def streams(self) -> tuple[str, ...]:
        """Names of the change streams that ``changes`` can read."""
        ...

    def start_of(self, stream: str, now: datetime) -> str:
        """The cursor that a stream begins with when it is first seen, at ``now``."""
        ...

    def changes(self, stream: str, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Pages of changes after the cursor, to the end; resumable from any page's cursor.

        Each row is judged by itself: one that cannot be understood is ``Unreadable``. Raises
        ``Contract`` for a page that is none.
        """
        ...

    def parse_webhook(self, body: bytes) -> tuple[Told, ...]:
        """Changes told by a signed webhook, each judged by itself.

        Raises ``Contract`` with an XPath in ``where`` for a body that cannot be taken apart.
        """
        ...

    def read_again(self, unread: Unreadable) -> Told | None:
        """What a row tells now that the mapping may have been mended; None for nothing. Pure."""
        ...
