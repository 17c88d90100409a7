"""What deviates in each case, and when it is to be told; changes whose case is not known yet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "avvikelser",
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("arende", sa.Text(), nullable=False),
        sa.Column("kod", sa.Text(), nullable=False),
        sa.Column("objekt", sa.Text(), nullable=False),
        sa.Column("skillnad", sa.Text(), nullable=False),
        sa.Column("tell_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            "kommun", "arende", "kod", "objekt", "skillnad", name=op.f("pk_avvikelser")
        ),
    )
    to_tell = sa.text("tell_at IS NOT NULL")
    op.create_index(
        "ix_avvikelser_tell_at",
        "avvikelser",
        ["tell_at"],
        unique=False,
        sqlite_where=to_tell,
        postgresql_where=to_tell,
    )
    caseless = sa.text("state = 'caseless'")
    op.create_index(
        "ix_vendor_changes_caseless",
        "vendor_changes",
        ["kommun", "digest"],
        unique=False,
        sqlite_where=caseless,
        postgresql_where=caseless,
    )
