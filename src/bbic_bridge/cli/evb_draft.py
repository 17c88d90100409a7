"""How the draft on ej verkställda beslut is laid out: for a person, for a sheet, for a program.

It is handed on to people who read Swedish, so its words are Swedish.
"""

from collections.abc import Iterator
from typing import Any

from bbic_bridge.handbook.frister.evb import GRUNDER, STATUS, Statistik, Tid
from bbic_bridge.handbook.kodlistor import INSATSTYPER
from bbic_bridge.handbook.uppgifter import Insatstyp
from bbic_bridge.services.evb import EvbDraft, EvbView, SkalView

BY_PERSON = "anges av handläggare"
TO_FILL_IN = (
    "vem beslutet gäller, och om uppgifterna är skyddade",
    "skälen till dröjsmålet, där de inte är angivna eller inte räcker",
    "erbjudanden, uppföljning och andra insatser under väntetiden",
    "varför ett beslut har upphört utan att verkställas",
    "beslut som bryggan inte har fått veta om",
)
LIST_COLUMNS = (
    *("kommun", "ärende", "beslut", "insats", "beslutsdatum", "avbrott", "delvis sedan"),
    *("status", "verkställt", "dagar", "skäl", "bekräftat"),
)
SHEET_COLUMNS = (
    *("utkast", "kommun", "ärende", "beslut", "insats", "beslutsdatum", "avbrott"),
    *("delvis verkställt sedan", "status", "verkställt", "upphört"),
    *("dagar sedan beslut eller avbrott", "dagar sedan beslutet"),
    *("bekräftat i verksamhetssystemet", "skäl", "vem beslutet gäller (fylls i)"),
    *("skyddade uppgifter (fylls i)", "erbjudanden och åtgärder (fylls i)"),
)
STATISTICS_COLUMNS = (
    *("utkast", "kommun", "tre månader från", "insats", "antal"),
    *("ej verkställda", "varav delvis", "verkställda för sent", "upphörda"),
    *("median dagar", "längst dagar", "median månader", "längst månader", "längst väntetid"),
)
KEPT = ("ärende", "beslut", "insats", "status", "längst väntetid")
"""Columns that a terminal shows unbroken."""
_DAYS_A_MONTH = 365.25 / 12
_FALT = {"orsak": "avbrott", "skal": "delvis verkställt"}


def heading(draft: EvbDraft) -> str:
    """What it is, of which time, and that it is a draft."""
    quarter = draft.kvartal
    return (
        f"UTKAST. Ej verkställda beslut {quarter} ({quarter.forsta} - {quarter.sista}), "
        f"som det såg ut {draft.per}."
    )


def rest() -> str:
    """What is left for a person to fill in."""
    return f"Fylls i av handläggare: {'; '.join(TO_FILL_IN)}."


def list_row(view: EvbView) -> tuple[object, ...]:
    """A decision as a line on a terminal."""
    rad = view.rad
    return (
        *(view.kommun, view.arende, rad.beslut_id, insats(rad.insatstyp)),
        *(rad.beslutsdatum or BY_PERSON, rad.avbrott, rad.delvis, STATUS[rad.status]),
        *(rad.verkstalld, rad.dagar, reasons(view), _yes_or_no(view.bekraftat)),
    )


def sheet_row(draft: EvbDraft, view: EvbView) -> tuple[object, ...]:
    """A decision as a row of the sheet; what a person fills in is left empty."""
    rad = view.rad
    since = (rad.till - rad.beslutsdatum).days if rad.beslutsdatum else None
    return (
        *(_mark(draft), view.kommun, view.arende, rad.beslut_id, insats(rad.insatstyp)),
        *(rad.beslutsdatum or BY_PERSON, rad.avbrott, rad.delvis, STATUS[rad.status]),
        *(rad.verkstalld, rad.upphord, rad.dagar, since),
        *(_yes_or_no(view.bekraftat), reasons(view), None, None, None),
    )


def statistics_rows(draft: EvbDraft) -> Iterator[tuple[object, ...]]:
    """For each kommun and ground the whole, then the kinds of insats."""
    for kommun, grounds in draft.statistik.items():
        for ground in grounds:
            first = (_mark(draft), kommun, GRUNDER[ground.grund])
            counts = (ground.ej_verkstallda, ground.delvis, ground.verkstallda, ground.upphorda)
            yield (*first, "alla", ground.antal, *counts, *_time(ground.tid))
            for kinds in ground.slag:
                names = ", ".join(map(insats, kinds.insatstyper))
                yield (*first, names, kinds.antal, *[None] * len(counts), *_time(kinds.tid))


def document(draft: EvbDraft, *, individuals: bool, statistics: bool) -> dict[str, Any]:
    """The draft for a program."""
    made: dict[str, Any] = {
        "utkast": True,
        "kvartal": f"{draft.kvartal}",
        "fran": draft.kvartal.forsta,
        "till": draft.kvartal.sista,
        "per": draft.per,
        "att_fylla_i": TO_FILL_IN,
    }
    if individuals:
        made["individer"] = [_individual(view) for view in draft.individer]
    if statistics:
        made["statistik"] = [
            {"kommun": kommun, **_ground(ground)}
            for kommun, grounds in draft.statistik.items()
            for ground in grounds
        ]
    return made


def insats(typ: Insatstyp | None) -> str:
    """A kind of insats as people write it."""
    return "okänd insatstyp" if typ is None else INSATSTYPER[typ]


def reasons(view: EvbView) -> str:
    """What has been told of the reasons, never more than that."""
    return "; ".join(map(_reason, view.skal)) or BY_PERSON


def _reason(skal: SkalView) -> str:
    return f"{_FALT[skal.falt]} {skal.dag}: {skal.text or BY_PERSON}"


def _mark(draft: EvbDraft) -> str:
    return f"UTKAST {draft.kvartal} per {draft.per}"


def _yes_or_no(value: bool | None) -> str:  # noqa: FBT001 (a value to print)
    return "" if value is None else "ja" if value else "nej"


def _time(tid: Tid | None) -> tuple[object, ...]:
    if tid is None:
        return (None,) * 5
    days = (tid.median_dagar, tid.langst_dagar)
    return (*days, *(None if d is None else d / _DAYS_A_MONTH for d in days), tid.spann)


def _individual(view: EvbView) -> dict[str, Any]:
    rad = view.rad
    return {
        "kommun": view.kommun,
        "arende": view.arende,
        "beslut_id": rad.beslut_id,
        "insatstyp": rad.insatstyp,
        "status": rad.status,
        "beslutsdatum": rad.beslutsdatum,
        "avbrott": rad.avbrott,
        "delvis_sedan": rad.delvis,
        "verkstalld": rad.verkstalld,
        "upphord": rad.upphord,
        "dagar": rad.dagar,
        "bekraftat": view.bekraftat,
        "skal": view.skal,
    }


def _ground(ground: Statistik) -> dict[str, Any]:
    return {
        "grund": ground.grund,
        "antal": ground.antal,
        "ej_verkstallda": ground.ej_verkstallda,
        "varav_delvis": ground.delvis,
        "verkstallda_for_sent": ground.verkstallda,
        "upphorda": ground.upphorda,
        "tid": ground.tid,
        "insatser": ground.slag,
    }
