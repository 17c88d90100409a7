"""The audit log's chain: each sealed row holds a keyed hash of itself and of the row before it.

Without the index key no row can be changed, removed or moved and the chain be made right again.
What the chain cannot show by itself is that its end was cut off (and the kept head set back): only
a head kept elsewhere does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from bbic_bridge.security.envelope import RootKeys
from bbic_bridge.store.schema import audit, sealers
from bbic_bridge.store.tx import Tx

START = bytes(32)
_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the last sealed row's sequence number, and its chain value."""

    seq: int = 0
    chain: bytes = START

    @classmethod
    def of(cls, row: Any) -> Self:
        """That of a sealer's row."""
        return cls(int(row.seq), row.chain or START)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads ``SEQ:HASH``; ``ValueError`` if it is not that."""
        found = _HEAD.fullmatch(text)
        if found is None:
            raise ValueError("a head is SEQ:HASH, the hash in 64 hexadecimal digits")
        return cls(int(found[1]), bytes.fromhex(found[2]))

    def __str__(self) -> str:
        return f"{self.seq}:{self.chain.hex()}"


def link(roots: RootKeys, before: Head, row: Any) -> bytes:
    """The chain value of the row that comes after ``before``: a keyed hash over the chain so far,
    the row's number, and all of the row that never changes. Of the details their digest, so that
    they may be re-encrypted, or forgotten."""
    texts = (str(before.seq + 1), row.id, str(row.at), row.actor, row.action, row.subject)
    fixed = (text.encode() for text in (*texts, row.kommun))
    return roots.keyed_hash("audit chain", before.chain, *fixed, row.digest)


def head_of(tx: Tx) -> Head:
    """The head as the sealer last left it."""
    row = tx.connection.execute(sa.select(sealers).where(sealers.c.name == "audit")).one_or_none()
    return Head() if row is None else Head.of(row)


def sealed_rows(tx: Tx, after: int, upto: int, limit: int) -> Sequence[Any]:
    """Sealed rows with sequence numbers in (after, upto], in order."""
    wanted = audit.c.seq.between(after + 1, upto)
    return tx.connection.execute(
        sa.select(audit).where(wanted).order_by(audit.c.seq).limit(limit)
    ).all()


def last_numbered(tx: Tx) -> int:
    """The highest sequence number that a row has."""
    return int(tx.connection.scalar(sa.select(sa.func.max(audit.c.seq))) or 0)


def unsealed_tail(tx: Tx) -> tuple[int, int | None]:
    """How many rows are not sealed yet, and the time of the oldest of them in microseconds."""
    tail = sa.select(sa.func.count(), sa.func.min(audit.c.at)).where(audit.c.seq.is_(None))
    count, oldest = tx.connection.execute(tail).one()
    return count, oldest
