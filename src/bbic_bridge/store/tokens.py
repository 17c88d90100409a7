"""Bearer tokens made by command. A revoked one stays: a name is one token for ever."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bbic_bridge.store.dialect import insert_once
from bbic_bridge.store.schema import tokens
from bbic_bridge.store.tx import Tx


def add_token(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Stores a new token. False when there was one of that name."""
    return insert_once(tx.connection, tokens, {**values, "created_at": tx.now})


def all_tokens(tx: Tx) -> Sequence[Any]:
    """Every token that was ever made, by name."""
    return tx.connection.execute(sa.select(tokens).order_by(tokens.c.name)).all()


def valid_tokens(tx: Tx) -> Sequence[Any]:
    """The tokens that are not revoked; expired ones too."""
    return tx.connection.execute(sa.select(tokens).where(tokens.c.revoked_at.is_(None))).all()


def revoke_token(tx: Tx, name: str) -> bool:
    """Ends a token. False when there is none of that name that is not revoked."""
    ended = tx.connection.execute(
        sa.update(tokens)
        .where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )
    return ended.rowcount == 1
