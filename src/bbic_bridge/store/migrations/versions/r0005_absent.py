"""When a look-up first was answered that there is no effect, since the last attempt to send."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("absent_at", sa.BigInteger(), nullable=True))
