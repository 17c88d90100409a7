"""What vendors tell, and what they call our things."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from bbic_bridge.store.schema.base import Micros, Sealed, metadata, text_column

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
