"""Tokens made by command: shown once, kept as a hash, ended at once, and never without a trace."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.security.tokens import digest_of
from bbic_bridge.services import audit_log, tokens
from bbic_bridge.services.tokens import TokenRefused
from bbic_bridge.settings import Token
from bbic_bridge.store.schema import tokens as table
from tests.services.conftest import World


def add(world: World, name: str = "tool", **other: Any) -> str:
    asked = {"role": "operate", "use": "operator", "kommuner": ("malmo",), "expires": None}
    return tokens.add(world.bridge, name, **{**asked, "actor": "cli:anna", **other})


def test_a_token_is_kept_as_a_hash_alone(world: World) -> None:
    token = add(world)
    (bearer,) = tokens.bearers(world.bridge)
    assert (bearer.name, bearer.role, bearer.kommuner) == ("tool", "operate", ("malmo",))
    assert bearer.digest == digest_of(token)
    with world.bridge.store.read() as tx:
        (row,) = tx.connection.execute(sa.select(table)).all()
    assert token not in str(row)
    assert digest_of(token) in row


def test_a_revoked_token_is_nobody_s_and_its_name_is_never_given_again(world: World) -> None:
    add(world)
    tokens.revoke(world.bridge, "tool", actor="cli:anna")
    assert tokens.bearers(world.bridge) == ()
    with pytest.raises(TokenRefused, match="there is, or was, a token tool"):
        add(world)
    with pytest.raises(TokenRefused, match="no token tool that is not revoked"):
        tokens.revoke(world.bridge, "tool", actor="cli:anna")


def test_a_token_says_until_when_it_is_valid(world: World) -> None:
    until = world.clock.now + timedelta(days=1)
    add(world, expires=until)
    assert tokens.bearers(world.bridge)[0].expires == until
    assert [one.state for one in tokens.listed(world.bridge)] == ["valid"]
    world.clock.forward(86_400)
    assert [one.state for one in tokens.listed(world.bridge)] == ["expired"]
    with pytest.raises(TokenRefused, match="expired already"):
        add(world, "late", expires=until)


def test_making_and_ending_a_token_are_acts(world: World) -> None:
    token = add(world, reason="nytt verktyg")
    tokens.revoke(world.bridge, "tool", actor="cli:bo", reason="borttappad")
    made, ended = audit_log.acts(world.bridge, audit_log.AuditFilter(subject="tool"), reveal=True)
    assert (made.actor, made.action, ended.actor, ended.action) == (
        *("cli:anna", "token_add"),
        *("cli:bo", "token_revoke"),
    )
    assert made.details is not None
    assert made.details["reason"] == "nytt verktyg"
    assert made.details["kommuner"] == ["malmo"]
    assert ended.details == {"reason": "borttappad"}
    assert token not in str(made)


def test_the_configuration_s_tokens_are_its_own(world: World) -> None:
    token = {"boss": Token.model_validate({"token": "0123456789abcdef", "expires": "2026-01-01"})}
    settings = world.bridge.settings.model_copy(update={"token": token})
    object.__setattr__(world.bridge, "settings", settings)
    with pytest.raises(TokenRefused, match="the configuration has a token boss"):
        add(world, "boss")
    with pytest.raises(TokenRefused, match="take it out there"):
        tokens.revoke(world.bridge, "boss", actor="cli:anna")
    (boss,) = tokens.listed(world.bridge)
    assert (boss.name, boss.source, boss.state) == ("boss", "configuration", "expired")
