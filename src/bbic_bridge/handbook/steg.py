"""The handbook's steps for one case: what is done, what waits, what is missing, what is overdue.

``STEG`` is the process of the handbook as rows; ``steg`` lays a case's notiser over them, one
list per insats. A duty that only a person can fulfil and no message shows is no row here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bbic_bridge.handbook.frister import Frist, skede
from bbic_bridge.handbook.kodlistor import (
    ALLA_INSATSTYPER,
    KONTAKTPERSON_MFL,
    PLACERING,
    VIDAREBEFORDRAS,
)
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.uppgifter import Insatstyp

Vikt = Literal["ska", "bor", "kan"]
Laget = Literal["klart", "pagar", "saknas", "for_sent", "kommande"]

PROCESSEN: Mapping[int, str] = {
    1: "Beslutsunderlag",
    2: "Matchning",
    3: "Avtal och resurs",
    4: "Beslut",
    5: "Uppdrag",
    6: "Insats startar",
    7: "Genomförandeplan",
    8: "Verkställ beslut, tilldela resurs",
    9: "Insats pågår",
    10: "Barnsamtal",
    11: "Uppföljning",
    12: "Efter uppföljningen",
    13: "Avslut",
}


@dataclass(frozen=True, slots=True)
class Steg:
    """One point of the process: any of the events shows that it is done.

    An event written ``typ:falt`` shows it only where it holds that field.
    """

    nr: int
    namn: str
    vikt: Vikt
    handelser: tuple[str, ...]
    galler: frozenset[Insatstyp] = ALLA_INSATSTYPER
    frister: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stegvy:
    """How one point stands for one insats.

    Attributes:
        insats_id: None for a case that has no insats yet.
        laget: ``klart`` · ``pagar`` (told, and being carried to the vendor) · ``saknas`` (a later
            point is done) · ``for_sent`` (its limit has passed) · ``kommande``.
        dag: when it was done, or the last day on which it should be.
        rad: the event that shows it.
    """

    insats_id: str | None
    insatstyp: Insatstyp | None
    nr: int
    namn: str
    vikt: Vikt
    laget: Laget
    dag: date | None = None
    rad: str | None = None


_OPPENVARD: frozenset[Insatstyp] = frozenset({"oppenvard"})

STEG: tuple[Steg, ...] = (
    Steg(1, "Ärendet är aktualiserat", "kan", ("arende.aktualiserat",)),
    Steg(1, "Utredning är inledd", "kan", ("utredning.inledd",)),
    Steg(1, "Beslutsunderlag är upprättat", "ska", ("beslutsunderlag.upprattat",)),
    Steg(1, "Vårdplan är upprättad", "ska", ("vardplan.upprattad",), PLACERING),
    Steg(2, "Remiss är skickad", "ska", ("remiss.skickad",), KONTAKTPERSON_MFL),
    Steg(2, "Uppdragstagare är föreslagen", "ska", ("matchning.foreslagen",), KONTAKTPERSON_MFL),
    Steg(2, "Mötet inför samtycke är hållet", "ska", ("matchningsmote.genomfort",),
         KONTAKTPERSON_MFL),
    Steg(2, "Familjen har samtyckt", "ska", ("matchning.samtyckt",), KONTAKTPERSON_MFL),
    Steg(3, "Avtal är upprättat", "ska", ("avtal.upprattat",), KONTAKTPERSON_MFL),
    Steg(4, "Beslut är fattat", "ska", ("beslut.fattat", "beslut.registrerat")),
    Steg(5, "Uppdrag är upprättat", "ska", ("uppdrag.upprattat",)),
    Steg(5, "Uppdraget är mottaget", "kan", ("uppdrag.mottaget",), VIDAREBEFORDRAS),
    Steg(5, "Uppdraget är fördelat", "kan", ("uppdrag.fordelat",), _OPPENVARD),
    Steg(5, "Planeringsmöte är hållet", "kan", ("planeringsmote.genomfort",), _OPPENVARD),
    Steg(6, "Familjen är kallad till uppstartsmöte", "ska", ("uppstartsmote.kallat",),
         KONTAKTPERSON_MFL),
    Steg(6, "Uppstartsmöte är hållet", "ska", ("uppstartsmote.genomfort",), KONTAKTPERSON_MFL,
         ("uppstartsmote",)),
    Steg(6, "Uppföljningsmöte är bokat", "ska",
         ("uppfoljningsmote.bokat",
          "uppstartsmote.genomfort:uppfoljningsmote_bokat"), KONTAKTPERSON_MFL),
    Steg(6, "Insatsen har startat", "ska", ("insats.startad",)),
    Steg(7, "Genomförandeplan finns", "ska",
         ("genomforandeplan.faststalld", "genomforandeplan.aterlamnad",
          "genomforandeplan.inkommen"),
         frister=("genomforandeplan_bor", "genomforandeplan")),
    Steg(7, "Planen är undertecknad", "kan", ("genomforandeplan.undertecknad",), PLACERING),
    Steg(8, "Beslutet är verkställt", "ska", ("beslut.verkstall", "beslut.verkstallt"),
         frister=("ej_verkstallt",)),
    Steg(8, "Resurs är tilldelad", "ska", ("resurs.tilldela", "resurs.tilldelad"),
         KONTAKTPERSON_MFL),
    # No source asks it of a placement; a familjehem may be a resource there all the same.
    Steg(8, "Resurs är tilldelad", "kan", ("resurs.tilldela", "resurs.tilldelad"), PLACERING),
    Steg(9, "Återkoppling har kommit", "kan", ("rapport.inkommen",)),
    Steg(9, "Samverkan är dokumenterad", "kan", ("samverkan.dokumenterad",)),
    Steg(10, "Barnsamtal är erbjudet", "ska", ("barnsamtal.erbjudet", "barnsamtal.genomfort"),
         KONTAKTPERSON_MFL),
    Steg(10, "Barnsamtal är hållet", "kan", ("barnsamtal.genomfort",)),
    Steg(11, "Uppföljningsmöte är hållet", "ska", ("uppfoljningsmote.genomfort",),
         KONTAKTPERSON_MFL, ("uppfoljningsmote",)),
    Steg(11, "Uppföljning är dokumenterad", "ska", ("uppfoljning.dokumenterad",),
         frister=("uppfoljning",)),
    Steg(12, "Fortsatt bistånd är beslutat", "kan", ("beslut.fortsatt_bistand",),
         frister=("fortsatt_bistand",)),
    Steg(12, "Kopior är lämnade", "kan", ("kopia.lamnad",), KONTAKTPERSON_MFL),
    Steg(12, "Nytt avtal är upprättat", "kan", ("avtal.upprattat:ersatter",), KONTAKTPERSON_MFL),
    Steg(12, "Ny utredning är inledd", "kan", ("utredning.inledd:insats_id",)),
    Steg(12, "Uppdraget är reviderat", "kan", ("uppdrag.reviderat",)),
    Steg(13, "Slutrapport har kommit", "kan", ("slutrapport.inkommen",)),
    Steg(13, "Beslut om avslut är fattat", "kan", ("beslut.avslut",)),
    Steg(13, "Insats och resurs är avslutade", "kan", ("insats.avsluta", "insats.avslutad")),
)  # fmt: skip


def steg(
    lage: Lage, frister: Iterable[Frist], idag: date, oavslutade: frozenset[str] = frozenset()
) -> tuple[Stegvy, ...]:
    """A case's steps, insats by insats.

    Args:
        frister: the case's limits.
        idag: today in Stockholm.
        oavslutade: rows of the events whose deliveries are not all done.
    """
    passed = [frist for frist in frister if skede(frist, idag) == "overskriden"]
    return tuple(
        vy
        for insats_id, insatstyp in _insatser(lage)
        for vy in _om_en(lage, insats_id, insatstyp, passed, oavslutade)
    )


def _insatser(lage: Lage) -> list[tuple[str | None, Insatstyp | None]]:
    if lage.insatser:
        return [(en.insats_id, en.insatstyp) for en in lage.insatser.values()]
    typer = (en.get("insatstyp") or en.get("foreslagen_insats") for en in lage.notiser)
    return [(None, next((ett for ett in typer if ett), None))] if lage.notiser else []


def _om_en(
    lage: Lage,
    insats_id: str | None,
    insatstyp: Insatstyp | None,
    passed: list[Frist],
    oavslutade: frozenset[str],
) -> Iterator[Stegvy]:
    objekt = _objekt(lage, insats_id)
    av_typ = ALLA_INSATSTYPER if insatstyp is None else {insatstyp}
    rader = [ett for ett in STEG if ett.galler >= av_typ]
    gjort = {ett: _visar(lage, ett, insats_id, insatstyp, objekt) for ett in rader}
    sista = max((ett.nr for ett, en in gjort.items() if en is not None), default=0)
    for ett, en in gjort.items():
        over = [f for f in passed if f.kod in ett.frister and _ror(f, lage, objekt)]
        yield Stegvy(
            insats_id=insats_id,
            insatstyp=insatstyp,
            nr=ett.nr,
            namn=ett.namn,
            vikt=ett.vikt,
            laget=_laget(ett, en, sista, oavslutade, over=bool(over)),
            dag=over[0].senast if over else en.dag if en else None,
            rad=en.rad if en else None,
        )


def _laget(
    ett: Steg, en: Notis | None, sista: int, oavslutade: frozenset[str], *, over: bool
) -> Laget:
    if over:
        return "for_sent"
    if en is not None:
        return "pagar" if en.rad in oavslutade else "klart"
    return "saknas" if ett.nr < sista and ett.vikt != "kan" else "kommande"


def _objekt(lage: Lage, insats_id: str | None) -> frozenset[str]:
    """The ids by which events and limits speak of the insats."""
    if insats_id is None:
        return frozenset()
    return frozenset({insats_id, *(ett.beslut_id for ett in lage.beslut_om(insats_id))})


def _visar(
    lage: Lage,
    ett: Steg,
    insats_id: str | None,
    insatstyp: Insatstyp | None,
    objekt: frozenset[str],
) -> Notis | None:
    """The newest event that shows the point done for this insats."""
    falt = dict(handelse.partition(":")[::2] for handelse in ett.handelser)
    for en in reversed(lage.av(*falt)):
        if falt[en.typ] and not en.get(falt[en.typ]):
            continue
        om = en.get("insats_id") or en.get("beslut_id")
        annan_typ = en.get("insatstyp") not in (None, insatstyp) and insatstyp is not None
        if insats_id is None or (om in objekt if om is not None else not annan_typ):
            return en
    return None


def _ror(frist: Frist, lage: Lage, objekt: frozenset[str]) -> bool:
    """Limits of a matchning belong to the case; the others to an insats or one of its beslut."""
    return (
        not objekt or frist.objekt in objekt or frist.objekt not in {*lage.insatser, *lage.beslut}
    )
