"""One kommun's installation of a vendor system: its state, its receipts and its journal lines."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lxml import etree

from bbic_bridge.sandbox.journal import Journal
from bbic_bridge.sandbox.operations import utfor
from bbic_bridge.sandbox.procapita import outgoing as procapita
from bbic_bridge.sandbox.records import Andring, Kvittens, Skrivning
from bbic_bridge.sandbox.register import Clock, Register
from bbic_bridge.sandbox.treserva import outgoing as treserva


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells the two vendor systems apart here: how they write ids, and changes."""

    id_form: str
    andringar: Callable[[Iterable[Andring]], etree._Element]


KINDS = {
    "procapita": Kind("{}", procapita.andringar),
    "treserva": Kind("TRE-{}", treserva.andringar),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What Treserva keeps under an idempotency key: a digest of the body, and the answer."""

    digest: bytes
    answer: bytes


class Installation:
    """A vendor system as one kommun runs it."""

    def __init__(
        self, system: str, kommun: str, *, first_id: int, clock: Clock, journal: Journal
    ) -> None:
        self.system = system
        self.kommun = kommun
        self.kind = KINDS[system]
        self.register = Register(first_id, self.kind.id_form, clock)
        self.kvittenser: dict[str, Kvittens] = {}
        self.answered: dict[str, Answered] = {}
        self._journal = journal

    def skriv(self, skrivning: Skrivning) -> Kvittens:
        """Brings a message's effect about, notes it in the journal and gives the receipt.

        Raises:
            Affarsfel: the vendor's rules forbid it; nothing has changed.
        """
        utfall = utfor(self.register, skrivning)
        now = self.register.clock()
        self._journal.add(
            system=self.system,
            kommun=self.kommun,
            operation=skrivning.operation,
            arende=skrivning.arende,
            reference=skrivning.referens,
            vendor_id=utfall.objekt,
            at=now,
        )
        kvittens = Kvittens(skrivning.referens, now, utfall.lankar)
        self.kvittenser[skrivning.referens] = kvittens
        return kvittens

    def andringar_efter(
        self, cursor: str, limit: int, kinds: frozenset[str] | None = None
    ) -> tuple[list[Andring], str, bool]:
        """A page of the change log.

        Args:
            cursor: where the last page ended; empty for the beginning.
            limit: the most changes to give.
            kinds: only these kinds of change; None for all.

        Returns:
            The changes, oldest first, the cursor to go on from, and whether more follow.

        Raises:
            ValueError: a cursor that this installation never gave.
        """
        after = int(cursor) if cursor else 0
        log = self.register.andringar
        start = bisect_right(log, after, key=lambda andring: andring.nr)
        page: list[Andring] = []
        for andring in log[start:]:
            if kinds is not None and andring.kind not in kinds:
                continue
            if len(page) == limit:
                return page, str(page[-1].nr), True
            page.append(andring)
        last = log[-1].nr if start < len(log) else after
        return page, str(last), False
