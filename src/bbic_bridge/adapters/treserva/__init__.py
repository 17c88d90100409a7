"""Treserva: XML over HTTP with an idempotency key, by our published contract (treserva.xsd)."""

from collections.abc import Mapping
from http import HTTPStatus

from bbic_bridge.adapters.channels.http import MAX_ANSWER_BYTES, Answer, Http
from bbic_bridge.adapters.identities import links_of
from bbic_bridge.adapters.mapped import PAGE_SIZE, MappedSystem
from bbic_bridge.contracts.xml import Element, XmlRefused, parse_untrusted
from bbic_bridge.delivery.errors import Ambiguous, DeliveryError, Rejected
from bbic_bridge.delivery.ports import Finding, Link, Lookup, Order
from bbic_bridge.mappings.engine import Profile

CONTENT_TYPE = "application/xml; charset=utf-8"
UNKNOWN_REFERENCE = "OKAND_REFERENS"
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
    "NYCKEL_SAKNAS": Rejected,
    # The key has been used before: what it did then is to be looked up.
    "NYCKEL_ANDRAT_INNEHALL": Ambiguous,
}


class Treserva(MappedSystem):
    """One kommun's Treserva.

    Args:
        read: the address for questions; may be the same as ``write``.
    """

    name = "treserva"
    faults = FAULTS

    def __init__(self, profile: Profile, write: Http, read: Http) -> None:
        super().__init__(profile, write, read)
        self._reading = read

    def _post(self, order: Order, body: bytes) -> Answer:
        headers = {"Content-Type": CONTENT_TYPE, "Idempotency-Key": order.idempotency_key}
        return self._write.write("/meddelanden", body, headers)

    def _find(self, order: Order, links: tuple[Link, ...], lookup: Lookup) -> Finding:  # noqa: ARG002  (all is read by reference)
        answer = self._reading.read("GET", "/svar", params={"referens": order.reference})
        refusal = self._refusal(answer)
        if answer.status == HTTPStatus.NOT_FOUND and refusal and refusal.code == UNKNOWN_REFERENCE:
            return Finding("absent", answer=answer.body)
        _, svar = self._read(self._could_be_asked(answer), "kvittens", reference=order.reference)
        return Finding("found", links_of(svar), answer.body)

    def _ask_for_changes(self, cursor: str | None) -> Answer:
        after = {"efter": cursor} if cursor else {}
        return self._reading.read("GET", "/andringar", params={**after, "antal": f"{PAGE_SIZE}"})

    def _wrapped(self, message: Element) -> bytes:
        return self.profile.to_bytes(message)

    def _unwrapped(self, body: bytes) -> Element:
        return parse_untrusted(body, MAX_ANSWER_BYTES)

    def _fault(self, answer: Answer) -> Element | None:
        if answer.status < HTTPStatus.BAD_REQUEST:
            return None
        try:
            return self._unwrapped(answer.body)
        except XmlRefused:
            return None
