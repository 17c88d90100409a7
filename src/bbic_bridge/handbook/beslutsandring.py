"""A decision that is told otherwise once it has been executed: a person's matter (D).

Compared are the kind of decision and of insats, the dates, what it replaces and its reason, never
its words. Of a vendor's telling only what it tells counts.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from bbic_bridge.handbook.avvikelseslag import Avvikelse, Plats, avvikelse
from bbic_bridge.handbook.lage import Beslut, Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.handbook.verkstallighet import klockor

REGISTRERAT = "beslut.registrerat"
_TYP = {"beslut.fortsatt_bistand": "fortsatt_bistand", "beslut.avslut": "avslut"}
_EGNA = ("insatstyp", "beslutsdatum", "fran", "till", "ersatter", "slutdatum", "orsak")
_LEVERANTORENS = ("insatstyp", "beslutsdatum", "fran", "till")


def andrade_beslut(lage: Lage) -> Iterator[Avvikelse]:
    """Every further word of an executed decision that is another than the first."""
    if not any(beslut.andra for beslut in lage.beslut.values()):
        return
    verkstallda = {ett.beslut_id: ett.verkstalld for ett in klockor(lage) if ett.verkstalld}
    for beslut in lage.beslut.values():
        for en in beslut.andra:
            falt = skiljer(beslut.notis, en)
            if falt is not None and _efter_verkstallighet(lage, beslut, en, verkstallda):
                jamfor = (Plats(beslut.notis.rad, f"/{falt}"), Plats(en.rad, f"/{falt}"))
                kod = "beslut.andrat_efter_verkstallighet"
                yield avvikelse(kod, beslut.beslut_id, en.rad, jamfor)


def skiljer(forsta: Notis, annan: Notis) -> str | None:
    """The first field in which two words of a decision differ; None where they say the same."""
    av_leverantor = annan.typ == REGISTRERAT
    if _typ(annan) is not None and _typ(forsta) != _typ(annan):
        return "beslutstyp"
    for falt in _LEVERANTORENS if av_leverantor else _EGNA:
        sagt = annan.get(falt)
        if av_leverantor and (sagt is None or (falt == "fran" and sagt == _fran(forsta))):
            continue
        if sagt != forsta.get(falt):
            return falt
    return None


def ar_andrat(lage: Lage, rad: str, idag: date) -> bool:
    """Whether an event tells a decision otherwise that is executed by now.

    Whenever it says that it was told: what has been executed is not registered anew.
    """
    for beslut in lage.beslut.values():
        sagda = {en.rad: en for en in (beslut.notis, *beslut.andra)}
        en = sagda.pop(rad, None)
        if en is not None and any(skiljer(en, annan) for annan in sagda.values()):
            dagar = (k.verkstalld for k in klockor(lage) if k.beslut_id == beslut.beslut_id)
            verkstallt = any(dag is not None and dag <= idag for dag in dagar)
            return verkstallt or verkstalld(lage, beslut) is not None
    return False


def verkstalld(lage: Lage, beslut: Beslut) -> Notis | None:
    """What told first that a decision is executed, be it in part: for avslut, that it is closed."""
    if beslut.beslutstyp == "avslut":
        insats = lage.insatser.get(beslut.insats_id or "")
        return None if insats is None else insats.slut_notis
    alla = (ett.notis for ett in lage.verkstalligheter.get(beslut.beslut_id, ()))
    return min(alla, key=lambda en: (en.tid, en.rad), default=None)


def _efter_verkstallighet(
    lage: Lage, beslut: Beslut, en: Notis, verkstallda: Mapping[str, date]
) -> bool:
    """Whether it was told after the execution; a vendor does not say when it changed its mind."""
    av = verkstalld(lage, beslut)
    dag = verkstallda.get(beslut.beslut_id)
    if av is None and dag is None:
        return False
    if en.typ == REGISTRERAT:
        return True
    # Fortsatt bistånd on a running insats is executed by its own first day, untold.
    return en.tid > av.tid if av is not None else dag is not None and stockholm_date(en.tid) >= dag


def _typ(en: Notis) -> str | None:
    return _TYP.get(en.typ) or en.get("beslutstyp")


def _fran(en: Notis) -> str | None:
    """When a decision begins as a vendor is told it (``till_uppgift``)."""
    fran: str | None = en.get("slutdatum") or en.get("fran") or en.get("beslutsdatum")
    return fran
