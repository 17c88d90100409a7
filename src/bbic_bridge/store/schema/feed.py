"""What the workflow is told."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from bbic_bridge.store.schema.base import Micros, Sealed, Serial, metadata, text_column

feed = Table(
    "feed",
    metadata,
    Column("row", Serial, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, unique=True),
    text_column("id", unique=True),
    text_column("kommun"),
    Column("arende", Text),
    text_column("type"),
    Column("at", Micros, nullable=False),
    Column("payload", Sealed, nullable=False),
    Index("ix_feed_case", "kommun", "arende"),
)
_unsealed = feed.c.seq.is_(None)
Index("ix_feed_unsealed", feed.c.row, sqlite_where=_unsealed, postgresql_where=_unsealed)
