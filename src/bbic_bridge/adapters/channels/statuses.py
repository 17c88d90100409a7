"""What an HTTP status means in our kinds of error, where the body has nothing better to say."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from bbic_bridge.adapters.channels.http import KEPT_BYTES, Answer
from bbic_bridge.delivery.errors import (
    Ambiguous,
    Contract,
    DeliveryError,
    Rejected,
    Throttled,
    Transient,
)

LONGEST_WAIT_S = 86_400.0
DONE = range(200, 300)
ELSEWHERE = range(300, 400)
REFUSED = range(400, 500)
ILL = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)})
"""What is said of the vendor, or of what stands before it, and not of one message."""
CODES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "unauthorised",
    HTTPStatus.FORBIDDEN: "unauthorised",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
}


def after_write(answer: Answer, now: datetime) -> DeliveryError | None:
    """The error for the answer to a write, or None for 2xx.

    A 4xx says that the vendor did nothing. 408 and 5xx may come from something in between, after
    the effect: ambiguous.
    """
    refused = answer.status in REFUSED and answer.status != HTTPStatus.REQUEST_TIMEOUT
    return _error(answer, now, Rejected if refused else Ambiguous)


def after_read(answer: Answer, now: datetime) -> DeliveryError | None:
    """The error for the answer to a read, or None for 2xx: it could not be asked.

    Also where the credentials are refused: that says nothing about the effect asked for.
    """
    return _error(answer, now, Transient)


def _error(
    answer: Answer, now: datetime, otherwise: Callable[..., DeliveryError]
) -> DeliveryError | None:
    if answer.status in DONE:
        return None
    code, kept = CODES.get(answer.status, f"http_{answer.status}"), answer.body[:KEPT_BYTES]
    if answer.status in ELSEWHERE:
        return Contract(code, answer=kept)
    kind = Throttled if answer.status == HTTPStatus.TOO_MANY_REQUESTS else otherwise
    ill = answer.status in ILL
    return kind(code, answer=kept, retry_after=retry_after(answer, now), unreachable=ill)


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait as the vendor asked (RFC 9110, 10.2.3), at most a day; None if unsaid."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT_S)
    at = vendor_time(value)
    return None if at is None else min(max(0.0, (at - now).total_seconds()), LONGEST_WAIT_S)


def vendor_time(value: str) -> datetime | None:
    """An HTTP date as an aware time; None for anything else."""
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
