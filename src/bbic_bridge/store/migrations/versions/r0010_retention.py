"""What is pruned and what is held, and what a restored database no longer knows."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("arende", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kommun", "arende", name=op.f("pk_holds")),
    )
    op.create_table(
        "pruned_cases",
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("arende", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kommun", "arende", name=op.f("pk_pruned_cases")),
    )
    op.create_table(
        "recoveries",
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_recoveries")),
    )
    # Not in batch mode: that would copy the table, and drop it while attempts refer to it.
    unsure = sa.Column("unsure", sa.Integer(), server_default="0", nullable=False)
    op.add_column("deliveries", unsure)
    op.create_index("ix_feed_case", "feed", ["kommun", "arende"], unique=False)
