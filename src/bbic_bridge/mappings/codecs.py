"""How a value is written in a vendor's XML and read back: one codec per type of field.

Values on our side are those of JSON: dates and times are ISO strings, decimals are strings.
A codec raises ``ValueError`` with a problem in plain words that never holds the value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NamedTuple

from bbic_bridge.handbook.personnummer import canonical
from bbic_bridge.handbook.stockholm import STOCKHOLM

_INT = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_TWELVE = re.compile(r"[0-9]{8}(?:[0-9]{4}|T[0-9]{3}|TF[0-9]{2})")
_DASH_AT = 8


class Codec(NamedTuple):
    """``encode``: our value → the vendor's text. ``decode``: the other way."""

    encode: Callable[[Any], str]
    decode: Callable[[str], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    return value


def _date(value: Any) -> str:
    text = _text(value).strip()
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise ValueError("is not a date, YYYY-MM-DD without time zone")


def _moment(value: Any) -> datetime:
    text = _text(value).strip()
    try:
        if "T" in text:
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("is not a date and time")


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        raise ValueError("is a time beyond the calendar") from None


def _aware(value: Any) -> str:
    moment = _moment(value)
    if moment.tzinfo is None:
        raise ValueError("has no time zone")
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if moment.utcoffset() == UTC.utcoffset(None) else text


def _to_local(value: Any) -> str:
    """Stockholm's clock without offset; the hour that comes twice in October is told once."""
    moment = _moment(value)
    if moment.tzinfo is None:
        raise ValueError("has no time zone")
    local = _in_zone(moment, STOCKHOLM)
    if local.fold:
        raise ValueError("falls in the hour repeated when summer time ends, and has no offset here")
    return local.replace(tzinfo=None).isoformat()


def _from_local(text: str) -> str:
    moment = _moment(text)
    if moment.tzinfo is not None:
        raise ValueError("has a time zone where Stockholm's clock was expected")
    local = moment.replace(tzinfo=STOCKHOLM)
    if _in_zone(_in_zone(local, UTC), STOCKHOLM).replace(tzinfo=None) != moment:
        raise ValueError("is a time that does not exist in Stockholm")
    return local.isoformat()


def _encode_int(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("is not a whole number")
    return str(value)


def _decode_int(text: str) -> int:
    if not _INT.fullmatch(text.strip()):
        raise ValueError("is not a whole number")
    return int(text)


def _decimal(value: Any) -> str:
    text = _text(value).strip().removeprefix("+")
    if not _DECIMAL.fullmatch(text):
        raise ValueError("is not a decimal number")
    return text


def _twelve(value: Any) -> str:
    """Our numbers were checked when they came in; here only the form is."""
    if not _TWELVE.fullmatch(_text(value)):
        raise ValueError("is not a personnummer of 12 characters")
    return str(value)


def _dashed(value: Any) -> str:
    number = _twelve(value)
    return f"{number[:_DASH_AT]}-{number[_DASH_AT:]}"


TEXT = Codec(_text, _text)
DATE = Codec(_date, _date)
DATETIME = Codec(_aware, _aware)
LOCAL_DATETIME = Codec(_to_local, _from_local)
INT = Codec(_encode_int, _decode_int)
DECIMAL = Codec(_decimal, _decimal)
PERSONNUMMER = Codec(_twelve, canonical)
DASHED_PERSONNUMMER = Codec(_dashed, canonical)


def bool_codec(yes: str = "", no: str = "") -> Codec:
    """Truth in the vendor's words; without words, as ``xs:boolean``."""
    words = {yes: True, no: False} if yes else {"true": True, "1": True, "false": False, "0": False}
    yes, no = yes or "true", no or "false"

    def encode(value: Any) -> str:
        if not isinstance(value, bool):
            raise ValueError("is not true or false")
        return yes if value else no

    def decode(text: str) -> bool:
        if text not in words:
            raise ValueError("is neither of the words for true and false")
        return words[text]

    return Codec(encode, decode)


def code_codec(table: Mapping[str, str]) -> Codec:
    """Our word ↔ the vendor's code; a code outside the table is an error, never a guess."""
    back = {theirs: ours for ours, theirs in table.items()}

    def encode(value: Any) -> str:
        try:
            return table[value]
        except (KeyError, TypeError):
            raise ValueError("has no code in the table") from None

    def decode(text: str) -> str:
        try:
            return back[text]
        except KeyError:
            raise ValueError("is a code that the table does not know") from None

    return Codec(encode, decode)


def constant_codec(constant: str) -> Codec:
    """Always the same text; anything else in an answer is an error."""

    def decode(text: str) -> None:
        if text != constant:
            raise ValueError("is not the constant of the profile")

    return Codec(lambda _: constant, decode)
