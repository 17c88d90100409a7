"""What a bare status means, for writes and for reads."""

from datetime import UTC, datetime

import pytest

from bbic_bridge.adapters.channels.http import Answer
from bbic_bridge.adapters.channels.statuses import after_read, after_write, vendor_time
from bbic_bridge.delivery.errors import (
    Ambiguous,
    Contract,
    DeliveryError,
    Rejected,
    Throttled,
    Transient,
)

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

TABLE: list[tuple[int, str, type[DeliveryError], type[DeliveryError]]] = [
    (302, "http_302", Contract, Contract),
    (400, "http_400", Rejected, Transient),
    (401, "unauthorised", Rejected, Transient),
    (403, "unauthorised", Rejected, Transient),
    (404, "not_found", Rejected, Transient),
    (408, "http_408", Ambiguous, Transient),
    (413, "http_413", Rejected, Transient),
    (429, "throttled", Throttled, Throttled),
    (500, "http_500", Ambiguous, Transient),
    (503, "http_503", Ambiguous, Transient),
    (599, "http_599", Ambiguous, Transient),
]


@pytest.mark.parametrize(("status", "code", "written", "read"), TABLE)
def test_each_status_has_its_meaning(
    status: int, code: str, written: type[DeliveryError], read: type[DeliveryError]
) -> None:
    answer = Answer(status, {}, b"kept")
    for error, kind in ((after_write(answer, NOW), written), (after_read(answer, NOW), read)):
        assert error is not None
        assert (type(error), error.code, error.answer) == (kind, code, b"kept")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success_is_no_error(status: int) -> None:
    answer = Answer(status, {}, b"")
    assert after_write(answer, NOW) is None
    assert after_read(answer, NOW) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Mon, 02 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 02 Nov 2026 13:00:30 +0100", 30.0),
        ("Mon, 02 Nov 2026 11:00:00 GMT", 0.0),
        ("9" * 400, 86_400.0),
        ("Mon, 02 Nov 2099 12:00:00 GMT", 86_400.0),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    error = after_write(Answer(429, {"retry-after": value}, b""), NOW)
    assert error is not None
    assert error.retry_after == seconds


def test_an_http_date_without_zone_is_utc() -> None:
    assert vendor_time("Mon, 02 Nov 2026 12:00:00 -0000") == NOW
    assert vendor_time("not a date") is None
