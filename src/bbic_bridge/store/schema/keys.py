"""The keys that seal the rest."""

from sqlalchemy import Column, Integer, LargeBinary, Table

from bbic_bridge.store.schema.base import Micros, metadata, text_column

data_keys = Table(
    "data_keys",
    metadata,
    text_column("kommun", primary_key=True),
    Column("key_id", Integer, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Micros, nullable=False),
)

# What the index key makes of a fixed text: tells another index key from the right one.
index_checks = Table(
    "index_checks",
    metadata,
    text_column("name", primary_key=True),
    Column("digest", LargeBinary, nullable=False),
)
