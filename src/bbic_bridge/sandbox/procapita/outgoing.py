"""What Procapita says: receipts, faults and changes, in the words of its schema."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from bbic_bridge.sandbox.elements import Maker
from bbic_bridge.sandbox.procapita import codes
from bbic_bridge.sandbox.procapita.incoming import NS
from bbic_bridge.sandbox.records import Andring, Kvittens
from bbic_bridge.sandbox.register import STOCKHOLM

E = Maker(NS)
Part = tuple[str, str, Mapping[str, str] | None]
_UPPDRAG: tuple[Part, ...] = (
    ("UppdragId", "uppdrag_id", None),
    ("Datum", "datum", None),
    ("Handlaggare", "handlaggare", None),
    ("Roll", "roll", codes.ROLL),
    ("Orsak", "orsak", None),
)
# Kind of change: Procapita's word for it, the element that tells it, and that element's children.
PARTS: dict[str, tuple[str, str, tuple[Part, ...]]] = {
    "resurs_registrerad": (
        "ResursRegistrerad",
        "Resurs",
        (("ResursId", "resurs_id", None), ("Typ", "resurstyp", codes.INSATSTYP)),
    ),
    "beslut_registrerat": (
        "BeslutRegistrerat",
        "Beslut",
        (
            ("BeslutId", "beslut_id", None),
            ("Typ", "beslutstyp", codes.BESLUTSTYP),
            ("InsatsTyp", "insatstyp", codes.INSATSTYP),
            ("Datum", "beslutsdatum", None),
            ("From", "fran", None),
            ("Tom", "till", None),
        ),
    ),
    "beslut_verkstallt": (
        "BeslutVerkstallt",
        "Verkstallighet",
        (
            ("BeslutId", "beslut_id", None),
            ("BeslutNr", "beslut_nr", None),
            ("InsatsId", "insats_id", None),
            ("InsatsNr", "insats_nr", None),
            ("From", "fran", None),
        ),
    ),
    "resurs_tilldelad": (
        "ResursTilldelad",
        "Tilldelning",
        (
            ("InsatsId", "insats_id", None),
            ("InsatsNr", "insats_nr", None),
            ("ResursId", "resurs_id", None),
            ("From", "fran", None),
            ("Tom", "till", None),
        ),
    ),
    "aktanteckning_skapad": (
        "AnteckningSkapad",
        "Anteckning",
        (
            ("AnteckningId", "anteckning_id", None),
            ("Handelsetid", "handelsetid", None),
            ("Rubrik", "rubrik", None),
            ("Text", "text", None),
            ("Forfattare", "forfattare", None),
        ),
    ),
    "uppdrag_mottaget": ("UppdragMottaget", "Uppdrag", _UPPDRAG),
    "uppdrag_fordelat": ("UppdragFordelat", "Uppdrag", _UPPDRAG),
    "uppdrag_avbojt": ("UppdragAvbojt", "Uppdrag", _UPPDRAG),
    "uppdrag_aterkallat": ("UppdragAterkallat", "Uppdrag", _UPPDRAG),
    "genomforandeplan_upprattad": (
        "PlanUpprattad",
        "Plan",
        (
            ("PlanId", "plan_id", None),
            ("UppdragId", "uppdrag_id", None),
            ("Datum", "datum", None),
        ),
    ),
    "insats_avslutad": (
        "InsatsAvslutad",
        "Insats",
        (
            ("InsatsId", "insats_id", None),
            ("Slutdatum", "slutdatum", None),
            ("Orsak", "orsak", codes.AVSLUTSORSAK),
        ),
    ),
}
# What the public FamilyCare contract cannot tell, and HamtaAndringar therefore does.
BESIDE_FAMILYCARE = frozenset(
    {
        "resurs_registrerad",
        "aktanteckning_skapad",
        "uppdrag_mottaget",
        "uppdrag_fordelat",
        "uppdrag_avbojt",
        "uppdrag_aterkallat",
        "genomforandeplan_upprattad",
    }
)


def kvittens(receipt: Kvittens) -> etree._Element:
    """The receipt of something done."""
    element = E("Kvittens", E("Referens", receipt.referens), E("Tidpunkt", _time(receipt.tid)))
    for lank in receipt.lankar:
        element.append(E("Lank", typ=lank.typ, egetId=lank.eget_id, nr=lank.nr))
    return element


def kvittens_saknas(referens: str) -> etree._Element:
    return E("KvittensSaknas", E("Referens", referens))


def fel(kod: str, text: str) -> etree._Element:
    return E("Fel", E("Kod", kod), E("Text", text))


def andringar(changes: Iterable[Andring]) -> etree._Element:
    """A list of changes; a page adds ``nasta`` and ``fler`` to it."""
    return E("Andringar", *(andring(change) for change in changes))


def andring(change: Andring) -> etree._Element:
    handelse, name, fields = PARTS[change.kind]
    head = {
        "AndringsId": str(change.nr),
        "Handelse": handelse,
        "Nr": change.objekt,
        "Arende": change.arende,
        "Personnummer": change.personnummer,
        "Referens": change.referens,
        "Tidpunkt": _time(change.tid),
    }
    element = E("Andring", *(E(key, value) for key, value in head.items() if value is not None))
    part = etree.SubElement(element, f"{{{NS}}}{name}")
    for tag, key, codelist in fields:
        if key in change.data:
            part.append(E(tag, _word(change.data[key], codelist)))
    for mal in change.data.get("mal", ()):
        part.append(E("Mal", E("MalId", mal["mal_id"]), E("Text", mal["text"])))
    return element


def _word(value: Any, codelist: Mapping[str, str] | None) -> str:
    if codelist is not None:
        return codelist[value]
    return _time(value) if isinstance(value, datetime) else str(value)


def _time(value: datetime) -> str:
    return value.astimezone(STOCKHOLM).isoformat()
