"""What a case remembers of its events, and its time limits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "notiser",
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("rad", sa.Text(), nullable=False),
        sa.Column("arende", sa.Text(), nullable=False),
        sa.Column("typ", sa.Text(), nullable=False),
        sa.Column("tid", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kommun", "rad", name=op.f("pk_notiser")),
    )
    op.create_index("ix_notiser_case", "notiser", ["kommun", "arende"], unique=False)
    op.create_table(
        "frister",
        sa.Column("kommun", sa.Text(), nullable=False),
        sa.Column("arende", sa.Text(), nullable=False),
        sa.Column("kod", sa.Text(), nullable=False),
        sa.Column("objekt", sa.Text(), nullable=False),
        sa.Column("fran", sa.Text(), nullable=False),
        sa.Column("insatstyp", sa.Text(), nullable=True),
        sa.Column("vikt", sa.Text(), nullable=False),
        sa.Column("varna", sa.Text(), nullable=False),
        sa.Column("senast", sa.Text(), nullable=False),
        sa.Column("uppfylld", sa.Text(), nullable=True),
        sa.Column("uppfylld_av", sa.Text(), nullable=True),
        sa.Column("upphord", sa.Text(), nullable=True),
        sa.Column("told", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_on", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "kommun", "arende", "kod", "objekt", "fran", name=op.f("pk_frister")
        ),
    )
    still_open = sa.text("uppfylld IS NULL AND (upphord IS NULL OR senast < upphord)")
    for name, columns in (
        ("ix_frister_open", ["senast"]),
        ("ix_frister_open_kommun", ["kommun", "senast"]),
    ):
        op.create_index(
            name,
            "frister",
            columns,
            unique=False,
            sqlite_where=still_open,
            postgresql_where=still_open,
        )
    to_tell = sa.text("next_on IS NOT NULL")
    op.create_index(
        "ix_frister_next",
        "frister",
        ["next_on"],
        unique=False,
        sqlite_where=to_tell,
        postgresql_where=to_tell,
    )
    op.create_table(
        "frist_rules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("kommun", sa.Text(), nullable=True),
        sa.Column("arende", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_frist_rules")),
    )
