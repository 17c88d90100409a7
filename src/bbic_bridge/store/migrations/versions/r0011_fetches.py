"""The place in a lane that a question about changes has."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name in ("fetch_from", "fetch_until"):
        op.add_column("lanes", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
