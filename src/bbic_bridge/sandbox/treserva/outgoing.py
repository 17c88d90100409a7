"""What Treserva says: answers, faults and changes, in the words of its schema."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from bbic_bridge.sandbox.elements import Maker
from bbic_bridge.sandbox.records import Andring, Kvittens
from bbic_bridge.sandbox.register import STOCKHOLM
from bbic_bridge.sandbox.treserva import codes
from bbic_bridge.sandbox.treserva.incoming import NS

E = Maker(NS)
OBJEKTTYP = {"resurstilldelning": "tilldelning", "dokument": "journaldokument"}

Part = tuple[str, str, Mapping[str, str] | None]
_UPPDRAG: tuple[Part, ...] = (
    ("uppdragEgetId", "uppdrag_id", None),
    ("datum", "datum", None),
    ("fordelatTill", "handlaggare", None),
    ("rollkod", "roll", codes.ROLL),
)
# Kind of change: Treserva's word for it, the element that tells it, and its attributes.
PARTS: dict[str, tuple[str, str, tuple[Part, ...]]] = {
    "resurs_registrerad": (
        "resurs.ny",
        "NyResurs",
        (("resursId", "resurs_id", None), ("resurskod", "resurstyp", codes.INSATSTYP)),
    ),
    "beslut_registrerat": (
        "beslut.nytt",
        "NyttBeslut",
        (
            ("egetId", "beslut_id", None),
            ("beslutskod", "beslutstyp", codes.BESLUTSTYP),
            ("insatskod", "insatstyp", codes.INSATSTYP),
            ("beslutsdatum", "beslutsdatum", None),
            ("start", "fran", None),
            ("slut", "till", None),
        ),
    ),
    "beslut_verkstallt": (
        "verkstallighet.ny",
        "NyVerkstallighet",
        (
            ("beslutEgetId", "beslut_id", None),
            ("beslutId", "beslut_nr", None),
            ("insatsEgetId", "insats_id", None),
            ("insatsId", "insats_nr", None),
            ("start", "fran", None),
        ),
    ),
    "resurs_tilldelad": (
        "tilldelning.ny",
        "NyTilldelning",
        (
            ("insatsEgetId", "insats_id", None),
            ("insatsId", "insats_nr", None),
            ("resursId", "resurs_id", None),
            ("start", "fran", None),
            ("slut", "till", None),
        ),
    ),
    "aktanteckning_skapad": (
        "anteckning.ny",
        "NyAnteckning",
        (
            ("anteckningId", "anteckning_id", None),
            ("handelsetid", "handelsetid", None),
            ("rubrik", "rubrik", None),
            ("upprattadAv", "forfattare", None),
        ),
    ),
    "uppdrag_mottaget": ("uppdrag.mottaget", "UppdragStatus", _UPPDRAG),
    "uppdrag_fordelat": ("uppdrag.fordelat", "UppdragStatus", _UPPDRAG),
    "uppdrag_avbojt": ("uppdrag.avbojt", "UppdragStatus", _UPPDRAG),
    "uppdrag_aterkallat": ("uppdrag.atertaget", "UppdragStatus", _UPPDRAG),
    "genomforandeplan_upprattad": (
        "plan.ny",
        "NyPlan",
        (
            ("planId", "plan_id", None),
            ("uppdragEgetId", "uppdrag_id", None),
            ("datum", "datum", None),
        ),
    ),
    "insats_avslutad": (
        "insats.avslutad",
        "AvslutadInsats",
        (
            ("egetId", "insats_id", None),
            ("slut", "slutdatum", None),
            ("orsakskod", "orsak", codes.AVSLUTSORSAK),
        ),
    ),
}
# Texts are elements, not attributes: where they stand, and what they hold.
TEXTS = {"NyAnteckning": ("Notering", "text"), "UppdragStatus": ("Skal", "orsak")}


def svar(receipt: Kvittens) -> etree._Element:
    """The answer to something done."""
    element = E("Svar", referens=receipt.referens, tid=_instant(receipt.tid))
    for lank in receipt.lankar:
        typ = OBJEKTTYP.get(lank.typ, lank.typ)
        element.append(E("Objekt", typ=typ, egetId=lank.eget_id, id=lank.nr))
    return element


def fel(kod: str, text: str) -> etree._Element:
    return E("Fel", E("Text", text), kod=kod)


def andringar(changes: Iterable[Andring]) -> etree._Element:
    """A list of changes; a page adds ``nasta`` and ``fler`` to it."""
    return E("Andringar", *(andring(change) for change in changes))


def andring(change: Andring) -> etree._Element:
    handelse, name, attributes = PARTS[change.kind]
    pnr = change.personnummer
    head = {
        "andringsId": str(change.nr),
        "handelse": handelse,
        "id": change.objekt,
        "arende": change.arende,
        "pnr": f"{pnr[:8]}-{pnr[8:]}" if pnr else None,
        "referens": change.referens,
        "tid": _instant(change.tid),
    }
    element = E.make("Andring", {key: value for key, value in head.items() if value is not None})
    part = etree.SubElement(element, f"{{{NS}}}{name}")
    for attribute, key, codelist in attributes:
        if key in change.data:
            part.set(attribute, _word(change.data[key], codelist))
    tag, key = TEXTS.get(name, ("", ""))
    if key in change.data:
        part.append(E(tag, change.data[key]))
    for mal in change.data.get("mal", ()):
        part.append(E("Malpunkt", mal["text"], egetId=mal["mal_id"]))
    return element


def _word(value: Any, codelist: Mapping[str, str] | None) -> str:
    if codelist is not None:
        return codelist[value]
    if isinstance(value, datetime):
        return value.astimezone(STOCKHOLM).replace(tzinfo=None).isoformat()
    return str(value)


def _instant(value: datetime) -> str:
    return value.astimezone(STOCKHOLM).isoformat()
