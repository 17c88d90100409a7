"""What was taken in: events, and the cases and persons that they are about."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from bbic_bridge.store.schema.base import Micros, Sealed, metadata, text_column

# Narrow and never pruned: it is what makes an old event, sent again, a duplicate.
inbox = Table(
    "inbox",
    metadata,
    text_column("source", primary_key=True),
    text_column("event_id", primary_key=True),
    Column("content_hash", LargeBinary, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("arende", primary_key=True),
    Column("created_at", Micros, nullable=False),
)

# Who a case is about: keyed hashes of every number the child has had (aliases).
case_persons = Table(
    "case_persons",
    metadata,
    text_column("kommun", primary_key=True),
    Column("person_hash", LargeBinary, primary_key=True),
    text_column("arende", primary_key=True),
    Index("ix_case_persons_arende", "kommun", "arende"),
)

events = Table(
    "events",
    metadata,
    text_column("id", primary_key=True),
    text_column("kommun"),
    text_column("arende"),
    text_column("source"),
    text_column("event_id"),
    text_column("type"),
    Column("time", Micros, nullable=False),
    Column("received_at", Micros, nullable=False),
    Column("payload", Sealed, nullable=False),
    Column("warnings", Text, nullable=False, server_default="[]"),
    Index("ix_events_case", "kommun", "arende", "time"),
)

# Cases of which nothing is pruned, for as long as somebody says so. Why stands in the audit log.
holds = Table(
    "holds",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("arende", primary_key=True),
    Column("at", Micros, nullable=False),
)

# When a case's payloads were last pruned, and what must be known of them as long as it goes on.
pruned_cases = Table(
    "pruned_cases",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("arende", primary_key=True),
    Column("at", Micros, nullable=False),
    Column("payload", Sealed, nullable=False),
)
