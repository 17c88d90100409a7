"""One order of every kind, about one child, as the bridge would make them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bbic_bridge.delivery.ports import Finding, Link, Order, Receipt, VendorSystem
from bbic_bridge.handbook import uppgifter as u

PERSON = "201801052398"
NAME = "Kim Exempel"
ARENDE = "A-1"
KIM = u.Person(personnummer=PERSON, namn=NAME, skydd="ingen")
HELD = datetime(2026, 10, 20, 14, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
RESURS = "resurs_registrerad"
AVSLUTA = "avsluta_insats_och_resurs"

UPPGIFTER: Mapping[str, u.Uppgift] = {
    "registrera_beslut": u.RegistreraBeslut(
        barn=KIM,
        beslut_id="B-1",
        beslutstyp="bifall",
        insatstyp="kontaktfamilj",
        beslutsdatum=date(2026, 10, 24),
        fran=date(2026, 10, 25),
        till=date(2027, 4, 24),
        beslutsfattare="Sam Ek",
    ),
    "verkstall_beslut": u.VerkstallBeslut(
        barn=KIM,
        beslut_id="B-1",
        insats_id="I-1",
        insatstyp="kontaktfamilj",
        fran=date(2026, 10, 25),
        till=date(2027, 4, 24),
        handlaggare="Robin Dal",
    ),
    "tilldela_resurs": u.TilldelaResurs(
        barn=KIM,
        beslut_id="B-1",
        insats_id="I-1",
        resurs_id="R-1",
        fran=date(2026, 10, 25),
    ),
    "vidarebefordra_uppdrag": u.VidarebefordraUppdrag(
        barn=KIM,
        uppdrag_id="U-1",
        beslut_id="B-1",
        insats_id="I-1",
        insatstyp="oppenvard",
        datum=date(2026, 10, 26),
        mottagare=u.Vidarebefordran(enhet_id="chansen", enhetschef="Marie Fors"),
        centrala_behov=("Kim behöver vuxna att lita på.",),
        mottaglighet="Familjen vill ha hjälp.",
        bedomning="Kim behöver vuxna som håller det de lovar.",
        mal=(u.Mal(mal_id="M-1", text="Kim har en vuxen att vända sig till."),),
        genomforande="Samtal varje vecka.",
        former_for_uppfoljning="Möte var tredje månad.",
        aterforing_vid_avslut="Slutrapport.",
        behov_av_sip=False,
    ),
    "aterkalla_uppdrag": u.AterkallaUppdrag(
        barn=KIM, uppdrag_id="U-1", datum=date(2026, 10, 28), orsak="Familjen har flyttat."
    ),
    "registrera_dokument": u.RegistreraDokument(
        barn=KIM,
        dokument_id="D-1",
        dokumenttyp="rapport",
        titel="Rapport efter första månaden",
        datum=date(2026, 11, 1),
        forfattare="Robin Dal",
        avsnitt=(u.Avsnitt(rubrik="Läget", text="Det går bra."),),
    ),
    "skapa_aktanteckning": u.SkapaAktanteckning(
        barn=KIM,
        anteckning_id="N-1",
        handelsetid=HELD,
        rubrik="Uppstartsmöte",
        text="Mötet hölls. Alla kom.",
        forfattare="Robin Dal",
    ),
    "ratta_aktanteckning": u.RattaAktanteckning(
        barn=KIM,
        anteckning_id="N-2",
        ersatter="N-1",
        handelsetid=HELD,
        rubrik="Uppstartsmöte",
        text="Mötet hölls. Alla utom en kom.",
        forfattare="Robin Dal",
        orsak="Fel deltagare.",
    ),
    AVSLUTA: u.AvslutaInsatsOchResurs(
        barn=KIM,
        insats_id="I-1",
        beslut_id="B-1",
        resurs_id="R-1",
        slutdatum=date(2027, 4, 24),
        orsak="mal_uppfyllda",
    ),
}
BEFORE: Mapping[str, tuple[str, ...]] = {
    "registrera_beslut": (),
    "verkstall_beslut": ("registrera_beslut",),
    "tilldela_resurs": (RESURS, "registrera_beslut", "verkstall_beslut"),
    "vidarebefordra_uppdrag": ("registrera_beslut",),
    "aterkalla_uppdrag": ("registrera_beslut", "vidarebefordra_uppdrag"),
    "registrera_dokument": (),
    "skapa_aktanteckning": (),
    "ratta_aktanteckning": ("skapa_aktanteckning",),
    f"{AVSLUTA}/resurs": (RESURS, "registrera_beslut", "verkstall_beslut", "tilldela_resurs"),
    f"{AVSLUTA}/insats": ("registrera_beslut", "verkstall_beslut"),
}
MESSAGES = tuple(BEFORE)


def order(message: str, **changed: Any) -> Order:
    """The order that ``message`` names (operation, or operation/effect), with fields changed."""
    operation, _, effect = message.partition("/")
    uppgift = {**UPPGIFTER[operation].model_dump(mode="json"), **changed}
    reference = f"ref-{message}"
    return Order(reference, f"{reference}.v1", "malmo", ARENDE, operation, effect or None, uppgift)


@dataclass
class Desk:
    """Carries orders out as the bridge does: remembers links, and knows what is taken."""

    system: VendorSystem
    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def ready(self, message: str) -> Order:
        """What the message needs has been done; the order, with the vendor's ids so far."""
        for step in BEFORE[message]:
            if step != RESURS:
                self.carry_out(order(step))
        return self.knowing(order(message))

    def knowing(self, what: Order) -> Order:
        taken = frozenset((kind, nr) for (kind, _), nr in self.ids.items())
        return replace(what, vendor_ids=dict(self.ids), taken=taken)

    def send(self, what: Order) -> Receipt:
        return self.system.send(what, self.system.prepare(what))

    def carry_out(self, what: Order) -> Finding:
        """Sends, reads back, and remembers."""
        what = self.knowing(what)
        receipt = self.send(what)
        finding = self.system.find(what, receipt.links)
        assert finding.outcome == "found", (what.operation, finding)
        self.remember(receipt.links)
        return finding

    def remember(self, links: tuple[Link, ...]) -> None:
        self.ids.update({(link.kind, link.our_id): link.vendor_id for link in links})
