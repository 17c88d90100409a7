"""Replays, and what each of them is of."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, Table, Text

from bbic_bridge.store.schema.base import Micros, Sealed, metadata, text_column

# Replays: what was chosen, once and for all. ``digest``: SHA-256 over the ids, a line each, in the
# order of ``replay_items``. ``kommun``: whose data key seals ``reason`` and ``edit``. ``runs``: how
# often it was started, which tells a runner that another has taken over.
replay_jobs = Table(
    "replay_jobs",
    metadata,
    text_column("id", primary_key=True),
    text_column("name"),
    text_column("kommun"),
    text_column("chosen"),
    Column("total", Integer, nullable=False, server_default="0"),
    text_column("digest"),
    text_column("mode"),
    Column("rate", Float(53)),
    text_column("actor"),
    Column("reason", Sealed),
    Column("edit", Sealed),
    text_column("state"),
    Column("runs", Integer, nullable=False, server_default="0"),
    Column("created_at", Micros, nullable=False),
    Column("started_at", Micros),
    Column("updated_at", Micros, nullable=False),
)

# ``position`` is the delivery's seq; ``was``, ``version`` and ``attempts`` how it stood when it was
# chosen: what stands otherwise when its turn comes is not replayed. ``held``: 1 while it is this
# job's to replay and no other's.
replay_items = Table(
    "replay_items",
    metadata,
    text_column("job_id", primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    text_column("delivery_id"),
    text_column("kommun"),
    text_column("arende"),
    text_column("was"),
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("outcome", Text),
    Column("detail", Text),
    Column("at", Micros),
)
_held_item = replay_items.c.held == 1
Index(
    "ix_replay_items_held",
    replay_items.c.delivery_id,
    unique=True,
    sqlite_where=_held_item,
    postgresql_where=_held_item,
)
