"""Who may do what, and who did."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table

from bbic_bridge.store.schema.base import Micros, Sealed, Serial, metadata, text_column

# ``details`` are empty where they are no longer kept; ``digest``, a keyed hash of them, stays, and
# is what the chain holds.
audit = Table(
    "audit",
    metadata,
    Column("row", Serial, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, unique=True),
    text_column("id", unique=True),
    Column("at", Micros, nullable=False),
    text_column("actor"),
    text_column("action"),
    text_column("subject"),
    text_column("kommun"),
    Column("details", Sealed, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("chain", LargeBinary),
    Index("ix_audit_subject", "subject"),
)
_unchained = audit.c.seq.is_(None)
Index("ix_audit_unsealed", audit.c.row, sqlite_where=_unchained, postgresql_where=_unchained)

# One row per sealer: locking it makes sealing one at a time. ``chain``: the audit log's head.
sealers = Table(
    "sealers",
    metadata,
    text_column("name", primary_key=True),
    Column("seq", BigInteger),
    Column("chain", LargeBinary),
)

# Bearer tokens made by command; ``digest`` is the SHA-256 of one. Never removed: a name is one
# token for ever, so that the audit log's actors stay unambiguous.
tokens = Table(
    "tokens",
    metadata,
    text_column("name", primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    text_column("role"),
    text_column("use"),
    Column("kommuner", sa.JSON, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("expires_at", Micros),
    Column("revoked_at", Micros),
)
