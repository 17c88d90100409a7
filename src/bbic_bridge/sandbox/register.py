"""All that one kommun keeps in one vendor system, and how it is found again."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from bbic_bridge.sandbox.records import (
    Andring,
    Anteckning,
    Beslut,
    Dokument,
    Insats,
    Person,
    Post,
    Resurs,
    Tilldelning,
    Uppdrag,
    Verkstallighet,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# Published by Skatteverket for tests: no living person has them.
TESTNUMMER = (
    "201801052398",
    "201802142396",
    "201803122397",
    "201804072393",
    "201805102389",
    "201807262397",
    "201809042391",
    "201811232386",
    "201902232386",
    "201906162399",
)
Clock = Callable[[], datetime]
P = TypeVar("P", bound=Post)


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


class Tabell(Generic[P]):
    """Objects of one kind by the vendor's id, by the writer's own id and by person."""

    def __init__(self) -> None:
        self._poster: dict[str, P] = {}
        self._per_person: defaultdict[str, list[P]] = defaultdict(list)
        self._per_arende: defaultdict[str, list[P]] = defaultdict(list)

    def __iter__(self) -> Iterator[P]:
        return iter(self._poster.values())

    def lagg_till(self, post: P) -> P:
        self._poster[post.id] = post
        self._per_person[post.person.personnummer].append(post)
        self._per_arende[post.arende].append(post)
        return post

    def for_person(self, personnummer: str) -> list[P]:
        return self._per_person.get(personnummer, [])

    def i_arende(self, arende: str) -> list[P]:
        return self._per_arende.get(arende, [])

    def alla(self, arende: str, eget_id: str | None, nr: str | None = None) -> list[P]:
        """Those of an ärende that bear the ids given, oldest first.

        The vendor's id decides where it is given; an object that was named otherwise by its
        writer is then another one, and not meant.
        """
        if nr is not None:
            post = self._poster.get(nr)
            if post is None or post.arende != arende:
                return []
            return [post] if None in (eget_id, post.eget_id) or post.eget_id == eget_id else []
        if eget_id is None:
            return []
        return [post for post in self.i_arende(arende) if eget_id in (post.eget_id, post.id)]

    def senaste(self, arende: str, eget_id: str | None, nr: str | None = None) -> P | None:
        """The newest of those that ``alla`` finds."""
        found = self.alla(arende, eget_id, nr)
        return found[-1] if found else None


class Register:
    """The state of one kommun at one vendor. Used from one event loop only: no locks.

    Args:
        first_id: number of the first object; all kinds share one series.
        id_form: how the vendor writes its ids, as a format of the number.
        clock: gives the time, aware.
    """

    def __init__(self, first_id: int, id_form: str = "{}", clock: Clock = now) -> None:
        self._next_id = first_id
        self._id_form = id_form
        self._first_andring = first_id
        self.clock = clock
        self.personer: dict[str, Person] = {}
        self.resurser: dict[str, Resurs] = {}
        self.beslut: Tabell[Beslut] = Tabell()
        self.verkstalligheter: Tabell[Verkstallighet] = Tabell()
        self.insatser: Tabell[Insats] = Tabell()
        self.tilldelningar: Tabell[Tilldelning] = Tabell()
        self.uppdrag: Tabell[Uppdrag] = Tabell()
        self.dokument: Tabell[Dokument] = Tabell()
        self.anteckningar: Tabell[Anteckning] = Tabell()
        self.andringar: list[Andring] = []
        self._person_i_arende: dict[str, str] = {}

    @property
    def next_id(self) -> int:
        """The number that the next object will get."""
        return self._next_id

    @property
    def idag(self) -> date:
        """Today where the vendor system stands."""
        return self.clock().astimezone(STOCKHOLM).date()

    def nytt_nummer(self) -> int:
        number = self._next_id
        self._next_id += 1
        return number

    def nytt_id(self) -> str:
        return self._id_form.format(self.nytt_nummer())

    def person(self, personnummer: str, namn: str, skydd: str, arende: str) -> Person:
        """The person as last told; remembers who the ärende is about."""
        person = self.personer.get(personnummer)
        if person is None:
            person = Person(personnummer, str(self.nytt_nummer()), namn)
            self.personer[personnummer] = person
        person.namn, person.skydd = namn, skydd
        self._person_i_arende[arende] = personnummer
        return person

    def person_i_arende(self, arende: str) -> Person | None:
        return self.personer.get(self._person_i_arende.get(arende, ""))

    def logga(
        self,
        kind: str,
        objekt: str,
        data: Mapping[str, Any],
        *,
        post: Post | None = None,
        arende: str = "",
        referens: str = "",
    ) -> Andring:
        """Adds a line to the change log and marks the object as changed."""
        tid = self.clock()
        if post is not None:
            post.andrad = tid
        andring = Andring(
            nr=self.nytt_nummer(),
            kind=kind,
            objekt=objekt,
            arende=post.arende if post else arende or None,
            personnummer=post.person.personnummer if post else None,
            referens=referens or None,
            tid=tid,
            data={key: value for key, value in data.items() if value is not None},
        )
        self.andringar.append(andring)
        return andring


def testnummer(arende: str) -> str:
    """A published test number for an ärende nobody has named a person for; always the same."""
    digest = hashlib.sha256(arende.encode()).digest()
    return TESTNUMMER[digest[0] % len(TESTNUMMER)]
