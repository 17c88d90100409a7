"""Why a delivery did not go through. Adapters raise these; nothing above knows a vendor's codes.

BridgeError
├── ConfigurationError      wrong set-up; never retried
└── DeliveryError
    ├── Transient           nothing happened at the vendor; try again
    │   └── Throttled       ... not before ``retry_after`` seconds
    ├── Ambiguous           bytes may have left and no usable answer came; look it up
    │   └── Contract        an answer came that breaks the contract; look it up, keep the answer
    ├── Rejected            the vendor refused: a business fault
    └── NeedsPerson         unknown code, several matches, protected data: never guessed
"""

from typing import ClassVar


class BridgeError(Exception):
    """Anything this program raises on purpose."""


class ConfigurationError(BridgeError):
    """The configuration is wrong; the message names the setting."""


class DeliveryError(BridgeError):
    """One attempt did not end well.

    Args:
        code: a static, machine-readable word (``connect_failed``, ``http_500``, a fault code).
        reason: the vendor's words for a person; may hold personal data, is stored encrypted and
            is never part of ``str(error)``.
        answer: the vendor's raw answer, kept encrypted.
        retry_after: seconds the vendor asked us to wait.
        unreachable: it befell the line to the vendor (no connection, no answer in time, an answer
            that the vendor is ill or busy), so that any other message would fare the same.
        where: what is wrong in our own words, e.g. profile, message and field; it is shown and
            logged, so it never holds a value.
    """

    kind: ClassVar[str] = "transient"

    def __init__(
        self,
        code: str,
        *,
        reason: str = "",
        answer: bytes | None = None,
        retry_after: float | None = None,
        unreachable: bool = False,
        where: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.answer = answer
        self.retry_after = retry_after
        self.unreachable = unreachable
        self.where = where


class Transient(DeliveryError):
    """Nothing can have happened at the vendor; it may be tried again."""


class Throttled(Transient):
    """The vendor asked us to slow down."""

    kind = "throttled"


class Ambiguous(DeliveryError):
    """The effect may or may not have happened."""

    kind = "ambiguous"


class Contract(Ambiguous):
    """The answer does not follow the contract: malformed, or about something else."""

    kind = "contract"


class Rejected(DeliveryError):
    """The vendor understood and refused."""

    kind = "rejected"


class NeedsPerson(DeliveryError):
    """Only a person can decide."""

    kind = "with_person"
