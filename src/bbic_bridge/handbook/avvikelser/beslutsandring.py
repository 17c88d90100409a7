"""A decision that is told otherwise than before: a person's matter (D).

Compared are the kind of decision and of insats, the dates, what it replaces and its reason, never
its words. Of a vendor's telling only what it tells counts.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from bbic_bridge.handbook.avvikelser.slag import Avvikelse, Plats, avvikelse
from bbic_bridge.handbook.frister.verkstallighet import klockor
from bbic_bridge.handbook.lage import Beslut, Lage, beslutstyp_av
from bbic_bridge.handbook.notiser import Notis, digest

REGISTRERAT = "beslut.registrerat"
_LEVERANTORENS = ("beslutstyp", "insatstyp", "beslutsdatum", "fran", "till")
_JAMFORS = (*_LEVERANTORENS, "ersatter", "slutdatum", "orsak")


def andrade_beslut(lage: Lage) -> Iterator[Avvikelse]:
    """Every further word of a decision that is another than the one that stands, each once.

    Of a decision that is not executed the workflow's own words only (``beslut.andrat``).
    """
    if not any(beslut.andra for beslut in lage.beslut.values()):
        return
    verkstallda = {ett.beslut_id for ett in klockor(lage) if ett.verkstalld}
    for beslut in lage.beslut.values():
        verkstallt = beslut.beslut_id in verkstallda or lage.verkstalld_av(beslut.notis) is not None
        funna: dict[tuple[str, str], Avvikelse] = {}
        for en in _andrade(beslut, verkstallt=verkstallt):
            funna.setdefault((en.kod, en.skillnad), en)
        yield from funna.values()


def _andrade(beslut: Beslut, *, verkstallt: bool) -> Iterator[Avvikelse]:
    """A vendor does not say when it changed its mind; the workflow's words have their times."""
    galler = beslut.notis
    for en in beslut.andra:
        av_leverantor = en.typ == REGISTRERAT
        falt = skiljande(galler, en)
        if not falt or (av_leverantor and not verkstallt):
            continue
        senare = av_leverantor or (en.tid, en.rad) > (galler.tid, galler.rad)
        efter = senare and verkstallt
        kod = "beslut.andrat_efter_verkstallighet" if efter else "beslut.andrat"
        # An own word tells all of the decision; what a vendor leaves out makes no difference.
        sagt = [(ett, _sagt(en, ett)) for ett in (falt if av_leverantor else _JAMFORS)]
        forst, sist = (galler, en) if senare else (en, galler)
        yield avvikelse(
            kod,
            beslut.beslut_id,
            sist.rad,
            (_plats(forst, falt[0], en), _plats(sist, falt[0], en)),
            falt=", ".join(falt),
            skillnad=digest(repr(sagt)),
        )


def skiljande(forsta: Notis, annan: Notis) -> tuple[str, ...]:
    """The fields in which two words of a decision differ; none where they say the same."""
    if annan.typ != REGISTRERAT:
        return tuple(falt for falt in _JAMFORS if _sagt(forsta, falt) != _sagt(annan, falt))
    return tuple(
        falt
        for falt in _LEVERANTORENS
        if annan.get(falt) is not None
        and annan.get(falt) != _sagt(forsta, falt)
        and not (falt == "fran" and annan.get(falt) == forsta.get(_borjar(forsta)))
    )


def andra_ord(lage: Lage, rad: str) -> tuple[Notis, ...]:
    """The workflow's own other words of the decision that an event tells of."""
    for beslut in lage.beslut.values():
        sagda = {en.rad: en for en in (beslut.notis, *beslut.andra) if en.typ != REGISTRERAT}
        en = sagda.pop(rad, None)
        if en is not None:
            return tuple(annan for annan in sagda.values() if skiljande(en, annan))
    return ()


def ar_andrat(lage: Lage, rad: str, idag: date) -> bool:
    """Whether an event tells a decision otherwise that is executed by now.

    Whenever it says that it was told: what has been executed is not registered anew.
    """
    for beslut in lage.beslut.values():
        sagda = {en.rad: en for en in (beslut.notis, *beslut.andra)}
        en = sagda.pop(rad, None)
        if en is not None and any(skiljande(en, annan) for annan in sagda.values()):
            dagar = (k.verkstalld for k in klockor(lage) if k.beslut_id == beslut.beslut_id)
            verkstallt = any(dag is not None and dag <= idag for dag in dagar)
            return verkstallt or lage.verkstalld_av(beslut.notis) is not None
    return False


def _sagt(en: Notis, falt: str) -> Any:
    return beslutstyp_av(en) if falt == "beslutstyp" else en.get(falt)


def _plats(en: Notis, falt: str, annan: Notis) -> Plats:
    """Where a word says it: of ours, beside a vendor's, when it begins may stand otherwise."""
    if falt == "fran" and REGISTRERAT == annan.typ != en.typ:
        falt = _borjar(en)
    return Plats(en.rad, f"/{falt}")


def _borjar(en: Notis) -> str:
    """The field that tells when a decision begins as a vendor is told it (``till_uppgift``)."""
    return next((falt for falt in ("slutdatum", "fran") if en.get(falt)), "beslutsdatum")
