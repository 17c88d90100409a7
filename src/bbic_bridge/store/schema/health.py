"""How the bridge itself is."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, Table

from bbic_bridge.store.schema.base import Micros, metadata, text_column

# The processes that keep the bridge going (kind: ``worker`` or ``beat``), as they last told.
# ``seen``, ``looked`` and ``claimed`` are on the leases' clock: when it told of itself, when it
# last asked for due deliveries and got an answer, and when it last got one to carry.
parts = Table(
    "parts",
    metadata,
    text_column("id", primary_key=True),
    text_column("kind"),
    text_column("host"),
    Column("pid", Integer, nullable=False),
    Column("started_at", Micros, nullable=False),
    text_column("boot"),
    Column("seen", Float(53), nullable=False),
    Column("looked", Float(53)),
    Column("claimed", Float(53)),
)

# What any of several processes may do, but one at a time: whose turn it is until (leases' clock).
turns = Table(
    "turns",
    metadata,
    text_column("name", primary_key=True),
    text_column("boot"),
    Column("until", Float(53), nullable=False),
)

# Each time that something began to need a person (``since``) and ended (``resolved``); no personal
# data. ``told``: how much of it the configured address has been told: 0 nothing, 1 that it began,
# 2 that it ended.
alerts = Table(
    "alerts",
    metadata,
    text_column("id", primary_key=True),
    text_column("name"),
    text_column("kommun"),
    text_column("system"),
    Column("since", Micros, nullable=False),
    Column("resolved", Micros),
    Column("told", Integer, nullable=False, server_default="0"),
)
_raised = alerts.c.resolved.is_(None)
Index(
    "uq_alerts_raised",
    alerts.c.name,
    alerts.c.kommun,
    alerts.c.system,
    unique=True,
    sqlite_where=_raised,
    postgresql_where=_raised,
)

# How many events each source has had accepted per kommun and Stockholm day of their ``time``, and
# the sum of their ids' digests in eight parts of 32 bits, each without carry: any order of adding
# gives the same. ``shard``: so that processes do not wait for each other's commits.
totals = Table(
    "totals",
    metadata,
    text_column("day", primary_key=True),
    text_column("source", primary_key=True),
    text_column("kommun", primary_key=True),
    Column("shard", Integer, primary_key=True),
    Column("count", BigInteger, nullable=False),
    *(Column(f"d{part}", BigInteger, nullable=False) for part in range(8)),
)
