"""Our Standard Webhooks against the public library, and against whatever a stranger may send."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import standardwebhooks
from hypothesis import given, settings
from hypothesis import strategies as st

from bbic_bridge.security.signatures import (
    BadSignature,
    Secret,
    Verified,
    sign,
    signed_headers,
    verify,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 64).decode()
STRANGER = "whsec_" + base64.b64encode(b"s" * 32).decode()
BODY = '{"mål": "å"}'.encode()
SECRETS = (Secret.decode("old", OLD), Secret.decode("new", NEW))

RawHeaders = list[tuple[bytes, bytes]]


def raw(headers: dict[str, str]) -> RawHeaders:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def check(headers: RawHeaders, body: bytes = BODY, now: datetime = NOW) -> Verified:
    return verify(headers, body, SECRETS, now, 300)


def refused(headers: RawHeaders, body: bytes = BODY, now: datetime = NOW) -> str:
    with pytest.raises(BadSignature) as caught:
        check(headers, body, now)
    return caught.value.code


@pytest.mark.parametrize(("secret", "name"), [(OLD, "old"), (NEW, "new")])
def test_what_the_public_library_signs_is_verified(secret: str, name: str) -> None:
    signature = standardwebhooks.Webhook(secret).sign("msg_1", NOW, BODY.decode())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature,
    }
    assert check(raw(headers)) == Verified(name, "msg_1")


def test_the_public_library_verifies_what_we_sign() -> None:
    headers = signed_headers(NEW, "msg_1", datetime.now(UTC), BODY)
    assert standardwebhooks.Webhook(NEW).verify(BODY, headers) == {"mål": "å"}


def test_the_specification_s_own_example_secret_signs_as_the_library_does() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    ours = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert ours == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_aware_time_in_any_zone_gives_the_same_timestamp() -> None:
    elsewhere = NOW.astimezone(ZoneInfo("Europe/Stockholm"))
    assert signed_headers(NEW, "m", elsewhere, b"") == signed_headers(NEW, "m", NOW, b"")
    with pytest.raises(ValueError, match="aware"):
        signed_headers(NEW, "m", NOW.replace(tzinfo=None), b"")


def test_one_of_several_signatures_is_enough_and_unknown_versions_are_passed_over() -> None:
    headers = signed_headers(OLD, "m", NOW, BODY)
    other = sign(STRANGER, "m", int(NOW.timestamp()), BODY)
    headers["webhook-signature"] = f"v1a,AAAA {other} v2 {headers['webhook-signature']}"
    assert check(raw(headers)).name == "old"


@pytest.mark.parametrize("secret", [OLD, NEW, STRANGER])
def test_time_tells_nothing_of_which_secret_or_signature_matched(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is compared with each in constant time, whatever was found already."""
    compared: list[tuple[bytes, bytes]] = []
    in_constant_time = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return in_constant_time(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    headers = signed_headers(secret, "m", NOW, BODY)
    headers["webhook-signature"] += " v1,AAAA v1,BBBB"
    if secret == STRANGER:
        refused(raw(headers))
    else:
        check(raw(headers))
    assert len(compared) == len(SECRETS) * 3


def test_header_names_are_read_in_any_case() -> None:
    headers = {name.title(): value for name, value in signed_headers(OLD, "m", NOW, BODY).items()}
    assert check(raw(headers)).name == "old"


def test_any_change_of_what_was_signed_is_a_mismatch() -> None:
    headers = signed_headers(NEW, "m", NOW, BODY)
    later = str(int(NOW.timestamp()) + 1)
    assert refused(raw(headers), BODY + b" ") == "signature_mismatch"
    assert refused(raw({**headers, "webhook-id": "n"})) == "signature_mismatch"
    assert refused(raw({**headers, "webhook-timestamp": later})) == "signature_mismatch"
    assert refused(raw(signed_headers(STRANGER, "m", NOW, BODY))) == "signature_mismatch"
    truncated = headers["webhook-signature"][:-1]
    assert refused(raw({**headers, "webhook-signature": truncated})) == "signature_mismatch"
    unversioned = headers["webhook-signature"].removeprefix("v1,")
    assert refused(raw({**headers, "webhook-signature": unversioned})) == "signature_mismatch"


def test_without_a_secret_nobody_is_believed() -> None:
    with pytest.raises(BadSignature, match="signature_mismatch"):
        verify(raw(signed_headers(NEW, "m", NOW, BODY)), BODY, (), NOW, 300)


@pytest.mark.parametrize("offset", [-300, 300])
def test_a_timestamp_at_the_edge_of_the_tolerance_is_taken(offset: int) -> None:
    headers = raw(signed_headers(NEW, "m", NOW, BODY))
    assert check(headers, now=NOW + timedelta(seconds=offset)).name == "new"


@pytest.mark.parametrize("offset", [-301, 301])
def test_a_timestamp_beyond_the_tolerance_is_stale(offset: int) -> None:
    headers = raw(signed_headers(NEW, "m", NOW, BODY))
    assert refused(headers, now=NOW + timedelta(seconds=offset)) == "timestamp_stale"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_must_come_once(name: str) -> None:
    headers = signed_headers(NEW, "m", NOW, BODY)
    twice = [*raw(headers), (name.upper().encode(), headers[name].encode())]
    assert refused(twice) == "signature_malformed"
    del headers[name]
    assert refused(raw(headers)) == "signature_missing"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", b""),
        ("webhook-id", b"a b"),
        ("webhook-id", "å".encode()),
        ("webhook-id", b"a" * 257),
        ("webhook-timestamp", b"1e9"),
        ("webhook-timestamp", b"-1"),
        ("webhook-timestamp", b"1674087231.5"),
        ("webhook-timestamp", "١٦٧٤٠٨٧٢٣١".encode()),
        ("webhook-timestamp", b"1" * 13),
        ("webhook-signature", b""),
        ("webhook-signature", b"v1,\xff"),
        ("webhook-signature", b"v1,AAAA " * 513),
    ],
)
def test_a_header_out_of_its_form_is_malformed(name: str, value: bytes) -> None:
    headers = raw(signed_headers(NEW, "m", NOW, BODY))
    changed = [(key, value if key == name.encode() else old) for key, old in headers]
    assert refused(changed) == "signature_malformed"


