"""How tables are written down: their metadata and the kinds of their columns."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
Serial = BigInteger().with_variant(Integer, "sqlite")
Micros = BigInteger


class Sealed(LargeBinary):
    """An envelope (``security.envelope``), empty where the value has been pruned.

    Every such column stands in ``store.sealed``.
    """


PRUNED = b""
"""What stands where a sealed value has been pruned; null where the column may be."""


def text_column(name: str, *, primary_key: bool = False, unique: bool | None = None) -> Column[str]:
    """A column of text that is never null."""
    return Column(name, Text, nullable=False, primary_key=primary_key, unique=unique)
