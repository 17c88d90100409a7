"""Personnummer, samordningsnummer and interim numbers in one canonical form of 12 characters.

Sources: folkbokföringslagen (1991:481) 18 § for form, check digit and plus sign, and
Skatteverket's published test numbers, which hold samordningsnummer with month 00, day 60 or a day
that does not exist. Age is never read from a number. No error holds the number.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

Slag = Literal["personnummer", "samordningsnummer", "interim"]

_OFFICIAL = re.compile(r"(18|19|20)?([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9]{4})")
_INTERIM = re.compile(r"((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})-?(T[0-9]{3}|TF[0-9]{2})")
_EMBEDDED = re.compile(
    r"(?<![0-9])(?:(?:18|19|20)?[0-9]{6}[-+ ._:]?[0-9]{4}(?![0-9])"
    r"|(?:18|19|20)[0-9]{6}-?(?:T[0-9]{3}|TF[0-9]{2})(?![0-9]))"
)
_UUID = re.compile(r"[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}", re.IGNORECASE)
_SAMORDNING_DAYS = range(60, 92)
_SAMORDNING_MONTHS = range(13)


@dataclass(frozen=True, slots=True)
class Uppdelat:
    """A number taken apart. ``fodd`` is None where the date of a samordningsnummer is none."""

    canonical: str
    slag: Slag
    fodd: date | None

    def __repr__(self) -> str:
        return f"Uppdelat({self.slag})"


def parse(text: str, idag: date | None = None) -> Uppdelat:
    """Takes a number in any accepted form apart.

    Args:
        text: 12 digits, or 10 digits with an optional ``-`` or ``+``, or an interim number
            ``ÅÅÅÅMMDD-T###`` / ``ÅÅÅÅMMDD-TF##``.
        idag: the day the number was written down; decides the century of a 10-digit form and
            whether ``+`` (100 years or older) can be right. Without it those forms are refused.

    Raises:
        ValueError: what is wrong, without the number; its type has its words in ``fel``.
    """
    interim = _INTERIM.fullmatch(text)
    if interim is not None:
        return _parse_interim(interim)
    official = _OFFICIAL.fullmatch(text)
    if official is None:
        told = "is not a personnummer, samordningsnummer or interim number"
        raise PydanticCustomError("nummer", told)
    century, year, month, day, sign, tail = official.groups()
    full_year = _full_year(century, year, sign, idag)
    canonical = f"{full_year}{month}{day}{tail}"
    if not _luhn(canonical[2:]):
        raise PydanticCustomError("kontrollsiffra", "has a wrong check digit")
    if int(day) in _SAMORDNING_DAYS and int(month) in _SAMORDNING_MONTHS:
        fodd = _date(full_year, int(month), int(day) - _SAMORDNING_DAYS.start)
        return Uppdelat(canonical, "samordningsnummer", fodd)
    fodd = _date(full_year, int(month), int(day))
    if fodd is None:
        raise PydanticCustomError("fodelsedatum", "holds a date that does not exist")
    return Uppdelat(canonical, "personnummer", fodd)


def canonical(text: str, idag: date | None = None) -> str:
    """The number as 12 characters without separator; see ``parse``."""
    return parse(text, idag).canonical


def contains_personnummer(text: str) -> bool:
    """Whether a number that passes its check stands anywhere in the text, in any form.

    Used on ids, which are shown and logged unmasked. A UUID's digits are not taken for a number.
    """
    rest = _UUID.sub("~", text)
    return any(_passes(match[0]) for match in _EMBEDDED.finditer(rest))


def mask(text: str) -> str:
    """What may be shown of a number: that there is one."""
    return "********-****" if text else ""


def _passes(candidate: str) -> bool:
    tidy = re.sub("[ ._:]", "-", candidate)
    for form in (tidy, tidy.replace("+", "-")):
        try:
            parse(form, idag=date(2099, 12, 31))
        except ValueError:
            continue
        return True
    return False


def _parse_interim(match: re.Match[str]) -> Uppdelat:
    year, month, day, tail = match.groups()
    fodd = _date(int(year), int(month), int(day))
    if fodd is None:
        raise PydanticCustomError("fodelsedatum", "holds a date that does not exist")
    return Uppdelat(f"{year}{month}{day}{tail}", "interim", fodd)


def _full_year(century: str | None, year: str, sign: str, idag: date | None) -> int:
    """Year of birth; the sign follows the calendar year in which a person turns 100."""
    if century is not None and sign != "+":
        return int(century + year)
    if idag is None:
        raise PydanticCustomError("tolv_siffror", "needs 12 digits, or the day it was written")
    latest = idag.year - 100 if sign == "+" else idag.year
    if century is None:
        return latest - (latest - int(year)) % 100
    if int(century + year) > latest:
        raise PydanticCustomError("plustecken", "has a plus sign, yet is not 100 years old")
    return int(century + year)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _luhn(ten: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(ten))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _validate(value: str, info: ValidationInfo) -> str:
    idag = info.context.get("idag") if isinstance(info.context, dict) else None
    return canonical(value, idag)


Personnummer = Annotated[
    str,
    AfterValidator(_validate),
    Field(description="12 digits, or 10 with - or +; samordningsnummer; interim ÅÅÅÅMMDD-T###"),
]
"""A pydantic field that holds the canonical form; 10-digit forms need ``context={"idag": …}``."""
