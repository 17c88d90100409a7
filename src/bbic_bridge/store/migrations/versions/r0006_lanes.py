"""Lanes and pauses, and the index by which a claim goes from lane to lane."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("held_from", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.Float(53), nullable=False),
        sa.Column("filled_at", sa.BigInteger(), nullable=False),
        sa.Column("served_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kommun", "system", name=op.f("pk_lanes")),
    )
    op.create_table(
        "pauses",
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kommun", "system", "operation", name=op.f("pk_pauses")),
    )
    scheduled = sa.text("due_at IS NOT NULL AND lease_until IS NULL")
    op.create_index(
        "ix_deliveries_queue",
        "deliveries",
        ["kommun", "system", "operation", "due_at"],
        unique=False,
        sqlite_where=scheduled,
        postgresql_where=scheduled,
    )
    op.drop_index("ix_deliveries_due", "deliveries")
