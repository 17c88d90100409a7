"""Events: CloudEvents 1.0 in structured JSON, whose ``data`` is one document of the handbook.

An event is taken whole or refused whole, with every violation at once: of the document in Swedish,
of the envelope around it in English. No message, pointer or exception repeats what stood there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_json

from bbic_bridge.handbook import fel, kuvert
from bbic_bridge.handbook.dokument import (
    aktanteckning,
    beslut,
    genomforandeplan,
    insats,
    matchning,
    moten,
    uppdrag,
    uppfoljning,
    utredning,
)
from bbic_bridge.handbook.dokument.bas import Dokument, Person
from bbic_bridge.handbook.identiteter import ids_av_personnummer
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER
from bbic_bridge.handbook.krav import VAGRAR, Krav, brister, krav_for
from bbic_bridge.handbook.kuvert import Overtradelse, pointer
from bbic_bridge.handbook.punkter import punkt_vid
from bbic_bridge.handbook.stockholm import stockholm_date
from bbic_bridge.handbook.utdrag import Okant, Utdrag, utdrag

PREFIX = "se.bbic."

_FRAN_WORKFLOW: Mapping[str, type[Dokument]] = {
    "arende.aktualiserat": utredning.ArendeAktualiserat,
    "utredning.inledd": utredning.UtredningInledd,
    "beslutsunderlag.upprattat": utredning.BeslutsunderlagUpprattat,
    "vardplan.upprattad": utredning.VardplanUpprattad,
    "remiss.skickad": matchning.RemissSkickad,
    "matchning.foreslagen": matchning.MatchningForeslagen,
    "matchningsmote.genomfort": matchning.MatchningsmoteGenomfort,
    "matchning.samtyckt": matchning.MatchningSamtyckt,
    "avtal.upprattat": matchning.AvtalUpprattat,
    "beslut.fattat": beslut.BeslutFattat,
    "beslut.verkstall": beslut.BeslutVerkstall,
    "beslut.avbrott": beslut.BeslutAvbrott,
    "beslut.fortsatt_bistand": beslut.BeslutFortsattBistand,
    "beslut.avslut": beslut.BeslutAvslut,
    "kopia.lamnad": beslut.KopiaLamnad,
    "resurs.tilldela": insats.ResursTilldela,
    "insats.startad": insats.InsatsStartad,
    "insats.avsluta": insats.InsatsAvsluta,
    "uppdrag.upprattat": uppdrag.UppdragUpprattat,
    "uppdrag.reviderat": uppdrag.UppdragReviderat,
    "uppdrag.aterkallat": uppdrag.UppdragAterkallat,
    "planeringsmote.genomfort": moten.PlaneringsmoteGenomfort,
    "uppstartsmote.kallat": moten.UppstartsmoteKallat,
    "uppstartsmote.genomfort": moten.UppstartsmoteGenomfort,
    "genomforandeplan.faststalld": genomforandeplan.GenomforandeplanFaststalld,
    "genomforandeplan.aterlamnad": genomforandeplan.GenomforandeplanAterlamnad,
    "genomforandeplan.undertecknad": genomforandeplan.GenomforandeplanUndertecknad,
    "rapport.inkommen": uppfoljning.RapportInkommen,
    "slutrapport.inkommen": uppfoljning.SlutrapportInkommen,
    "samverkan.dokumenterad": uppfoljning.SamverkanDokumenterad,
    "barnsamtal.erbjudet": moten.BarnsamtalErbjudet,
    "barnsamtal.genomfort": moten.BarnsamtalGenomfort,
    "uppfoljningsmote.bokat": moten.UppfoljningsmoteBokat,
    "uppfoljningsmote.genomfort": moten.UppfoljningsmoteGenomfort,
    "uppfoljning.dokumenterad": uppfoljning.UppfoljningDokumenterad,
    "aktanteckning.skriven": aktanteckning.AktanteckningSkriven,
    "aktanteckning.rattad": aktanteckning.AktanteckningRattad,
}
HANDELSER: dict[str, type[Dokument]] = {PREFIX + typ: dok for typ, dok in _FRAN_WORKFLOW.items()}
"""Every event that the handbook workflow sends, and the document it carries."""

TILL_WORKFLOW: frozenset[str] = frozenset(
    PREFIX + typ
    for typ in (
        "leverans.verifierad",
        "leverans.misslyckad",
        "beslut.registrerat",
        "beslut.verkstallt",
        "resurs.registrerad",
        "resurs.tilldelad",
        "uppdrag.mottaget",
        "uppdrag.fordelat",
        "uppdrag.avbojt",
        "uppdrag.aterkallat",
        "genomforandeplan.inkommen",
        "aktanteckning.inkommen",
        "insats.avslutad",
        "avvikelse.upptackt",
        "frist.narmar_sig",
        "frist.overskriden",
    )
)
"""Every event that the bridge tells the handbook workflow."""

Felkod = Literal["unknown_type", "invalid_event", "invalid_document"]


@dataclass(frozen=True, slots=True)
class Handelse:
    """One accepted event. ``time`` is aware; ``subject`` is the ärende id."""

    source: str
    id: str
    type: str
    time: datetime
    subject: str
    kommun: str
    data: Dokument


class Ogiltig(Exception):
    """The event breaks the handbook's rules.

    Args:
        violations: all of them.
        code: ``unknown_type``, ``invalid_event`` (the envelope) or ``invalid_document``.
    """

    def __init__(self, violations: tuple[Overtradelse, ...], code: Felkod) -> None:
        super().__init__(f"{code}: {', '.join(one.pointer or '/' for one in violations)}")
        self.violations = violations
        self.code = code


def parse_event(raw: object, utan: Collection[str] = ()) -> Handelse:
    """Reads one CloudEvent that has been decoded from JSON.

    Personnummer are made canonical; a 10-digit one is read as of the event's own ``time``.

    Args:
        utan: codes of rules of ``krav`` that are not asked for here.

    Raises:
        Ogiltig: with every violation.
    """
    if not isinstance(raw, dict):
        whole = Overtradelse("", "must be one CloudEvent, a JSON object")
        raise Ogiltig((whole,), "invalid_event")
    attributes, broken = kuvert.las(raw)
    typ = attributes.get("type")
    if typ is None:
        raise Ogiltig(broken, "invalid_event")
    if typ not in HANDELSER:
        unknown = Overtradelse("/type", "is not an event of the handbook workflow")
        raise Ogiltig((unknown, *broken), "unknown_type")
    data, problems = _read(HANDELSER[typ], raw, attributes.get("time"), utan)
    if broken:
        raise Ogiltig((*broken, *problems), "invalid_event")
    if data is None:
        raise Ogiltig(problems, "invalid_document")
    return Handelse(**{name: attributes[name] for name in _ATTRIBUTES}, data=data)


def schema(typ: str) -> dict[str, Any]:
    """The JSON Schema of the ``data`` of an event type, full (``se.bbic.…``) or short.

    A content point bears its Swedish name (``title``) and who asks for it (``kalla``); ``krav``
    lists what is asked beyond the shape.

    Raises:
        KeyError: the workflow sends no such event.
    """
    full = typ if typ.startswith(PREFIX) else PREFIX + typ
    document_type = HANDELSER[full]
    rules = [_told(krav, document_type) for krav in krav_for(document_type)]
    return {"$id": full, **document_type.model_json_schema(), "krav": rules}


def _told(krav: Krav, document_type: type[Dokument]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kod": krav.kod,
        "pointer": f"/{krav.falt}",
        "namn": krav.namn(document_type),
        "kalla": krav.kalla,
        "vikt": krav.vikt,
        "text": krav.text,
    }
    if krav.insatstyper != ALLA_INSATSTYPER:
        told["insatstyper"] = sorted(krav.insatstyper)
    return told


_NUMBER_IN_ENVELOPE = "holds a person's number; ids are shown unmasked"
_ATTRIBUTES = ("source", "id", "type", "time", "subject", "kommun")


def _read(
    document_type: type[Dokument],
    raw: Mapping[str, Any],
    time: datetime | None,
    utan: Collection[str],
) -> tuple[Dokument | None, tuple[Overtradelse, ...]]:
    data = raw.get("data")
    if not isinstance(data, dict):
        return None, (Overtradelse("/data", fel.DOKUMENTET_SJALVT),)
    context = {"idag": stockholm_date(time)} if time is not None else {}
    try:
        document = document_type.model_validate_json(to_json(data), context=context)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
    except PydanticSerializationError:
        return None, (Overtradelse("/data", fel.OLASLIGT),)
    else:
        problems = (*_content(document, utan), *_telling_ids(document, raw))
        return (None if problems else document), problems
    shape = tuple(_shape(document_type, faults, data.get("insatstyp")))
    broken = {fault["loc"][0] for fault in faults if fault["loc"]}
    if not all(fault["loc"] for fault in faults):
        return None, shape
    known = utdrag(document_type, data, {str(name) for name in broken}, context)
    return None, (*shape, *_content(known, utan), *_telling_ids(known, raw))


def _content(document: Dokument | Utdrag, utan: Collection[str]) -> Iterator[Overtradelse]:
    for brist in brister(document, utan):
        if brist.vikt in VAGRAR:
            yield Overtradelse(
                pointer=f"/data{brist.pointer}",
                message=brist.text,
                namn=brist.namn,
                kalla=brist.kalla,
                vikt=brist.vikt,
                kod=brist.kod,
            )


def _telling_ids(document: Dokument | Utdrag, raw: object) -> Iterator[Overtradelse]:
    for path in ids_av_personnummer(raw, _persons(document)):
        told = fel.ID_MED_NUMMER if path[0] == "data" else _NUMBER_IN_ENVELOPE
        yield Overtradelse(pointer(*path), told)


def _persons(document: Dokument | Utdrag) -> Iterator[Person]:
    for name in ("barn", "foraldrar"):
        try:
            found = getattr(document, name, ())
        except Okant:
            continue
        yield from (found,) if isinstance(found, Person) else found


def _shape(
    document_type: type[Dokument], faults: Iterable[Any], insatstyp: object
) -> Iterator[Overtradelse]:
    faults = tuple(faults)
    for one in faults:
        if one["type"] == "too_short" and any(_inside(two["loc"], one["loc"]) for two in faults):
            continue  # pydantic counts only the valid items, and the invalid one is told already
        told = fel.pa_svenska(one["type"], one.get("ctx", {}))
        point = punkt_vid(document_type, one["loc"], insatstyp)
        where = pointer("data", *one["loc"])
        yield Overtradelse(where, told, point.namn, point.kalla, point.vikt)


def _inside(inner: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer
