"""The content points of the documents: what a field is called, who asks for it, how it weighs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bbic_bridge.handbook.kodlistor import PLACERING, Vikt

Plats = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Punkt:
    """A content point, or a part of one. ``vikt`` is that of a field no document may lack."""

    namn: str | None = None
    kalla: str | None = None
    vikt: Vikt | None = None


def punkt_vid(typ: type[BaseModel], plats: Plats, insatstyp: object = None) -> Punkt:
    """The point at a place in a document; a part without a source of its own has its whole's.

    Args:
        plats: names and indices from the document, as pydantic tells them.
        insatstyp: what the document says of its kind, sound or not: of a placed child's, law
            comes first where it asks for the field.
    """
    placering = isinstance(insatstyp, str) and insatstyp in PLACERING
    namn = kalla = None
    vikt: Vikt | None = None
    for falt in _falt(typ, plats):
        namn = falt.title or namn
        kalla = kalla_av(falt) or kalla
        if kalla and placering:
            kalla = _lagen_forst(kalla)
        vikt = _vikt(kalla) if falt.is_required() and kalla else None
    return Punkt(namn, kalla, vikt)


def kalla_av(falt: FieldInfo) -> str | None:
    """Who asks for a field, in the words of ``dokument.bas.punkt``."""
    extra = falt.json_schema_extra
    kalla = extra.get("kalla") if isinstance(extra, dict) else None
    return kalla if isinstance(kalla, str) else None


def delar(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field's type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inre in get_args(annotation):
        yield from delar(inre)


def _falt(typ: type[BaseModel], plats: Plats) -> Iterator[FieldInfo]:
    model: type[BaseModel] | None = typ
    for steg in plats:
        if model is None or steg not in model.model_fields:
            continue
        falt = model.model_fields[str(steg)]
        yield falt
        model = next(delar(falt.annotation), None)


def _lagen_forst(kalla: str) -> str:
    return ", ".join(sorted(kalla.split(", "), key=lambda en: not en.startswith("L")))


def _vikt(kalla: str) -> Vikt:
    """What the shape demands is law where law says so, else SKA."""
    return "lag" if kalla.startswith("L") else "ska"
