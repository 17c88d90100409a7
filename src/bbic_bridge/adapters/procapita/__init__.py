"""Procapita: writes SOAP 1.1 by our published contract, reads the public FamilyCare contract."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bbic_bridge.adapters.channels.http import MAX_ANSWER_BYTES, Answer, Http
from bbic_bridge.adapters.identities import links_of
from bbic_bridge.adapters.mapped import PAGE_SIZE, MappedSystem
from bbic_bridge.adapters.procapita import extract, soap
from bbic_bridge.adapters.procapita.extract import EXTRACT
from bbic_bridge.adapters.procapita.familycare import FamilyCare
from bbic_bridge.adapters.procapita.readback import Readback
from bbic_bridge.contracts.xml import Element, XmlRefused
from bbic_bridge.delivery.errors import DeliveryError, Rejected
from bbic_bridge.delivery.ports import Finding, Link, Lookup, Order, Page, Told, Unreadable
from bbic_bridge.mappings.engine import Profile

CONTENT_TYPE = "text/xml; charset=utf-8"
FAULTS: Mapping[str, type[DeliveryError]] = {
    "RESURS_EJ_REGISTRERAD": Rejected,
    "BESLUT_SAKNAS": Rejected,
    "INSATS_SAKNAS": Rejected,
    "UPPDRAG_SAKNAS": Rejected,
    "ANTECKNING_SAKNAS": Rejected,
    "OPPEN_RESURS": Rejected,
    "REDAN_AVSLUTAD": Rejected,
    "EJ_TILLATET": Rejected,
    "OGILTIGT_MEDDELANDE": Rejected,
}


class Procapita(MappedSystem):
    """One kommun's Procapita.

    What FamilyCare can tell (beslut, verkställighet, insats, resurstilldelning) is read back
    there; the rest by asking for the receipt again.

    Args:
        read: the address of FamilyCare.
        domain, key: that FamilyCare wants in every question.
    """

    name = "procapita"
    faults = FAULTS
    object_keyed = extract.KINDS

    def __init__(self, profile: Profile, write: Http, read: Http, domain: str, key: str) -> None:
        super().__init__(profile, write, read)
        self._familycare = FamilyCare(read, domain, key)
        self._readback = Readback(self._familycare, profile)

    def streams(self) -> tuple[str, ...]:
        """The extract, and the feed of what it cannot tell where there is one."""
        return (*super().streams(), EXTRACT)

    def start_of(self, stream: str, now: datetime) -> str:
        """The extract begins an hour back: a kommun's whole history is no news to its workflow."""
        return extract.start(now) if stream == EXTRACT else super().start_of(stream, now)

    def changes(self, stream: str, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Pages of a stream after the cursor, to the end.

        The cursor of the extract moves only when a pass is done: a pass that was cut short is
        begun again.
        """
        if stream != EXTRACT:
            return super().changes(stream, cursor, now)
        return extract.changes(self._familycare, self.profile, cursor, now)

    def read_again(self, unread: Unreadable) -> Told | None:
        """What a row of either stream tells now that the profile may have been mended. Pure."""
        if unread.stream != EXTRACT:
            return super().read_again(unread)
        return extract.read_again(self.profile, unread)

    def _post(self, order: Order, body: bytes) -> Answer:  # noqa: ARG002  (no key is honoured)
        return self._write.write("", body, _headers(body))

    def _find(self, order: Order, links: tuple[Link, ...], lookup: Lookup) -> Finding:
        if self._readback.can_tell(order) and (links or lookup == "natural_key"):
            return self._readback.find(order, links)
        return self._find_receipt(order)

    def _find_receipt(self, order: Order) -> Finding:
        answer = self._ask("hamta_kvittens", {"referens": order.reference})
        message, told = self._read(
            self._could_be_asked(answer),
            "kvittens",
            "kvittens_saknas",
            reference=order.reference,
        )
        if message == "kvittens_saknas":
            return Finding("absent", answer=answer.body)
        return Finding("found", links_of(told), answer.body)

    def _ask_for_changes(self, cursor: str | None) -> Answer:
        return self._ask("hamta_andringar", {"efter": cursor, "antal": PAGE_SIZE})

    def _ask(self, message: str, question: dict[str, Any]) -> Answer:
        body = self._in_words(message, question)
        return self._write.read("POST", body=body, headers=_headers(body))

    def _wrapped(self, message: Element) -> bytes:
        return soap.envelope(message)

    def _unwrapped(self, body: bytes) -> Element:
        return soap.content(body, MAX_ANSWER_BYTES)

    def _fault(self, answer: Answer) -> Element | None:
        if b"Fault" not in answer.body:
            return None
        try:
            return soap.fault_detail(self._unwrapped(answer.body))
        except XmlRefused:
            return None


def _headers(body: bytes) -> dict[str, str]:
    return {"Content-Type": CONTENT_TYPE, "SOAPAction": soap.action(body)}
