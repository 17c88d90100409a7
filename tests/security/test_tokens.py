"""Bearer tokens: who is known, in which role, for which kommuner."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbic_bridge.security.tokens import (
    BadToken,
    Bearer,
    Role,
    authenticate,
    digest_of,
    new_token,
    shown_in,
)

READ = Bearer.of("reader", "read-token-0123456789", "read", ("malmo",))
ADMIN = Bearer.of("boss", "admin-token-0123456789", "admin", ("*",))
BEARERS = (READ, ADMIN)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def known(authorization: str | None, bearers: tuple[Bearer, ...] = BEARERS) -> Bearer:
    return authenticate(shown_in(authorization), bearers, NOW)


def refused(authorization: str | None) -> str:
    with pytest.raises(BadToken) as caught:
        known(authorization)
    return caught.value.code


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER   "])
def test_a_token_tells_who_holds_it(scheme: str) -> None:
    assert known(scheme + "read-token-0123456789") is READ
    assert known(scheme + "admin-token-0123456789") is ADMIN


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "read-token-0123456789",
        "Basic read-token-0123456789",
        "Bearer",
        "Bearer ",
        "Bearer read-token-012345678",
        "Bearer read-token-01234567890",
        "Bearer read-token-0123456789 ",
        "Bearer read-token-0123456789\n",
        "Bearer read-token-0123456789,admin-token-0123456789",
        "Bearer å" + "a" * 20,
    ],
)
def test_anything_else_is_invalid(authorization: str) -> None:
    assert refused(authorization) == "token_invalid"


def test_no_header_is_missing() -> None:
    assert refused(None) == "token_missing"


@settings(deadline=None)
@given(st.text())
def test_junk_raises_bad_token_and_nothing_else(authorization: str) -> None:
    assert refused(authorization) == "token_invalid"
    assert refused("Bearer " + authorization) == "token_invalid"


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        ("read", {"read"}),
        ("operate", {"read", "operate"}),
        ("admin", {"read", "operate", "admin"}),
    ],
)
def test_each_role_holds_the_ones_before_it(held: Role, allowed: set[Role]) -> None:
    bearer = Bearer.of("x", "0123456789abcdef", held, ("*",))
    roles: tuple[Role, ...] = ("read", "operate", "admin")
    assert {role for role in roles if bearer.may(role)} == allowed


def test_a_bearer_sees_its_kommuner_only() -> None:
    assert READ.sees("malmo")
    assert not READ.sees("exempel")
    assert ADMIN.sees("exempel")


@pytest.mark.parametrize("token", ["", "short", "a" * 513, "has space in the middle", "å" * 20])
def test_an_unusable_token_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ValueError, match="16 to 512") as caught:
        Bearer.of("x", token, "read", ("*",))
    assert not token or token not in str(caught.value)


def test_a_token_for_no_kommun_is_refused() -> None:
    with pytest.raises(ValueError, match="kommun"):
        Bearer.of("x", "0123456789abcdef", "read", ())


def test_a_bearer_does_not_show_its_token() -> None:
    assert "digest" not in repr(READ)
    assert "0123456789" not in repr(READ)


@pytest.mark.parametrize(
    ("left_s", "code"), [(1, None), (0, "token_expired"), (-1, "token_expired")]
)
def test_a_token_is_valid_until_it_expires(left_s: int, code: str | None) -> None:
    expires = NOW + timedelta(seconds=left_s)
    bearer = Bearer.of("brief", "brief-token-0123456789", "read", ("*",), expires=expires)
    if code is None:
        assert known("Bearer brief-token-0123456789", (bearer,)) is bearer
        return
    with pytest.raises(BadToken, match=code):
        known("Bearer brief-token-0123456789", (bearer,))


@pytest.mark.parametrize("token", ["read-token-0123456789", "admin-token-0123456789", "x" * 20])
def test_time_tells_nothing_of_whose_token_it_is(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each digest is compared in constant time, whatever was found already."""
    compared: list[tuple[bytes, bytes]] = []
    in_constant_time = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return in_constant_time(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    if token == "x" * 20:
        assert refused(f"Bearer {token}") == "token_invalid"
    else:
        known(f"Bearer {token}")
    assert compared == [(bearer.digest, digest_of(token)) for bearer in BEARERS]


def test_a_new_token_is_256_random_bits_that_can_be_shown() -> None:
    one, two = new_token(), new_token()
    assert one != two
    assert one.startswith("bbic_")
    assert len(one.removeprefix("bbic_")) == 43
    assert shown_in(f"Bearer {one}") == digest_of(one)


def test_no_name_of_a_token_passes_for_another_actor() -> None:
    assert Bearer.of("cli:anna", "0123456789abcdef", "admin", ("*",)).actor == "token:cli:anna"
