"""What is to be sent, what it needs and gives, and what is known of whom it is sent to."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table, Text

from bbic_bridge.store.schema.base import Micros, Sealed, Serial, metadata, text_column

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    text_column("id", unique=True),
    text_column("kommun"),
    text_column("arende"),
    text_column("system"),
    text_column("operation"),
    text_column("event_row"),
    text_column("event_type"),
    Column("version", Integer, nullable=False, server_default="1"),
    text_column("state"),
    Column("effect", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("checks", Integer, nullable=False, server_default="0"),
    Column("due_at", Micros),
    Column("first_try_at", Micros),
    Column("ended_at", Micros),
    # On the clock of leases: when a look-up was first answered that there is nothing.
    Column("absent_at", BigInteger),
    Column("sending", Integer, nullable=False, server_default="0"),
    Column("lease", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", Float(53)),
    Column("lease_boot", Text),
    Column("error_kind", Text),
    Column("error_code", Text),
    Column("resend", Text),
    Column("payload", Sealed, nullable=False),
    # 1: it may be at the vendor without our knowing, after a restore: looked up before it is sent.
    # What was forgotten counts as an attempt.
    Column("unsure", Integer, nullable=False, server_default="0"),
    Column("created_at", Micros, nullable=False),
    Column("updated_at", Micros, nullable=False),
    Index("ix_deliveries_case", "kommun", "arende", "seq"),
    Index("ix_deliveries_state", "state", "seq"),
)
# In the order that a claim looks: lane by lane, operation by operation, the longest due first.
_due = deliveries.c.due_at.is_not(None) & deliveries.c.lease_until.is_(None)
Index(
    "ix_deliveries_queue",
    deliveries.c.kommun,
    deliveries.c.system,
    deliveries.c.operation,
    deliveries.c.due_at,
    sqlite_where=_due,
    postgresql_where=_due,
)
_leased = deliveries.c.lease_until.is_not(None)
Index(
    "ix_deliveries_lease", deliveries.c.lease_until, sqlite_where=_leased, postgresql_where=_leased
)

# What is remembered of a lane (``delivery.lanes.Lane``), from its first claim on.
lanes = Table(
    "lanes",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("system", primary_key=True),
    text_column("state"),
    Column("changed_at", Micros, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("probes", Integer, nullable=False),
    Column("held_from", Micros, nullable=False),
    Column("held_until", Micros, nullable=False),
    Column("tokens", Float(53), nullable=False),
    Column("filled_at", Micros, nullable=False),
    Column("served_at", Micros, nullable=False),
    Column("fetch_from", Micros, nullable=False, server_default="0"),
    Column("fetch_until", Micros, nullable=False, server_default="0"),
)

# What is not sent for now, by an operator's word; "*" stands for any.
pauses = Table(
    "pauses",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("system", primary_key=True),
    text_column("operation", primary_key=True),
    text_column("actor"),
    Column("at", Micros, nullable=False),
)

# Other versions of a delivery's uppgift; the original never changes. Those below its own version
# are from before it was corrected; the one above is a correction held until it is certain that the
# vendor has nothing of it.
earlier_payloads = Table(
    "earlier_payloads",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("payload", Sealed, nullable=False),
)

needs = Table(
    "needs",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    text_column("fact", primary_key=True),
    text_column("kommun"),
    text_column("scope"),
    Index("ix_needs_fact", "kommun", "scope", "fact"),
)

# What a delivery makes true, per effect; effect -1: when all of it is verified.
gives = Table(
    "gives",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("effect", Integer, primary_key=True),
    text_column("fact", primary_key=True),
    text_column("kommun"),
    text_column("scope"),
    Index("ix_gives_fact", "kommun", "scope", "fact"),
)

# scope: the ärende, or "*" for what holds in the whole kommun.
facts = Table(
    "facts",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("scope", primary_key=True),
    text_column("fact", primary_key=True),
    text_column("origin"),
    text_column("origin_id"),
    Column("at", Micros, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    text_column("id", primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("effect", Integer, nullable=False),
    text_column("action"),
    Column("started_at", Micros, nullable=False),
    Column("ended_at", Micros, nullable=False),
    text_column("outcome"),
    Column("error_kind", Text),
    Column("error_code", Text),
    Column("reason", Sealed),
    Column("answer", Sealed),
    # What was sent, and as which version of the uppgift; null for what only asked.
    Column("request", Sealed),
    Column("version", Integer),
    Index("ix_attempts_delivery", "delivery_id", "id"),
)

# Each time this database was put back from a backup: when, and from when on (``since``) its
# memory was lost. Until ``ended_at`` nothing is sent.
recoveries = Table(
    "recoveries",
    metadata,
    Column("at", Micros, primary_key=True, autoincrement=False),
    Column("since", Micros, nullable=False),
    Column("ended_at", Micros),
)
