"""The tables. Times are integer microseconds since 1970 UTC; sealed columns hold envelopes.

Leases are on another clock (``engine.LeaseClock``): seconds that no one can set back.
"""

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
Serial = BigInteger().with_variant(Integer, "sqlite")
Micros = BigInteger


class Sealed(LargeBinary):
    """An envelope (``security.envelope``), empty where the value has been pruned.

    Every such column stands in ``store.sealed``.
    """


PRUNED = b""
"""What stands where a sealed value has been pruned; null where the column may be."""


def text_column(name: str, *, primary_key: bool = False, unique: bool | None = None) -> Column[str]:
    """A column of text that is never null."""
    return Column(name, Text, nullable=False, primary_key=primary_key, unique=unique)


_text = text_column


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

identities = Table(
    "identities",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("system", primary_key=True),
    text_column("kind", primary_key=True),
    text_column("vendor_id", primary_key=True),
    text_column("our_id"),
    text_column("arende"),
    text_column("origin_id"),
    Index("ix_identities_our", "kommun", "system", "our_id"),
)

# What a case remembers of its events and of what vendors told: ids, dates and codes, sealed.
notiser = Table(
    "notiser",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("rad", primary_key=True),
    text_column("arende"),
    text_column("typ"),
    Column("tid", Micros, nullable=False),
    Column("payload", Sealed, nullable=False),
    Index("ix_notiser_case", "kommun", "arende"),
)

# The time limits of every case, as its notiser make them. Dates are ÅÅÅÅ-MM-DD. ``told``: 0 nothing
# yet, 1 that it draws near, 2 that it is overdue. ``next_on``: the day there is something to tell.
frister = Table(
    "frister",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("arende", primary_key=True),
    text_column("kod", primary_key=True),
    text_column("objekt", primary_key=True),
    text_column("fran", primary_key=True),
    Column("insatstyp", Text),
    text_column("vikt"),
    text_column("varna"),
    text_column("senast"),
    Column("uppfylld", Text),
    Column("uppfylld_av", Text),
    Column("upphord", Text),
    Column("told", Integer, nullable=False, server_default="0"),
    Column("next_on", Text),
)
# What falls away before it is due is not open, whatever the day.
_open = frister.c.uppfylld.is_(None) & (
    frister.c.upphord.is_(None) | (frister.c.senast < frister.c.upphord)
)
Index("ix_frister_open", frister.c.senast, sqlite_where=_open, postgresql_where=_open)
Index(
    "ix_frister_open_kommun",
    frister.c.kommun,
    frister.c.senast,
    sqlite_where=_open,
    postgresql_where=_open,
)
_to_tell = frister.c.next_on.is_not(None)
Index("ix_frister_next", frister.c.next_on, sqlite_where=_to_tell, postgresql_where=_to_tell)

# What deviates in each case. ``tell_at``: when the workflow is to be told; null when it has been.
avvikelser = Table(
    "avvikelser",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("arende", primary_key=True),
    text_column("kod", primary_key=True),
    text_column("objekt", primary_key=True),
    text_column("skillnad", primary_key=True),
    Column("tell_at", Micros),
)
_untold = avvikelser.c.tell_at.is_not(None)
Index(
    "ix_avvikelser_tell_at",
    avvikelser.c.tell_at,
    sqlite_where=_untold,
    postgresql_where=_untold,
)

# By which rules and choices (``rules``, a digest) the limits of all cases were made, and, while
# they are being made anew, the last case that is done (empty at the start; null when all are).
frist_rules = Table(
    "frist_rules",
    metadata,
    text_column("name", primary_key=True),
    text_column("rules"),
    Column("kommun", Text),
    Column("arende", Text),
)

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

# How far each stream has been read. ``at``: when that was last done to the end, or, while ``read``
# is 0, when the stream was first seen. ``failed_…``: how the last pass failed, null if it did not.
watermarks = Table(
    "watermarks",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("system", primary_key=True),
    text_column("stream", primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("at", Micros, nullable=False),
    Column("read", Integer, nullable=False, server_default="1"),
    Column("failed_code", Text),
    Column("failed_place", Text),
    Column("failed_at", Micros),
)

# Each thing a vendor told us, once; ``held`` until the delivery it may stem from is resolved.
# ``parked``: a row that could not be read, under a key of its own; where it came from (``stream``),
# what is wrong with it (``code``, ``place``), and a keyed hash of it. ``caseless``: told of, and
# kept until a case of its child is known; ``digest`` is then the keyed hash of the child's number.
vendor_changes = Table(
    "vendor_changes",
    metadata,
    text_column("kommun", primary_key=True),
    text_column("system", primary_key=True),
    text_column("key", primary_key=True),
    text_column("kind"),
    text_column("state"),
    Column("arende", Text),
    Column("at", Micros, nullable=False),
    Column("payload", Sealed),
    Column("stream", Text),
    Column("code", Text),
    Column("place", Text),
    Column("digest", LargeBinary),
)
_held = vendor_changes.c.state == "held"
Index("ix_vendor_changes_held", vendor_changes.c.kommun, sqlite_where=_held, postgresql_where=_held)
_caseless = vendor_changes.c.state == "caseless"
Index(
    "ix_vendor_changes_caseless",
    vendor_changes.c.kommun,
    vendor_changes.c.digest,
    sqlite_where=_caseless,
    postgresql_where=_caseless,
)
_parked = vendor_changes.c.state == "parked"
Index(
    "ix_vendor_changes_parked",
    vendor_changes.c.kommun,
    sqlite_where=_parked,
    postgresql_where=_parked,
)

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

# Each time this database was put back from a backup: when, and from when on (``since``) its
# memory was lost. Until ``ended_at`` nothing is sent.
recoveries = Table(
    "recoveries",
    metadata,
    Column("at", Micros, primary_key=True, autoincrement=False),
    Column("since", Micros, nullable=False),
    Column("ended_at", Micros),
)

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
