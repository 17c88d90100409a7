"""Who is at work, what needs a person since when, and how many events came from whom on a day."""

import hashlib
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_PARTS = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STOCKHOLM = ZoneInfo("Europe/Stockholm")


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("seen", sa.Float(53), nullable=False),
        sa.Column("looked", sa.Float(53), nullable=True),
        sa.Column("claimed", sa.Float(53), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
    )
    op.create_table(
        "turns",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("until", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_turns")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    raised = sa.text("resolved IS NULL")
    op.create_index(
        "uq_alerts_raised",
        "alerts",
        ["name", "kommun", "system"],
        unique=True,
        sqlite_where=raised,
        postgresql_where=raised,
    )
    totals = op.create_table(
        "totals",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        *(sa.Column(f"d{part}", sa.BigInteger(), nullable=False) for part in range(_PARTS)),
        sa.PrimaryKeyConstraint("day", "source", "kommun", "shard", name=op.f("pk_totals")),
    )
    op.bulk_insert(totals, _of_stored_events())


def _of_stored_events() -> list[dict[str, object]]:
    """The totals of what was accepted before there were any."""
    sums: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0] * (_PARTS + 1))
    rows = op.get_bind().execute(sa.text("SELECT source, kommun, time, event_id FROM events"))
    for source, kommun, time, event_id in rows:
        at = (_EPOCH + timedelta(microseconds=time)).astimezone(_STOCKHOLM)
        total = sums[at.date().isoformat(), source, kommun]
        digest = hashlib.sha256(event_id.encode()).digest()
        total[0] += 1
        for part in range(_PARTS):
            total[part + 1] += int.from_bytes(digest[4 * part : 4 * part + 4])
    return [
        {"day": day, "source": source, "kommun": kommun, "shard": 0, "count": total[0]}
        | {f"d{part}": total[part + 1] for part in range(_PARTS)}
        for (day, source, kommun), total in sums.items()
    ]