NAMES = st.sampled_from([b"webhook-id", b"webhook-timestamp", b"webhook-signature", b"other"])
VALUES = st.binary() | st.from_regex(rb"[0-9]+", fullmatch=True) | st.just(b"v1,AAAA v1,,")


@settings(deadline=None)
@given(headers=st.lists(st.tuples(NAMES | st.binary(), VALUES)), body=st.binary())
def test_junk_raises_bad_signature_and_nothing_else(headers: RawHeaders, body: bytes) -> None:
    assert refused(headers, body) in {
        "signature_missing",
        "signature_malformed",
        "timestamp_stale",
        "signature_mismatch",
    }


@settings(deadline=None)
@given(body=st.binary(), msg_id=st.from_regex(r"[!-~]{1,256}", fullmatch=True))
def test_what_we_sign_we_verify(body: bytes, msg_id: str) -> None:
    headers = raw(signed_headers(NEW, msg_id, NOW, body))
    assert check(headers, body) == Verified("new", msg_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        NEW.removeprefix("whsec_"),
        NEW + "=",
        NEW[:-1],
        NEW[:20] + " " + NEW[20:],
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
        "whsec_" + "å" * 32,
    ],
)
def test_a_secret_out_of_form_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as caught:
        Secret.decode("workflow", text)
    assert not text.removeprefix("whsec_") or text.removeprefix("whsec_") not in str(caught.value)


def test_a_secret_does_not_show_its_key() -> None:
    assert repr(SECRETS[0]) == "Secret(name='old')"
