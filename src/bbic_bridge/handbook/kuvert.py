"""The CloudEvents 1.0 envelope (JSON format): attributes read one by one, every violation told."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bbic_bridge.handbook.dokument.bas import las_tid
from bbic_bridge.handbook.kodlistor import Vikt
from bbic_bridge.handbook.personnummer import contains_personnummer


@dataclass(frozen=True, slots=True)
class Overtradelse:
    """One thing wrong, in words that repeat nothing of the event.

    Attributes:
        pointer: where, a JSON pointer into the event.
        namn: the content point's name in Swedish, where it is one.
        kalla: who asks for it (``dokument.bas.punkt``).
        vikt: how much what is missing weighs.
        kod: the rule of ``krav``, where one was broken.
    """

    pointer: str
    message: str
    namn: str | None = None
    kalla: str | None = None
    vikt: Vikt | None = None
    kod: str | None = None


_MAX = 200
_NAME = re.compile(r"[a-z0-9]{1,40}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_KOMMUN = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_JSON_TYPE = re.compile(r"application/([a-z0-9.+-]+\+)?json(\s*;.*)?", re.IGNORECASE)


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901). It ends where a name is not one of ours, so that none is told."""
    told = ""
    for part in parts:
        if isinstance(part, str) and not _tellable(part):
            return told
        told += f"/{part}"
    return told


def las(raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Overtradelse, ...]]:
    """The attributes that could be read, and what is wrong with the others.

    ``data`` is not looked at. ``time`` comes back as an aware datetime, the rest as they stood.
    """
    values: dict[str, Any] = {}
    broken: list[Overtradelse] = []
    for name, read in _KNOWN.items():
        if raw.get(name) is None:
            if name in _REQUIRED:
                broken.append(Overtradelse(f"/{name}", "is required"))
            continue
        try:
            values[name] = read(raw[name])
        except ValueError as error:
            broken.append(Overtradelse(f"/{name}", str(error)))
    return values, (*broken, *_extensions(raw))


def _extensions(raw: Mapping[str, Any]) -> tuple[Overtradelse, ...]:
    broken: list[Overtradelse] = []
    for name, value in raw.items():
        if name in _KNOWN or name == "data":
            continue
        if name == "data_base64":
            fault = "must be left out; data holds the document"
        elif not isinstance(name, str) or not _NAME.fullmatch(name):
            fault = "an attribute's name is lower-case letters and digits"
        elif not _simple(value):
            fault = "must be a short text, a whole number or a boolean"
        else:
            continue
        broken.append(Overtradelse(pointer(name), fault))
    return tuple(broken)


def _tellable(name: str) -> bool:
    return bool(_KEY.fullmatch(name)) and not contains_personnummer(name)


def _simple(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _MAX and value.isprintable()
    return value is None or isinstance(value, int)


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX or not value.isprintable():
        raise ValueError(f"must be a printable text of 1 to {_MAX} characters")
    return value


def _specversion(value: object) -> str:
    if value != "1.0":
        raise ValueError("must be 1.0")
    return "1.0"


def _subject(value: object) -> str:
    if not isinstance(value, str) or not _SUBJECT.fullmatch(value):
        raise ValueError("must be the ärende id: 1 to 64 letters, digits and . _ : -")
    if contains_personnummer(value):
        raise ValueError("holds a personnummer; the ärende id is shown unmasked")
    return value


def _kommun(value: object) -> str:
    if not isinstance(value, str) or not _KOMMUN.fullmatch(value):
        raise ValueError("must name a kommun: lower-case letters, digits, _ and -")
    return value


def _json_type(value: object) -> str:
    if not isinstance(value, str) or not _JSON_TYPE.fullmatch(value):
        raise ValueError("must be application/json")
    return value


_REQUIRED: Mapping[str, Callable[[object], Any]] = {
    "specversion": _specversion,
    "id": _text,
    "source": _text,
    "type": _text,
    "time": las_tid,
    "subject": _subject,
    "kommun": _kommun,
}
_KNOWN: Mapping[str, Callable[[object], Any]] = {
    **_REQUIRED,
    "datacontenttype": _json_type,
    "dataschema": _text,
}
