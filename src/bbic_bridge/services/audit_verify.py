"""Whether the audit log is as it was sealed: nothing changed, removed, moved or cut off."""

from dataclasses import dataclass, field
from typing import Any, Literal

from bbic_bridge.security.envelope import CannotOpen, RootKeys
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.store.chain import (
    START,
    Head,
    head_of,
    last_numbered,
    link,
    sealed_rows,
    unsealed_tail,
)
from bbic_bridge.store.times import SECOND
from bbic_bridge.store.tx import Tx

PAGE = 2000
TOLD = 100
"""How many faults are told one by one; all are counted."""

What = Literal["changed", "details_changed", "missing", "not_sealed_here", "head_differs"]
Anchor = Literal["matches", "differs", "missing"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed.

    ``changed``: the row of that number, or its place. ``details_changed``: its details are not
    those that were sealed, or do not open. ``missing``: the rows from ``seq`` to ``upto``; whether
    the row after them was changed as well cannot be told. ``not_sealed_here``: rows numbered beyond
    the log's end. ``head_differs``: the kept head is not that of the last row.
    """

    what: What
    seq: int
    upto: int


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check of the whole log found.

    ``head`` is where it ends, ``SEQ:HASH``. ``anchor``: how it fits the head that was kept
    elsewhere, None where none was given; ``missing``: the log no longer reaches that far.
    ``forgotten`` counts the rows whose details are no longer kept.
    """

    head: str
    sealed: int
    forgotten: int
    unsealed: int
    unsealed_age_s: float | None
    faults: tuple[Fault, ...]
    faults_in_all: int
    anchor: Anchor | None

    @property
    def is_sound(self) -> bool:
        return not self.faults_in_all and self.anchor in (None, "matches")


def verify(bridge: Bridge, anchor: Head | None = None) -> AuditReport:
    """Goes through all sealed rows, page by page. Nothing is written.

    Args:
        anchor: a head that was kept elsewhere.
    """
    with bridge.store.read() as tx:
        head = head_of(tx)
    check = _Check(bridge.store.keyring.roots, anchor)
    while True:
        with bridge.store.read() as tx:
            page = sealed_rows(tx, check.last.seq, head.seq, PAGE)
            for row in page:
                check.row(tx, row)
        if len(page) < PAGE:
            break
    check.end(head)
    with bridge.store.read() as tx:
        check.beyond(head_of(tx).seq, last_numbered(tx))
        unsealed, oldest = unsealed_tail(tx)
        age_s = None if oldest is None else max(0.0, (tx.now - oldest) / SECOND)
    return AuditReport(
        head=str(head),
        sealed=check.rows,
        forgotten=check.forgotten,
        unsealed=unsealed,
        unsealed_age_s=age_s,
        faults=tuple(check.faults),
        faults_in_all=check.faults_in_all,
        anchor=check.anchor(),
    )


@dataclass
class _Check:
    roots: RootKeys
    wanted: Head | None
    last: Head = field(default_factory=Head)
    rows: int = 0
    forgotten: int = 0
    faults: list[Fault] = field(default_factory=list)
    faults_in_all: int = 0
    _at_anchor: bytes | None = None

    def row(self, tx: Tx, row: Any) -> None:
        """The next row. One that does not follow is told once: the next is held against what
        this one says."""
        if row.seq > self.last.seq + 1:
            self._tell("missing", self.last.seq + 1, row.seq - 1)
        elif row.chain != link(self.roots, self.last, row):
            self._tell("changed", row.seq)
        self._details(tx, row)
        self.last = Head(row.seq, row.chain or b"")
        self.rows += 1
        if self.wanted is not None and row.seq == self.wanted.seq:
            self._at_anchor = self.last.chain

    def end(self, head: Head) -> None:
        """After the last row: the sealer's own word of where the log ends."""
        if self.last.seq < head.seq:
            self._tell("missing", self.last.seq + 1, head.seq)
        elif self.last.chain != head.chain:
            self._tell("head_differs", head.seq)

    def beyond(self, sealed: int, numbered: int) -> None:
        if numbered > sealed:
            self._tell("not_sealed_here", sealed + 1, numbered)

    def anchor(self) -> Anchor | None:
        if self.wanted is None:
            return None
        found = self._at_anchor if self.wanted.seq else START
        if found is None:
            return "missing"
        return "matches" if found == self.wanted.chain else "differs"

    def _details(self, tx: Tx, row: Any) -> None:
        if not row.details:
            self.forgotten += 1
            return
        try:
            plain = tx.open(row.kommun, row.details, "audit", row.id, "details")
        except CannotOpen:
            self._tell("details_changed", row.seq)
            return
        if self.roots.keyed_hash("audit", plain) != row.digest:
            self._tell("details_changed", row.seq)

    def _tell(self, what: What, seq: int, upto: int | None = None) -> None:
        self.faults_in_all += 1
        if len(self.faults) < TOLD:
            self.faults.append(Fault(what, seq, seq if upto is None else upto))
