"""What all documents of the handbook are built of: closed, frozen, strict parts.

Documents are read from JSON and nothing is guessed: ``true`` is no number, a timestamp is no date,
a moment needs its offset. Texts are kept byte for byte.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from bbic_bridge.handbook import uppgifter
from bbic_bridge.handbook.kodlistor import Omrade, Roll
from bbic_bridge.handbook.personnummer import Personnummer, parse

D = TypeVar("D", date, datetime)
_YEARS = range(1900, 2200)
_DATUM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TID = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


VARDPLAN = "L: SFS 2025:468 10 kap. 2 §"
GENOMFORANDEPLAN = "L: SFS 2025:468 10 kap. 3 §"
EJ_VERKSTALLT = "L: SFS 2025:400 34 kap."


def punkt(namn: str, kalla: str | None = None) -> Any:
    """A content point of a document: a field that the handbook, the law or we ask for.

    Args:
        namn: its name in Swedish, for people.
        kalla: who asks for it: ``A:12`` and ``B:124`` are lines of the sources, ``L: …`` law, ``D``
            our own design; several are put together with ``, ``; the
            first weighs. None where a part stands in a
            point that says it.
    """
    return Field(title=namn, json_schema_extra=None if kalla is None else {"kalla": kalla})


def las_datum(value: object) -> date:
    """A legal date, ``ÅÅÅÅ-MM-DD`` (Europe/Stockholm), or the date itself."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATUM.fullmatch(value):
        missing = PydanticCustomError("datum_finns_inte", "is not a date of the calendar")
        return _calendar(date.fromisoformat, value, missing)
    raise PydanticCustomError("datum", "must be a date, ÅÅÅÅ-MM-DD")


def las_tid(value: object) -> datetime:
    """A moment with its offset (RFC 3339), or an aware datetime itself."""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value
    if isinstance(value, str) and _TID.fullmatch(value):
        missing = PydanticCustomError("tid_finns_inte", "is not a moment of the calendar")
        return _calendar(datetime.fromisoformat, value.upper(), missing)
    raise PydanticCustomError("tid", "must be a date and time with its offset (RFC 3339)")


def _calendar(read: Callable[[str], D], value: str, missing: PydanticCustomError) -> D:
    try:
        moment = read(value)
    except ValueError:
        raise missing from None
    if moment.year not in _YEARS:
        years = {"forsta": _YEARS.start, "sista": _YEARS.stop - 1}
        raise PydanticCustomError("ar", "must lie in the years {forsta} to {sista}", years)
    return moment


def _readable(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be blank")
    if _NOT_IN_XML.search(value):
        raise PydanticCustomError("tecken", "holds a character that XML cannot carry")
    return value


def _whole_number(value: Any) -> Any:
    if type(value) is not int:
        raise PydanticKnownError("int_type")
    return value


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,47}$")]
"""An id of ours; shorter than an uppgift's, which may be derived from it (``P1.aterlamnad``)."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_readable)]
KortText = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_readable)
]
Namn = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_readable)]
Anteckning = Annotated[
    str, StringConstraints(min_length=1, max_length=6_000), AfterValidator(_readable)
]
"""Free text that is put together with other words in one text of at most 20,000 characters."""
Datum = Annotated[
    date,
    PlainValidator(las_datum),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Tid = Annotated[
    datetime,
    PlainValidator(las_tid),
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Omfattning = Annotated[int, Field(ge=1, le=100)]
Version = Annotated[Literal[1], BeforeValidator(_whole_number)]


class Del(BaseModel):
    """A part of a document: closed and frozen, so that nothing is guessed or changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Nothing: a representation ends up in logs, and a document is personal data."""
        return ()


def _ersatt(nummer: str) -> str:
    """A personnummer stays: only a number that stood in for one can have been replaced."""
    if parse(nummer).slag == "personnummer":
        told = "must be a samordningsnummer or an interim number; those are replaced"
        raise PydanticCustomError("ersatts_inte", told)
    return nummer


class Person(uppgifter.Person):
    """A child or parent. The personnummer is canonicalised; unknown protection is protection.

    ``tidigare_personnummer`` holds the samordningsnummer or interim number that the person was
    known by before: it tells that both are the same person.
    """

    personnummer: Annotated[Personnummer, punkt("Personnummer")]
    namn: Annotated[KortText, punkt("Namn")]
    skydd: Annotated[uppgifter.Skydd, punkt("Skyddade personuppgifter")] = "okand"
    tidigare_personnummer: Annotated[
        tuple[Annotated[Personnummer, AfterValidator(_ersatt)], ...],
        Field(max_length=5),
        punkt("Tidigare samordningsnummer eller interimsnummer", "L: SFS 2022:1697"),
    ] = ()

    @property
    def alla_nummer(self) -> tuple[str, ...]:
        """Every number that the person is or has been known by."""
        return (self.personnummer, *self.tidigare_personnummer)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Nothing, as in ``Del``."""
        return ()


class Kontakt(Del):
    """How to reach someone, and whether that person is protected."""

    namn: Annotated[KortText, punkt("Namn")]
    skydd: Annotated[uppgifter.Skydd, punkt("Skyddade personuppgifter")] = "okand"
    adress: Annotated[KortText | None, punkt("Adress")] = None
    telefon: Annotated[KortText | None, punkt("Telefon")] = None


class Deltagare(Del):
    """Who took part in, is called to, or receives something."""

    namn: Annotated[Namn, punkt("Namn")]
    roll: Annotated[Roll, punkt("Roll")]


class Mal(Del):
    """A goal as the utredning put it. Its text is carried over byte for byte (B)."""

    mal_id: Id
    text: Annotated[Text, punkt("Målets lydelse")]
    omraden: Annotated[
        tuple[Omrade, ...], Field(max_length=12), punkt("Områden i triangeln", "B:21")
    ] = ()


M = TypeVar("M", bound=Mal)


def _distinct(mal: tuple[M, ...]) -> tuple[M, ...]:
    if len({ett.mal_id for ett in mal}) != len(mal):
        raise PydanticCustomError("samma_mal", "names the same mal_id twice")
    return mal


Malen = Annotated[tuple[M, ...], Field(min_length=1, max_length=50), AfterValidator(_distinct)]
Deltagarna = Annotated[tuple[Deltagare, ...], Field(min_length=1, max_length=40)]


class Dokument(Del):
    """One document of the handbook, carried as the ``data`` of an event."""

    schema_version: Version
    barn: Annotated[Person, punkt("Barnet", "D")]


def eget_id(typ: type[BaseModel]) -> str | None:
    """The field that names a document itself: its first id. None where it has none."""
    return next((namn for namn in typ.model_fields if namn.endswith("_id")), None)
