"""Bearer tokens: who is known, in which role, for which kommuner."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbic_bridge.security.tokens import BadToken, Bearer, Role, authenticate

READ = Bearer.of("reader", "read-token-0123456789", "read", ("malmo",))
ADMIN = Bearer.of("boss", "admin-token-0123456789", "admin", ("*",))
BEARERS = (READ, ADMIN)


def refused(authorization: str | None) -> str:
    with pytest.raises(BadToken) as caught:
        authenticate(authorization, BEARERS)
    return caught.value.code


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER   "])
def test_a_token_tells_who_holds_it(scheme: str) -> None:
    assert authenticate(scheme + "read-token-0123456789", BEARERS) is READ
    assert authenticate(scheme + "admin-token-0123456789", BEARERS) is ADMIN


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
