"""The handbook's steps for one case: what is done, what waits, what is missing, what is overdue.

``STEG`` is the process of the handbook as rows, each with the weight of its duty in the table of
``docs/handbook.md``; ``steg`` lays a case's notiser over them, one list per insats. A duty that
only a person can fulfil and no message shows is no row here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bbic_bridge.handbook.avvikelser.uppdragen import Uppdragen
from bbic_bridge.handbook.frister import Frist, skede
from bbic_bridge.handbook.kodlistor import (
    ALLA_INSATSTYPER,
    KONTAKTPERSON_MFL,
    PLACERING,
    VIDAREBEFORDRAS,
)
from bbic_bridge.handbook.lage import Lage
from bbic_bridge.handbook.notiser import Notis
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.handbook.uppgifter import Insatstyp

Vikt = Literal["lag", "ska", "bor", "kan"]
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

    An event written ``typ:falt`` shows it only where it holds that field, ``typ:falt=kod`` only
    where that is, or is among, what the field holds (for persons, their roles).

    Attributes:
        vid: what calls for it, where not every insats comes to it; else it is left out.
        arendets: whether what is told of another insats of the case shows it too.
    """

    nr: int
    namn: str
    vikt: Vikt
    handelser: tuple[str, ...]
    galler: frozenset[Insatstyp] = ALLA_INSATSTYPER
    frister: tuple[str, ...] = ()
    vid: tuple[str, ...] = ()
    arendets: bool = False


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
_HVB: frozenset[Insatstyp] = frozenset({"hvb"})
# What A says of kontaktperson and kontaktfamilj, no source says of these.
_ANDRA = ALLA_INSATSTYPER - KONTAKTPERSON_MFL
_AVSLUTAD = ("insats.avsluta", "insats.avslutad")
_KOMMANDE_MOTE = ("uppstartsmote.kallat", "uppfoljningsmote.bokat")
_FORTSATT = ("beslut.fortsatt_bistand",)

