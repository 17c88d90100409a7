"""What a case remembers of every event: ids, dates and codes, and digests of what is compared.

A *notis* holds no text and no name. Limits, deviations and steps are worked out from a case's
notiser alone, whatever the order they came in; a document may be pruned, its notis stays.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from pydantic import BaseModel

from bbic_bridge.handbook.dokument.bas import Kontakt, eget_id
from bbic_bridge.handbook.fakta import ANDRINGAR, handelsetyp_av_andring
from bbic_bridge.handbook.handelser import HANDELSER, PREFIX, Handelse
from bbic_bridge.handbook.krav import brister
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.handbook.uppgifter import Avslutsorsak, Person

UTAN_NOTIS = frozenset({"aktanteckning.skriven", "aktanteckning.rattad", "aktanteckning.inkommen"})
"""Events that no limit, step or comparison asks about, and of which a case has very many."""

OUPPFYLLT = "ouppfyllt"
_KODER = frozenset(
    {
        "barnets_svar",
        "beslutstyp",
        "ersatter",
        "forandring",
        "foreslagen_insats",
        "form",
        "insatstyp",
        "nasta_steg",
        "roll",
    }
)
_JAMFORS = frozenset({"bedomning", "text"})
_UTELAMNAS = frozenset({"barn", "foraldrar", "kontaktuppgifter", "schema_version", "namn"})
_EGET: Mapping[str, str | None] = {
    **{
        andring.handelse: andring.fakta[0].partition(":")[2].split("/")[0]
        for andring in ANDRINGAR.values()
    },
    **{typ.removeprefix(PREFIX): eget_id(dokument) for typ, dokument in HANDELSER.items()},
}
# Vendors' changes hold their dates and moments as text.
_DAG = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+([+-][0-9]{2}:[0-9]{2}|Z)?)?")
_AVSLUTSORSAKER = frozenset(get_args(Avslutsorsak))


@dataclass(frozen=True, slots=True)
class Notis:
    """One event of a case.

    Attributes:
        rad: what the store knows the event by; shown as "met by".
        typ: the event's type without prefix, of ours or of the vendor's telling.
        tid: the event's own time, aware.
        data: ids, dates (ISO), codes, numbers and flags under the document's names; ``True``
            where a text stands; a digest under ``bedomning`` and a goal's ``text``; under
            ``OUPPFYLLT`` the codes of each SKA with an exception that the document does not meet.
    """

    rad: str
    typ: str
    tid: datetime
    data: Mapping[str, Any]

    def get(self, falt: str) -> Any:
        """The field, None where the event did not say."""
        return self.data.get(falt)

    def datum(self, falt: str) -> date | None:
        """The field as a date; a moment is the date it had in Stockholm."""
        varde = self.data.get(falt)
        if varde is None:
            return None
        if len(varde) > len("2026-01-01"):
            return stockholm_date(datetime.fromisoformat(varde))
        return date.fromisoformat(varde)

    @property
    def dag(self) -> date:
        """The day that the event speaks of; the day it was told where it names none."""
        dagar = (self.datum(falt) for falt in ("tid", "datum", "beslutsdatum", "fran"))
        return next((dag for dag in dagar if dag is not None), stockholm_date(self.tid))


def notis(rad: str, handelse: Handelse) -> Notis | None:
    """What is remembered of an accepted event; None where nothing is asked of its kind."""
    typ = handelse.type.removeprefix(PREFIX)
    if typ in UTAN_NOTIS:
        return None
    minns = _del(handelse.data)
    if ouppfyllt := [en.kod for en in brister(handelse.data) if en.vikt == "ska_om_inte"]:
        minns[OUPPFYLLT] = ouppfyllt
    return Notis(rad, typ, handelse.time, minns)


def notis_av_andring(rad: str, kind: str, tid: datetime, data: Mapping[str, Any]) -> Notis | None:
    """What is remembered of a change that a vendor told of.

    Args:
        rad: the change's key.
        kind: one of ``fakta.ANDRINGAR``.
        data: the change's fields with our ids.
    """
    typ = handelsetyp_av_andring(kind).removeprefix(PREFIX)
    if typ in UTAN_NOTIS:
        return None
    return Notis(rad, typ, tid, _falt(data.items()))


def i_ordning(notiser: Iterable[Notis]) -> tuple[Notis, ...]:
    """By the events' own times, never by arrival."""
    return tuple(sorted(notiser, key=lambda en: (en.tid, en.rad)))


def forsta(notiser: Iterable[Notis]) -> Notis | None:
    """The first of them, None where there is none."""
    return next(iter(notiser), None)


def efter(notiser: Iterable[Notis], dag: date, utom: Notis | None = None) -> Notis | None:
    """The first that speaks of that day or later."""
    sedan = [en for en in notiser if en.dag >= dag and en is not utom]
    return min(sedan, key=lambda en: (en.dag, en.tid, en.rad), default=None)


def sista_ord(notiser: Iterable[Notis], eget: str) -> tuple[Notis, ...]:
    """The last word of each document, but for those that another has replaced.

    Args:
        eget: the field that names a document.
    """
    sista = {en.get(eget): en for en in i_ordning(notiser)}
    ersatta = {en.get("ersatter") for en in sista.values()}
    return tuple(en for objekt, en in sista.items() if objekt not in ersatta)


def dokument_id(en: Notis) -> str | None:
    """What its document is named by: the document's own id, of a vendor's change the first that it
    is about. None where it has none."""
    eget: str | None = en.get(_EGET.get(en.typ) or "")
    return eget


def digest(text: str) -> str:
    """What two texts are compared by, byte for byte."""
    return hashlib.sha256(text.encode()).hexdigest()


def _del(en_del: BaseModel) -> dict[str, Any]:
    return _falt((namn, getattr(en_del, namn)) for namn in type(en_del).model_fields)


def _falt(falten: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    minns = ((namn, _varde(namn, varde)) for namn, varde in falten if namn not in _UTELAMNAS)
    return {namn: varde for namn, varde in minns if varde is not None}


def _varde(namn: str, varde: Any) -> Any:
    match varde:
        case None | Person() | Kontakt():
            return None
        case date():
            return varde.isoformat()
        case str():
            return _text(namn, varde)
        case bool() | int():
            return varde
        case _:
            return _sammansatt(namn, varde)


def _sammansatt(namn: str, varde: Any) -> Any:
    match varde:
        case BaseModel():
            return _del(varde)
        case Mapping():
            return _falt(varde.items())
        case _:
            return [_varde(namn, ett) for ett in varde]


def _text(namn: str, text: str) -> str | bool:
    if namn in _JAMFORS:
        return digest(text)
    if namn in _KODER or namn.endswith("_id") or text in _AVSLUTSORSAKER or _DAG.fullmatch(text):
        return text
    return True
