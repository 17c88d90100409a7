"""What the handbook's rules remember of a case."""

from sqlalchemy import Column, Index, Integer, Table, Text

from bbic_bridge.store.schema.base import Micros, Sealed, metadata, text_column

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
