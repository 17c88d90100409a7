"""What can be read of a document that is broken, so that all it lacks is told at once."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, create_model
from pydantic_core import to_json

from bbic_bridge.handbook.dokument.bas import Del, Dokument


class Okant(Exception):
    """What stands in the field cannot be known: it is broken, or missing though demanded."""


class Utdrag:
    """The fields of a broken document that could be read; the others raise ``Okant``.

    A field that may be left out and was, holds its default, as in a whole document.
    """

    __slots__ = ("typ", "varden")

    def __init__(self, typ: type[Dokument], varden: Mapping[str, Any]) -> None:
        self.typ = typ
        self.varden = varden

    def __getattr__(self, namn: str) -> Any:
        if namn in self.varden:
            return self.varden[namn]
        if namn in self.typ.model_fields:
            raise Okant(namn)
        raise AttributeError(namn)


def utdrag(
    typ: type[Dokument],
    data: Mapping[str, Any],
    brutna: Collection[str],
    context: Mapping[str, Any],
) -> Utdrag:
    """Reads what is whole of a document.

    Args:
        data: the document as it was sent, decoded from JSON.
        brutna: the fields that did not pass.
    """
    hela = {namn: data[namn] for namn in typ.model_fields if namn in data and namn not in brutna}
    last = _eftergiven(typ).model_validate_json(to_json(hela), context=dict(context))
    kanda = {
        namn
        for namn, falt in typ.model_fields.items()
        if namn in hela or (namn not in brutna and not falt.is_required())
    }
    return Utdrag(typ, {namn: getattr(last, namn) for namn in kanda})


def typ_av(dokument: Dokument | Utdrag) -> type[Dokument]:
    """Which document it is."""
    return dokument.typ if isinstance(dokument, Utdrag) else type(dokument)


@cache
def _eftergiven(typ: type[Dokument]) -> type[BaseModel]:
    """The same document with every field left free to be missing."""
    falt: dict[str, Any] = {
        namn: (ett.rebuild_annotation(), None if ett.is_required() else ett.default)
        for namn, ett in typ.model_fields.items()
    }
    return create_model(typ.__name__, __config__=Del.model_config, **falt)
