"""The order of things, the same for every system; an adapter fills the named holes.

Sending: write → the system's own words of refusal → the status → the receipt. A refusal is read
before the status, because a business fault says that nothing happened where a bare 500 does not.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from bbic_bridge.adapters.channels import statuses
from bbic_bridge.adapters.channels.http import Answer, Http
from bbic_bridge.delivery.errors import ConfigurationError, DeliveryError
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


class System(ABC):
    """One system of one kommun (``delivery.ports.VendorSystem``).

    Args:
        write: the address that orders are sent to.
        others: further channels, closed with it.
    """

    name: str
    honours_key: bool
    operations: ClassVar[tuple[str, ...]]

    def __init__(self, write: Http, *others: Http) -> None:
        self._write = write
        self._channels = (write, *others)

    def capability(self, operation: str) -> Capability:
        """What can be done here; raises ``ConfigurationError`` for an unknown operation."""
        if operation not in self.operations:
            raise ConfigurationError(f"{self.name} has no operation {operation}")
        effects = self._effects(operation)
        return Capability(operation, effects, self._lookup(operation), self.honours_key)

    def send(self, order: Order, body: bytes) -> Receipt:
        """Brings the effect about. Any error not proven harmless is ``Ambiguous``."""
        answer = self._post(order, body)
        refused = self._refusal(answer) or statuses.after_write(answer, self._write.clock.now())
        if refused:
            raise refused
        return self._receipt(order, answer)

    def close(self) -> None:
        """Closes the connections."""
        for channel in self._channels:
            channel.close()

    @abstractmethod
    def prepare(self, order: Order) -> bytes:
        """The bytes to send. Raises ``NeedsPerson`` when the order cannot be put in words."""

    @abstractmethod
    def find(self, order: Order, links: tuple[Link, ...] = ()) -> Finding:
        """Reads the effect back."""

    @abstractmethod
    def streams(self) -> tuple[str, ...]:
        """Names of the change streams that ``changes`` can read."""

    def start_of(self, stream: str, now: datetime) -> str:  # noqa: ARG002  (port)
        """A stream begins with all that it holds, unless the system says otherwise."""
        return ""

    @abstractmethod
    def changes(self, stream: str, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Pages of changes after the cursor, to the end."""

    @abstractmethod
    def parse_webhook(self, body: bytes) -> tuple[Told, ...]:
        """Changes told by a signed webhook."""

    @abstractmethod
    def read_again(self, unread: Unreadable) -> Told | None:
        """What a row that could not be read tells now."""

    @abstractmethod
    def _effects(self, operation: str) -> tuple[str | None, ...]:
        """The effects that an operation has here, in order."""

    @abstractmethod
    def _lookup(self, operation: str) -> Lookup:
        """How an effect is looked up here."""

    @abstractmethod
    def _post(self, order: Order, body: bytes) -> Answer:
        """Sends the bytes as this system wants them sent."""

    @abstractmethod
    def _refusal(self, answer: Answer) -> DeliveryError | None:
        """The error for a refusal in the system's own words; None where there are none."""

    @abstractmethod
    def _receipt(self, order: Order, answer: Answer) -> Receipt:
        """The receipt in a 2xx answer; raises ``Contract`` when it is not one, or not for us."""
