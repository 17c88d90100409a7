"""A SKA with an exception that a document leaves unmet: neither done, nor a reason recorded."""

from collections.abc import Iterator, Mapping

from bbic_bridge.handbook.avvikelser.slag import Avvikelse, Slag
from bbic_bridge.handbook.dokument.bas import eget_id
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX
from bbic_bridge.handbook.krav import KRAV, Krav
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import OUPPFYLLT, Notis
from bbic_bridge.handbook.regler import REGLER


def _slag(krav: Krav) -> Slag:
    steg = next(
        regel.steg
        for regel in REGLER
        if issubclass(HANDELSER[PREFIX + regel.handelse], krav.galler)
    )
    return Slag(steg, krav.text, krav.kalla, "ska_om_inte", f"/data/{krav.falt}")


KRAVSLAG: Mapping[str, Slag] = {
    krav.kod: _slag(krav) for krav in KRAV if krav.vikt == "ska_om_inte"
}
"""Every kind that one document shows, by the rule's ``kod``."""


def ouppfyllda_krav(lage: Lage) -> Iterator[Avvikelse]:
    """By the last word of each document, unless another has replaced it."""
    sagda = [en for en in lage.notiser if PREFIX + en.typ in HANDELSER]
    sista = {(en.typ, en.get(_eget(en))): en for en in sagda}
    ersatta = {(_eget(en), en.get("ersatter")) for en in sagda}
    for (_, objekt), en in sista.items():
        if (_eget(en), objekt) not in ersatta:
            for kod in en.get(OUPPFYLLT) or ():
                # A notis outlives the rules: one may weigh otherwise by now.
                if kod in KRAVSLAG:
                    slag = KRAVSLAG[kod]
                    yield Avvikelse(kod, objekt, en.rad, slag.text, slag.kalla, slag.vikt)


def _eget(en: Notis) -> str:
    """The field that names the document itself."""
    return eget_id(HANDELSER[PREFIX + en.typ]) or ""