STEG: tuple[Steg, ...] = (
    Steg(1, "Ärendet är aktualiserat", "kan", ("arende.aktualiserat",)),
    Steg(1, "Utredning är inledd", "kan", ("utredning.inledd",)),
    Steg(1, "Beslutsunderlag är upprättat", "ska", ("beslutsunderlag.upprattat",)),
    Steg(1, "Vårdplan är upprättad", "lag", ("vardplan.upprattad",), PLACERING),
    Steg(2, "Remiss är skickad", "ska", ("remiss.skickad",), KONTAKTPERSON_MFL),
    Steg(2, "Uppdragstagare är föreslagen", "ska", ("matchning.foreslagen",), KONTAKTPERSON_MFL),
    Steg(2, "Mötet inför samtycke är hållet", "bor", ("matchningsmote.genomfort",),
         KONTAKTPERSON_MFL),
    Steg(2, "Barnet har samtyckt", "ska", (
        "matchning.samtyckt:samtycken=barn", "matchning.samtyckt:barnets_samtycke_saknas_for",
    ), KONTAKTPERSON_MFL),
    Steg(2, "Vårdnadshavare eller god man har samtyckt", "ska", (
        "matchning.samtyckt:samtycken=vardnadshavare", "matchning.samtyckt:samtycken=god_man",
        "matchning.samtyckt:vardnadshavares_samtycke_saknas_for",
    ), KONTAKTPERSON_MFL),
    Steg(3, "Avtal är upprättat", "ska", ("avtal.upprattat",), KONTAKTPERSON_MFL),
    Steg(4, "Beslut är fattat", "ska", ("beslut.fattat", "beslut.registrerat")),
    Steg(5, "Uppdrag är upprättat", "ska", ("uppdrag.upprattat",)),
    Steg(5, "Uppdraget är mottaget", "kan", ("uppdrag.mottaget",), VIDAREBEFORDRAS),
    Steg(5, "Uppdraget är fördelat", "bor", ("uppdrag.fordelat",), _OPPENVARD),
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
    Steg(7, "Vårdnadshavare eller god man har undertecknat planen", "ska", (
        "genomforandeplan.undertecknad:underskrifter=vardnadshavare",
        "genomforandeplan.undertecknad:underskrifter=god_man",
    ), _HVB, vid=("genomforandeplan.aterlamnad",)),
    Steg(7, "Socialsekreteraren har undertecknat planen", "ska",
         ("genomforandeplan.undertecknad:underskrifter=socialsekreterare",), _HVB,
         vid=("genomforandeplan.aterlamnad",)),
    Steg(8, "Beslutet är verkställt", "ska", ("beslut.verkstall", "beslut.verkstallt"),
         frister=("ej_verkstallt",)),
    Steg(8, "Resurs är tilldelad", "ska", ("resurs.tilldela", "resurs.tilldelad"),
         KONTAKTPERSON_MFL),
    # No source asks it of a placement; a familjehem may be a resource there all the same.
    Steg(8, "Resurs är tilldelad", "kan", ("resurs.tilldela", "resurs.tilldelad"), PLACERING),
    Steg(9, "Återkoppling har kommit", "ska", ("rapport.inkommen",), KONTAKTPERSON_MFL),
    Steg(9, "Återkoppling har kommit", "kan", ("rapport.inkommen",), _ANDRA),
    Steg(9, "Samverkan är dokumenterad", "ska", ("samverkan.dokumenterad",),
         vid=("uppdrag.upprattat:behov_av_sip", "uppdrag.reviderat:behov_av_sip"),
         arendets=True),
    Steg(10, "Barnsamtal är erbjudet", "ska", ("barnsamtal.erbjudet", "barnsamtal.genomfort"),
         KONTAKTPERSON_MFL),
    Steg(10, "Barnsamtal är hållet", "kan", ("barnsamtal.genomfort",)),
    Steg(11, "Uppföljningsmöte är hållet", "ska", ("uppfoljningsmote.genomfort",),
         KONTAKTPERSON_MFL, ("uppfoljningsmote",)),
    Steg(11, "Uppföljning är dokumenterad", "ska", ("uppfoljning.dokumenterad",),
         frister=("uppfoljning",)),
    Steg(12, "Fortsatt bistånd eller avslut är beslutat", "ska",
         ("beslut.fortsatt_bistand", "beslut.avslut"), KONTAKTPERSON_MFL, ("fortsatt_bistand",)),
    Steg(12, "Fortsatt bistånd eller avslut är beslutat", "kan",
         ("beslut.fortsatt_bistand", "beslut.avslut"), _ANDRA, ("fortsatt_bistand",)),
    Steg(12, "Kopia till familjehemssekreteraren är lämnad", "ska",
         ("kopia.lamnad:mottagare=familjehemssekreterare",), KONTAKTPERSON_MFL, vid=_FORTSATT),
    Steg(12, "Kopia till berörda parter är lämnad", "ska", (
        "kopia.lamnad:mottagare=vardnadshavare", "kopia.lamnad:mottagare=god_man",
        "kopia.lamnad:mottagare=barn",
    ), KONTAKTPERSON_MFL, vid=_FORTSATT),
    Steg(12, "Nytt avtal är upprättat", "ska", ("avtal.upprattat:ersatter",), KONTAKTPERSON_MFL,
         vid=_FORTSATT),
    Steg(12, "Ny utredning är inledd", "ska", ("utredning.inledd:insats_id",),
         vid=("uppfoljning.dokumenterad:nasta_steg=ny_utredning", "beslut.avslut:oro_for_barnet")),
    Steg(12, "Uppdraget är reviderat", "ska", ("uppdrag.reviderat",),
         vid=("uppfoljning.dokumenterad:nasta_steg=reviderat_uppdrag",)),
    Steg(13, "Slutrapport har kommit", "kan", ("slutrapport.inkommen",)),
    Steg(13, "Beslut om avslut är fattat", "ska", ("beslut.avslut",),
         vid=("uppfoljning.dokumenterad:nasta_steg=avslut", *_AVSLUTAD)),
    Steg(13, "Insats och resurs är avslutade", "ska", _AVSLUTAD, vid=("beslut.avslut",)),
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
    en_insats = _Insatsen(lage, insats_id, insatstyp)
    av_typ = ALLA_INSATSTYPER if insatstyp is None else {insatstyp}
    gjort = {ett: en_insats.visar(ett) for ett in STEG if ett.galler >= av_typ}
    sista = max((ett.nr for ett, en in gjort.items() if en is not None), default=0)
    for ett, en in gjort.items():
        over = [f for f in passed if f.kod in ett.frister and _ror(f, lage, en_insats.objekt)]
        if en is None and not over and not en_insats.kallar_pa(ett):
            continue
        yield Stegvy(
            insats_id=insats_id,
            insatstyp=insatstyp,
            nr=ett.nr,
            namn=ett.namn,
            vikt=ett.vikt,
            laget=_laget(ett, en, sista, oavslutade, over=bool(over)),
            dag=over[0].senast if over else _dag(en) if en else None,
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


def _dag(en: Notis) -> date:
    """The day of what an event shows: an insats that is closed names its last day, and a meeting
    that is called to, or booked, is not held yet."""
    if en.typ in _KOMMANDE_MOTE:
        return en.datum("datum") or stockholm_date(en.tid)
    return (en.datum("slutdatum") if en.typ in _AVSLUTAD else None) or en.dag


class _Insatsen:
    """One insats of a case; with ``insats_id`` None the whole case.

    ``objekt`` are the ids by which events and limits speak of it.
    """

    def __init__(self, lage: Lage, insats_id: str | None, insatstyp: Insatstyp | None) -> None:
        self._lage, self._insats_id, self._insatstyp = lage, insats_id, insatstyp
        beslut = () if insats_id is None else lage.beslut_om(insats_id)
        ids = {insats_id, *(ett.beslut_id for ett in beslut)}
        self.objekt = frozenset(ett for ett in ids if ett is not None)
        self._avslutad = insats_id is not None and lage.insatser[insats_id].slut is not None
        self._uppdragen = Uppdragen(lage)

    def visar(self, ett: Steg) -> Notis | None:
        """The newest event that shows the point done; an uppdrag that is ended shows nothing."""
        sagda = (
            en
            for en in self._sagda(ett.handelser, arendets=ett.arendets)
            if not self._aterkallat(en)
        )
        return next(sagda, None)

    def kallar_pa(self, ett: Steg) -> bool:
        """Whether the point is asked for: always, or by something that has been told."""
        return not ett.vid or next(self._sagda(ett.vid), None) is not None

    def _sagda(self, handelser: tuple[str, ...], *, arendets: bool = False) -> Iterator[Notis]:
        """The events about this insats that are written so, the newest first."""
        falt: defaultdict[str, list[str]] = defaultdict(list)
        for typ, _, ett in (handelse.partition(":") for handelse in handelser):
            falt[typ].append(ett)
        for en in reversed(self._lage.av(*falt)):
            if any(_sager(en, ett) for ett in falt[en.typ]) and (arendets or self._ror(en)):
                yield en

    def _ror(self, en: Notis) -> bool:
        """Whether an event is about this insats: what names none is about all of its kind, but
        what names an uppdrag is about that one's."""
        if self._insats_id is None:
            return True
        om = self._lage.knuten_insats(en) or en.get("beslut_id")
        if om is None and en.get("uppdrag_id") is not None:
            om = self._lage.insats_av(en, VIDAREBEFORDRAS) or ""
        if om is not None:
            return om in self.objekt
        return self._insatstyp is None or en.get("insatstyp") in (None, self._insatstyp)

    def _aterkallat(self, en: Notis) -> bool:
        """Whether it tells of an uppdrag that is ended with all its later versions, and its insats
        runs on."""
        if self._avslutad or not en.typ.startswith("uppdrag."):
            return False
        return self._uppdragen.senare({en.get("uppdrag_id")}) <= self._uppdragen.slut.keys()


def _sager(en: Notis, falt: str) -> bool:
    """Whether an event holds a field, ``falt``, or a code in it, ``falt=kod``; always with ''."""
    namn, _, kod = falt.partition("=")
    sagt = en.get(namn)
    if not kod:
        return not namn or bool(sagt)
    if not isinstance(sagt, list):
        return bool(kod == sagt)
    return any(kod == (ett.get("roll") if isinstance(ett, Mapping) else ett) for ett in sagt)


def _ror(frist: Frist, lage: Lage, objekt: frozenset[str]) -> bool:
    """Limits of a matchning belong to the case; the others to an insats or one of its beslut."""
    return (
        not objekt or frist.objekt in objekt or frist.objekt not in {*lage.insatser, *lage.beslut}
    )
