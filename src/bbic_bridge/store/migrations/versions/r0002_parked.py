"""What cannot be read is parked by itself, and a stream remembers how its last pass ended."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("vendor_changes") as table:
        table.add_column(sa.Column("stream", sa.Text(), nullable=True))
        table.add_column(sa.Column("code", sa.Text(), nullable=True))
        table.add_column(sa.Column("place", sa.Text(), nullable=True))
        table.add_column(sa.Column("digest", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_vendor_changes_parked",
        "vendor_changes",
        ["kommun"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    with op.batch_alter_table("watermarks") as table:
        # All that stands there was written after a page had been read.
        table.add_column(sa.Column("read", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("failed_code", sa.Text(), nullable=True))
        table.add_column(sa.Column("failed_place", sa.Text(), nullable=True))
        table.add_column(sa.Column("failed_at", sa.BigInteger(), nullable=True))
