"""A client of each vendor, with one face, so that one test can ask the same of both."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import httpx
from lxml import etree

from bbic_bridge.contracts.xml import parse_untrusted
from tests.sandbox import messages_procapita, messages_treserva

TIMEOUT_S = 10.0
PERSON = "201801052398"
IDS: Mapping[str, str] = {
    "arende": "A-1",
    "personnummer": PERSON,
    "beslut_id": "B-1",
    "insats_id": "I-1",
    "resurs_id": "R-1",
    "uppdrag_id": "U-1",
    "dokument_id": "D-1",
    "anteckning_id": "N-1",
}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Outcome:
    """What a vendor answered: links (kind → vendor id) when done, else a fault code."""

    status: int
    referens: str
    kod: str | None
    lankar: Mapping[str, str]
    egna: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One line of a vendor's change log, as far as tests look at it."""

    handelse: str
    objekt: str
    arende: str | None
    referens: str | None
    element: etree._Element


@dataclass(frozen=True)
class Page:
    changes: list[Change]
    following: str
    more: bool


class Vendor(Protocol):
    """A vendor system of one kommun."""

    system: ClassVar[str]
    kommun: str
    codes: ClassVar[Mapping[str, str]]

    def elsewhere(self, kommun: str) -> "Vendor": ...

    def send(self, operation: str, **fields: Any) -> Outcome: ...

    def post(
        self, operation: str, *, http_timeout: float = ..., **fields: Any
    ) -> httpx.Response: ...

    def outcome(self, answer: httpx.Response) -> Outcome: ...

    def receipt(self, referens: str) -> Outcome | None: ...

    def changes(self, after: str = "", limit: int = 100) -> Page: ...


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    return {**IDS, "referens": f"ref-{next(_numbers)}", **given}


class Procapita:
    system: ClassVar[str] = "procapita"
    codes: ClassVar[Mapping[str, str]] = {
        "avslag": "AVS",
        "fortsatt_bistand": "FBI",
        "mal_uppfyllda": "MAL",
        "skyddad": "SKF",
    }

    def __init__(self, http: httpx.Client, kommun: str = "malmo") -> None:
        self.kommun = kommun
        self.url = f"/procapita/{kommun}/soap"
        self.http = http

    def elsewhere(self, kommun: str) -> "Procapita":
        return Procapita(self.http, kommun)

    def post(
        self, operation: str, *, http_timeout: float = TIMEOUT_S, **fields: Any
    ) -> httpx.Response:
        given = _fields({"skydd_kod": "ING", **fields})
        element = messages_procapita.message(operation, given)
        return self.soap(messages_procapita.ELEMENTS[operation], element, http_timeout)

    def soap(
        self,
        name: str,
        element: str,
        http_timeout: float = TIMEOUT_S,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        head = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{messages_procapita.NS}/{name}"',
            **(headers or {}),
        }
        body = messages_procapita.envelope(element)
        return self.http.post(self.url, content=body.encode(), headers=head, timeout=http_timeout)

    def send(self, operation: str, **fields: Any) -> Outcome:
        return self.outcome(self.post(operation, **fields))

    def outcome(self, answer: httpx.Response) -> Outcome:
        root = parse_untrusted(answer.content)
        kod = root.find(".//{*}Fel/{*}Kod")
        lankar = root.findall(".//{*}Lank")
        return Outcome(
            answer.status_code,
            root.findtext(".//{*}Referens", ""),
            None if kod is None else kod.text,
            {str(lank.get("typ")): str(lank.get("nr")) for lank in lankar},
            {str(lank.get("typ")): str(lank.get("egetId")) for lank in lankar},
        )

    def receipt(self, referens: str) -> Outcome | None:
        asked = f'<HamtaKvittens xmlns="{messages_procapita.NS}"><Referens>{referens}</Referens>'
        answer = self.soap("HamtaKvittens", asked + "</HamtaKvittens>")
        assert answer.status_code == 200
        root = parse_untrusted(answer.content)
        return None if root.find(".//{*}KvittensSaknas") is not None else self.outcome(answer)

    def changes(self, after: str = "", limit: int = 100) -> Page:
        efter = f"<Efter>{after}</Efter>" if after else ""
        asked = f'<HamtaAndringar xmlns="{messages_procapita.NS}">{efter}<Antal>{limit}</Antal>'
        answer = self.soap("HamtaAndringar", asked + "</HamtaAndringar>")
        page = parse_untrusted(answer.content).find(".//{*}Andringar")
        assert page is not None, answer.text
        return Page(
            [
                Change(
                    change.findtext("{*}Handelse", ""),
                    change.findtext("{*}Nr", ""),
                    change.findtext("{*}Arende"),
                    change.findtext("{*}Referens"),
                    change,
                )
                for change in page
            ],
            str(page.get("nasta")),
            page.get("fler") == "true",
        )


class Treserva:
    system: ClassVar[str] = "treserva"
    codes: ClassVar[Mapping[str, str]] = {
        "avslag": "avslagen",
        "fortsatt_bistand": "forlangd",
        "mal_uppfyllda": "1",
        "skyddad": "2",
    }

    def __init__(self, http: httpx.Client, kommun: str = "exempel") -> None:
        self.kommun = kommun
        self.url = f"/treserva/{kommun}/api"
        self.http = http

    def elsewhere(self, kommun: str) -> "Treserva":
        return Treserva(self.http, kommun)

    def post(
        self, operation: str, *, http_timeout: float = TIMEOUT_S, **fields: Any
    ) -> httpx.Response:
        key = fields.pop("key", None)
        given = _fields({"skydd_kod": "0", **fields})
        body = messages_treserva.message(operation, given)
        return self.raw(body, key or f"key-{next(_numbers)}", http_timeout)

    def raw(
        self,
        body: str,
        key: str,
        http_timeout: float = TIMEOUT_S,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        head = {
            "Content-Type": "application/xml",
            "Idempotency-Key": key,
            **(headers or {}),
        }
        return self.http.post(
            f"{self.url}/meddelanden", content=body.encode(), headers=head, timeout=http_timeout
        )

    def send(self, operation: str, **fields: Any) -> Outcome:
        return self.outcome(self.post(operation, **fields))

    def outcome(self, answer: httpx.Response) -> Outcome:
        root = parse_untrusted(answer.content)
        objekt = root.findall("{*}Objekt")
        return Outcome(
            answer.status_code,
            root.get("referens", ""),
            root.get("kod"),
            {str(one.get("typ")): str(one.get("id")) for one in objekt},
            {str(one.get("typ")): str(one.get("egetId")) for one in objekt},
        )

    def receipt(self, referens: str) -> Outcome | None:
        answer = self.http.get(f"{self.url}/svar", params={"referens": referens})
        if answer.status_code == 404:
            assert self.outcome(answer).kod == "OKAND_REFERENS"
            return None
        return self.outcome(answer)

    def changes(self, after: str = "", limit: int = 100) -> Page:
        asked: dict[str, str | int] = {"efter": after, "antal": limit}
        answer = self.http.get(f"{self.url}/andringar", params=asked)
        page = parse_untrusted(answer.content)
        return Page(
            [
                Change(
                    change.get("handelse", ""),
                    change.get("id", ""),
                    change.get("arende"),
                    change.get("referens"),
                    change,
                )
                for change in page
            ],
            str(page.get("nasta")),
            page.get("fler") == "J",
        )
