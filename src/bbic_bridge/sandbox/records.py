"""What a vendor system keeps: its own objects, with its own ids beside those it was told.

``id`` is the vendor's id. ``eget_id`` is the id the writer of a message gave the object; objects
made by a person in the vendor system have none, unless that person was told one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Uppdragsstatus = Literal[
    "vidarebefordrat", "mottaget", "fordelat", "planerat", "ersatt", "avbojt", "aterkallat"
]


@dataclass(slots=True)
class Person:
    """``kundnummer`` is what FamilyCare calls CustomerNumber."""

    personnummer: str
    kundnummer: str
    namn: str
    skydd: str = "okand"


@dataclass(slots=True)
class Post:
    """What all objects of an ärende share. ``andrad`` is when it last changed (UTC)."""

    id: str
    eget_id: str | None
    arende: str
    person: Person
    andrad: datetime


@dataclass(slots=True)
class Beslut(Post):
    beslutstyp: str
    insatstyp: str
    beslutsdatum: date
    fran: date
    till: date | None
    beslutsfattare: str
    motivering: str | None = None
    orsak: str | None = None
    insats: str | None = None


@dataclass(slots=True)
class Verkstallighet(Post):
    beslut: str
    insatstyp: str
    fran: date
    handlaggare: str
    till: date | None = None


@dataclass(slots=True)
class Insats(Post):
    beslut: str
    verkstallighet: str
    insatstyp: str
    fran: date
    handlaggare: str
    slut: date | None = None


@dataclass(slots=True)
class Tilldelning(Post):
    insats: str
    resurs_id: str
    resurstyp: str
    fran: date
    omfattning: int
    slut: date | None = None


@dataclass(slots=True)
class Uppdrag(Post):
    enhetschef: str
    mal: tuple[Mapping[str, str], ...]
    status: Uppdragsstatus = "vidarebefordrat"

    @property
    def oppet(self) -> bool:
        return self.status in ("vidarebefordrat", "mottaget", "fordelat", "planerat")


@dataclass(slots=True)
class Dokument(Post):
    dokumenttyp: str
    titel: str
    datum: date
    insats: str | None = None


@dataclass(slots=True)
class Anteckning(Post):
    rubrik: str
    text: str
    forfattare: str
    handelsetid: datetime
    rattar: str | None = None


@dataclass(frozen=True, slots=True)
class Resurs:
    """A kontaktperson, kontaktfamilj, unit or home that can be assigned. Belongs to no ärende."""

    resurs_id: str
    resurstyp: str


@dataclass(frozen=True, slots=True)
class Andring:
    """A line of the vendor's change log. ``referens`` stands where a message caused it."""

    nr: int
    kind: str
    objekt: str
    arende: str | None
    personnummer: str | None
    referens: str | None
    tid: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lank:
    """The vendor's id for something the message named by its own id."""

    typ: str
    eget_id: str
    nr: str


@dataclass(frozen=True, slots=True)
class Kvittens:
    """The receipt of one effect, kept under the reference it came with."""

    referens: str
    tid: datetime
    lankar: tuple[Lank, ...]


@dataclass(frozen=True, slots=True)
class Skrivning:
    """A message as either vendor has understood it.

    ``operation`` is the bridge's name, ``effekt`` the part of it (``resurs``, ``insats``).
    ``data`` holds the fields under the bridge's names; ``nr`` the vendor's ids that the message
    gave beside the writer's own, by kind.
    """

    operation: str
    referens: str
    arende: str
    personnummer: str
    namn: str
    skydd: str
    data: Mapping[str, Any]
    nr: Mapping[str, str] = field(default_factory=dict)
    effekt: str | None = None

    @property
    def uppgiftsnamn(self) -> frozenset[str]:
        """The names a fault switch may call it by: the operation's, and its effect's."""
        if self.effekt is None:
            return frozenset({self.operation})
        return frozenset({self.operation, f"{self.operation}/{self.effekt}"})


class Affarsfel(Exception):
    """The vendor understood and refuses. ``text`` is what it tells a person."""

    def __init__(self, kod: str, text: str) -> None:
        super().__init__(kod)
        self.kod = kod
        self.text = text
