"""Avslut is documented in the uppföljning: the decision, and the risk where it is asked for (A)."""

from collections.abc import Iterator

from bbic_bridge.handbook.avvikelser.malkedja import UPPFOLJNING
from bbic_bridge.handbook.avvikelser.slag import Avvikelse, avvikelse
from bbic_bridge.handbook.kodlistor import KONTAKTPERSON_MFL
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis

_SLUT = ("insats.avsluta", "insats.avslutad")


def avslut_utan_uppfoljning(lage: Lage) -> Iterator[Avvikelse]:
    """Seen when the insats is closed; by all that its uppföljningar hold (A:125, A:127). One that
    never began has nothing to follow up."""
    for beslut in lage.beslut.values():
        avslutad = next(iter(lage.om_insats(beslut.insats_id or "", *_SLUT)), None)
        if beslut.notis.typ != "beslut.avslut" or avslutad is None:
            continue
        if not _paborjad(lage, beslut.insats_id or ""):
            continue
        saknas = " och ".join(_saknas(lage, beslut.notis))
        if saknas and beslut.insatstyp in KONTAKTPERSON_MFL:
            yield avvikelse(
                "avslut.ej_i_uppfoljning", beslut.beslut_id, avslutad.rad, saknas=saknas
            )


def _paborjad(lage: Lage, insats_id: str) -> bool:
    insats = lage.insatser.get(insats_id)
    return bool(lage.om_insats(insats_id, UPPFOLJNING)) or (
        insats is not None and insats.start is not None
    )


def _saknas(lage: Lage, beslut: Notis) -> Iterator[str]:
    uppfoljningar = lage.om_insats(beslut.get("insats_id"), UPPFOLJNING)
    beslutade = {(en.get("beslut") or {}).get("beslut_id") for en in uppfoljningar}
    if beslut.get("beslut_id") not in beslutade:
        yield "beslutet"
    uppnatt = beslut.get("orsak") == "mal_uppfyllda" and beslut.get("vardbehov_tillgodosett")
    if uppnatt and not any(en.get("riskbedomning") for en in uppfoljningar):
        yield "riskbedömningen"
