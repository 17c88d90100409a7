"""Step 11 and 12: uppföljning, and what the end of a period of bistånd asks for (A)."""

from collections.abc import Iterator
from datetime import date

from bbic_bridge.handbook.frister.lopp.bas import (
    Lopp,
    Typer,
    forst,
    moten,
    mott,
    sista_dag,
    slut,
    startade,
    typ_av,
)
from bbic_bridge.handbook.kalender import add_months
from bbic_bridge.handbook.lage import Beslut, Insats, Lage
from bbic_bridge.handbook.notiser import Notis

UPPFOLJNING_VAR_MANAD = 6
MOTE_MANADER_FORE = 1
_MOTE = "uppfoljningsmote.genomfort"


def uppfoljning(lage: Lage, typer: Typer) -> Iterator[Lopp]:
    """At least every sixth month: from the start (D), and from each uppföljning again."""
    for insats, start in startade(lage, typer):
        sist = slut(lage, insats)
        gjorda = [en for en in _uppfoljningar(lage, insats) if en.dag > start]
        dagar = [start, *(en.dag for en in gjorda)]
        for fran, en in zip(dagar, [*gjorda, None], strict=True):
            if en is not None or sist is None or fran < sist:
                yield _period(lage, insats, fran, en, sist)


def uppfoljningsmote(lage: Lage, typer: Typer) -> Iterator[Lopp]:
    """At least a month before the bistånd ends: SKA in the first period, BÖR after that."""
    for beslut, till in _perioder(lage):
        fran = _start(beslut)
        nasta = _nasta_period(lage, beslut)
        hallna = (
            en
            for en in _moten_om(lage, beslut, typer)
            if en.dag >= fran and (nasta is None or en.dag < nasta)
        )
        yield Lopp(
            objekt=beslut.beslut_id,
            insatstyp=lage.insatstyp_av(beslut),
            fran=fran,
            senast=max(fran, add_months(till, -MOTE_MANADER_FORE)),
            **mott(forst(hallna)),
            upphord=min((dag for dag in (nasta, _slut(lage, beslut)) if dag), default=None),
            vikt="ska" if beslut.beslutstyp == "bifall" else "bor",
        )


def fortsatt_bistand(lage: Lage, typer: Typer) -> Iterator[Lopp]:
    """The next decision no later than the last day, unless the insats has ended."""
    del typer
    for beslut, till in _perioder(lage):
        svar = [(ett.beslutsdatum, ett.notis) for ett in lage.ersatt_av(beslut.beslut_id)]
        svar += _avslutade(lage, beslut)
        dag, en = min(svar, key=lambda ett: (ett[0], ett[1].rad), default=(None, None))
        yield Lopp(
            objekt=beslut.beslut_id,
            insatstyp=lage.insatstyp_av(beslut),
            fran=_start(beslut),
            senast=max(_start(beslut), till),
            **mott(en, dag),
        )


def _avslutade(lage: Lage, beslut: Beslut) -> list[tuple[date, Notis]]:
    """The closing of the decision's last insats, once all of them are closed."""
    insatser = lage.insatser_om(beslut.beslut_id)
    stangda = [(ett.slut, ett.slut_notis) for ett in insatser if ett.slut and ett.slut_notis]
    if not stangda or len(stangda) < len(insatser):
        return []
    return [max(stangda, key=lambda ett: (ett[0], ett[1].rad))]


def _uppfoljningar(lage: Lage, insats: Insats) -> list[Notis]:
    """Those of the insats in the order of their days; of a corrected one the correction."""
    alla = lage.om_insats(insats.insats_id, "uppfoljning.dokumenterad")
    ersatta = {en.get("ersatter") for en in alla}
    kvar = [en for en in alla if en.get("uppfoljning_id") not in ersatta]
    return sorted(kvar, key=lambda en: (en.dag, en.tid, en.rad))


def _period(lage: Lage, insats: Insats, fran: date, en: Notis | None, sist: date | None) -> Lopp:
    return Lopp(
        objekt=insats.insats_id,
        insatstyp=typ_av(lage, insats),
        fran=fran,
        senast=add_months(fran, UPPFOLJNING_VAR_MANAD),
        **mott(en),
        upphord=sist,
    )


def _perioder(lage: Lage) -> Iterator[tuple[Beslut, date]]:
    """The decisions that grant something until a day, told there or where they were executed."""
    for beslut in lage.beslut.values():
        verkstallda = lage.verkstalligheter.get(beslut.beslut_id, ())
        dagar = [beslut.till, *(ett.notis.datum("till") for ett in verkstallda)]
        till = next((dag for dag in dagar if dag is not None), None)
        if beslut.gynnande and till is not None:
            yield beslut, till


def _start(beslut: Beslut) -> date:
    return beslut.fran or beslut.beslutsdatum


def _nasta_period(lage: Lage, beslut: Beslut) -> date | None:
    fortsatta = (ett for ett in lage.ersatt_av(beslut.beslut_id) if ett.gynnande)
    return min((_start(ett) for ett in fortsatta), default=None)


def _slut(lage: Lage, beslut: Beslut) -> date | None:
    """The day from which the decision means nothing more: avslut, or all its insatser ended."""
    avslut = [
        sista_dag(ett) for ett in lage.ersatt_av(beslut.beslut_id) if ett.beslutstyp == "avslut"
    ]
    dagar = [slut(lage, ett) for ett in lage.insatser_om(beslut.beslut_id)]
    kanda = [dag for dag in dagar if dag is not None]
    if kanda and len(kanda) == len(dagar):
        avslut.append(max(kanda))
    return min(avslut, default=None)


def _moten_om(lage: Lage, beslut: Beslut, typer: Typer) -> list[Notis]:
    """The uppföljningsmöten about what was granted; all, while the case has no insats to name."""
    insatser = lage.insatser_om(beslut.beslut_id)
    if insatser:
        return [en for insats in insatser for en in moten(lage, _MOTE, insats, typer)]
    return [en for en in lage.av(_MOTE) if not lage.insatser]
