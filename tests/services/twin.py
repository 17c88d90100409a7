"""An in-memory vendor: it honours no key, answers as told, and remembers every effect."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from bbic_bridge.delivery.errors import DeliveryError
from bbic_bridge.delivery.ports import (
    Capability,
    Finding,
    Link,
    Lookup,
    Order,
    Page,
    Receipt,
    Told,
    Unreadable,
)


class Twin:
    """Fills the port. ``trouble``: for each coming send an error and whether the effect happens.

    ``wording`` is how its messages begin; ``bodies`` are those that were sent.
    """

    name = "twin"

    def __init__(self, lookup: Lookup = "reference") -> None:
        self.lookup = lookup
        self.effects: list[str] = []
        self.sent: list[Order] = []
        self.bodies: list[bytes] = []
        self.wording = b""
        self.asked: list[Order] = []
        self.trouble: deque[tuple[DeliveryError, bool]] = deque()
        self.deaf: DeliveryError | None = None
        self.hidden: set[str] = set()
        self.pages: list[Page] = []
        self.start = ""
        self.silence: DeliveryError | None = None
        self.mended: dict[bytes, Told | None] = {}
        self.webhooks: dict[bytes, tuple[Told, ...]] = {}
        self.unmappable: DeliveryError | None = None

    def capability(self, operation: str) -> Capability:
        return Capability(operation, (None,), self.lookup, honours_key=False)

    def prepare(self, order: Order) -> bytes:
        if self.unmappable is not None:
            raise self.unmappable
        return self.wording + order.reference.encode()

    def send(self, order: Order, body: bytes) -> Receipt:
        self.bodies.append(body)
        error, happens = self.trouble.popleft() if self.trouble else (None, True)
        self.sent.append(order)
        if happens:
            self.effects.append(order.reference)
        if error is not None:
            raise error
        return Receipt((self._link(order),), b"<kvittens/>")

    def find(self, order: Order, links: tuple[Link, ...] = ()) -> Finding:
        self.asked.append(order)
        if self.deaf is not None:
            raise self.deaf
        if self.lookup == "none" and not links:
            return Finding("unknowable")
        count = self.effects.count(order.reference) if order.reference not in self.hidden else 0
        if count == 1:
            return Finding("found", (self._link(order),))
        return Finding("several" if count else "absent")

    def streams(self) -> tuple[str, ...]:
        return ("changes",)

    def start_of(self, stream: str, now: datetime) -> str:
        del stream, now
        return self.start

    def changes(self, stream: str, cursor: str | None, now: datetime) -> Iterator[Page]:
        """All pages after the cursor, then ``silence`` if there is one."""
        del stream, now
        yield from self.pages[int(cursor or 0) :]
        if self.silence is not None:
            raise self.silence

    def tell(self, *changes: Told, silent: tuple[str, ...] = ()) -> None:
        """Puts a page of changes where a sync finds it."""
        self.pages.append(Page(changes, str(len(self.pages) + 1), silent))

    def parse_webhook(self, body: bytes) -> tuple[Told, ...]:
        """What ``webhooks`` says that a body tells."""
        return self.webhooks[body]

    def read_again(self, unread: Unreadable) -> Told | None:
        """What ``mended`` says that a row tells now; else it still cannot be read."""
        return self.mended.get(unread.raw, unread)

    def _link(self, order: Order) -> Link:
        return Link("beslut", str(order.uppgift.get("beslut_id", "-")), f"V-{order.reference}")
