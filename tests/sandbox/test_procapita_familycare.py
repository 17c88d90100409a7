"""Procapita's read side, held against the names of the public FamilyCare contract."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.sandbox.control import Control
from tests.sandbox.vendors import PERSON, Procapita

BASE = "/procapita/malmo/WESE.FC.Api.FC/apifc/v1"
AUTH = {"domain": "malmo", "key": "nyckel"}
ALL = {"personId": PERSON, "startDate": "2000-01-01", "endDate": "2099-12-31"}
# The contract's own property names, in its order.
PAGE = "StartDate EndDate PageNumber TotalNumberOfPages PageSize TotalNumberOfRecords Result"
EXTRACT = "ModifiedAfter TotalNumberOfRecords Result"
PERSONS = (
    "PersonId CustomerNumber Name StreetAddress PostalCode PostalAddress CareOfAddress PhoneHome "
    "PhoneWork PhoneMobile Email Source AddressProtection SecretPhone ProtectedRegistration"
)
NAMES = {
    "Decisions": (
        "Id Date Type FromDate ToDate Reason DecisionMaker Organization InvestigationExecutionId "
        "ServiceId Amount CoApplicant ReasonCoApplicant ConnectedApplication DecisionPersonDTOs"
    ),
    "Executions": "Id Type FromDate ToDate Caseworker Organization DossierType",
    "Services": (
        "Id Type Organization StartDate EndDate Caseworker CoCaseworker InvestigationId DecisionId "
        "Applicant CoApplicant ServicePersonDTOs"
    ),
    "ResourceAllocations": "Id StartDate EndDate Percent Resource ResourceType ServiceId",
    "Documents": "Id Title Date DocumentType OwnerId OwnerType",
    "Extract/Decisions": (
        "Id CustomerNumber Date Type FromDate ToDate Reason DecisionMaker Caseworker Organization "
        "InvestigationExecutionId ServiceId Amount ConnectedApplication StartTime EndTime "
        "DecisionPersonDTOs"
    ),
    "Extract/Executions": (
        "Id CustomerNumber Type FromDate ToDate Caseworker Organization DossierType StartTime "
        "EndTime"
    ),
    "Extract/Services": (
        "Id CustomerNumber ServiceType Organization StartDate EndDate Caseworker CoCaseworker "
        "InvestigationId ExecutionId DecisionId StartTime EndTime CoApplicant ServicePersonDTOs"
    ),
    "Extract/ResourceAllocations": (
        "Id CustomerNumber StartDate EndDate Percent Resource ResourceType ServiceId StartTime "
        "EndTime"
    ),
}
PEOPLE = {
    "Decisions": "PersonId Name IsCoApplicant",
    "Services": "PersonId Name",
    "Extract/Decisions": "Name PersonId CustomerNumber IsCoApplicant",
    "Extract/Services": "Name PersonId CustomerNumber CoApplicant",
}
INT32 = ("Id", "CustomerNumber", "ServiceId", "DecisionId", "ExecutionId", "Percent")


class FamilyCare:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def ask(self, kind: str, **params: Any) -> httpx.Response:
        defaults = {"limit": 100} if kind.startswith("Extract/") else ALL
        asked = {**AUTH, **defaults, **params}
        known = {key: value for key, value in asked.items() if value is not None}
        return self._http.get(f"{BASE}/{kind}", params=known)

    def read(self, kind: str, **params: Any) -> dict[str, Any]:
        answer = self.ask(kind, **params)
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def rows(self, kind: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read(kind, **params)["Result"]
        return found


@pytest.fixture
def familycare(http: httpx.Client) -> FamilyCare:
    return FamilyCare(http)


@pytest.fixture
def links(procapita: Procapita, change: Callable[..., Any]) -> dict[str, int]:
    """A case from beslut to an assigned resource, with a document and a note: its vendor ids."""
    change(procapita, "resurs_registrerad", arende="", resurs_id="R-1")
    found: dict[str, str] = {}
    for operation in (
        "registrera_beslut",
        "verkstall_beslut",
        "tilldela_resurs",
        "registrera_dokument",
        "skapa_aktanteckning",
    ):
        found |= procapita.send(operation).lankar
    return {kind: int(nr) for kind, nr in found.items()}


@pytest.mark.parametrize("kind", NAMES)
def test_names_are_those_of_the_contract(
    familycare: FamilyCare, links: dict[str, int], kind: str
) -> None:
    content = familycare.read(kind)
    row = content["Result"][0]
    assert sorted(content) == sorted((EXTRACT if kind.startswith("Extract/") else PAGE).split())
    assert sorted(row) == sorted(NAMES[kind].split())
    if kind in PEOPLE:
        people = next(row[name] for name in row if name.endswith("PersonDTOs"))
        assert sorted(people[0]) == sorted(PEOPLE[kind].split())
        assert people[0]["PersonId"] == PERSON
    for name in set(INT32) & set(row) - ({"Id"} if kind == "Documents" else set()):
        assert type(row[name]) is int, name
        assert 0 < row[name] < 2**31


def test_the_chain_is_tied_by_ids(familycare: FamilyCare, links: dict[str, int]) -> None:
    (decision,) = familycare.rows("Decisions")
    (execution,) = familycare.rows("Executions")
    (service,) = familycare.rows("Extract/Services")
    (allocation,) = familycare.rows("ResourceAllocations")
    assert decision["Id"] == service["DecisionId"] == links["beslut"]
    assert execution["Id"] == service["ExecutionId"] == links["verkstallighet"]
    assert service["Id"] == decision["ServiceId"] == allocation["ServiceId"] == links["insats"]
    assert allocation["Id"] == links["resurstilldelning"]


def test_values_are_display_texts_and_swedish_dates(
    familycare: FamilyCare, links: dict[str, int]
) -> None:
    (decision,) = familycare.rows("Decisions")
    assert decision["Type"] == "Bifall - Kontaktfamilj"
    assert decision["Date"] == "2026-01-12T00:00:00"
    assert (decision["FromDate"], decision["ToDate"]) == (
        "2026-02-01T00:00:00",
        "2026-07-31T00:00:00",
    )
    (allocation,) = familycare.rows("ResourceAllocations")
    assert (allocation["Resource"], allocation["Percent"]) == ("R-1", 50)
    (execution,) = familycare.rows("Executions")
    assert (execution["Type"], execution["DossierType"]) == ("Kontaktfamilj", "Barn och ungdom")


def test_the_reason_is_a_text(familycare: FamilyCare, procapita: Procapita) -> None:
    procapita.send("registrera_beslut", beslutstyp_kod="UPH", orsak_kod="EJM")
    (decision,) = familycare.rows("Decisions")
    assert decision["Type"] == "Avslut - Kontaktfamilj"
    assert decision["Reason"] == "Leder inte till måluppfyllelse"


def test_documents_and_notes_are_in_documents(
    familycare: FamilyCare, links: dict[str, int]
) -> None:
    note, document = familycare.rows("Documents")
    assert (note["Id"], note["DocumentType"]) == (str(links["anteckning"]), "Aktanteckning")
    assert note["Date"] == "2026-03-03T00:30:00"
    assert (document["Id"], document["DocumentType"]) == (str(links["dokument"]), "Uppföljning")
    assert document["OwnerType"] == "Person"


def test_a_document_of_an_insats_is_owned_by_it(
    familycare: FamilyCare, procapita: Procapita, links: dict[str, int]
) -> None:
    procapita.send("registrera_dokument", dokument_id="D-2", insats_nr=links["insats"])
    owned = [row for row in familycare.rows("Documents") if row["OwnerType"] == "Service"]
    assert [row["OwnerId"] for row in owned] == [str(links["insats"])]


def test_ends_are_told_when_they_come(
    familycare: FamilyCare, procapita: Procapita, links: dict[str, int]
) -> None:
    ends = (("ResourceAllocations", "EndDate"), ("Services", "EndDate"), ("Executions", "ToDate"))
    assert [familycare.rows(kind)[0][name] for kind, name in ends] == [None, None, None]
    procapita.send("avsluta_resurs")
    assert familycare.rows("ResourceAllocations")[0]["EndDate"] == "2026-07-31T00:00:00"
    procapita.send("avsluta_insats")
    told = {familycare.rows(kind)[0][name] for kind, name in ends}
    assert told == {"2026-07-31T00:00:00"}


def test_investigations_are_there_and_empty(familycare: FamilyCare, links: dict[str, int]) -> None:
    assert familycare.rows("Investigations") == []
    assert familycare.rows("Extract/Investigations") == []


@pytest.mark.parametrize("kind", ["Decisions", "Extract/Decisions", "Persons"])
@pytest.mark.parametrize("missing", ["domain", "key"])
def test_domain_and_key_are_required(familycare: FamilyCare, kind: str, missing: str) -> None:
    assert familycare.ask(kind, **{missing: None}).status_code == 401
    assert familycare.ask(kind, **{missing: ""}).status_code == 401


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("Decisions", {"personId": None}),
        ("Decisions", {"startDate": None}),
        ("Decisions", {"endDate": None}),
        ("Decisions", {"startDate": "i går"}),
        ("Decisions", {"pageSize": "-1"}),
        ("Decisions", {"pageNr": "x"}),
        ("Decisions", {"ascending": "ja"}),
        ("Extract/Decisions", {"limit": None}),
        ("Extract/Decisions", {"limit": "99999999999"}),
        ("Extract/Decisions", {"offset": "x"}),
        ("Extract/Decisions", {"modifiedAfter": "x"}),
        ("Extract/Decisions", {"q": "Type eq Bifall"}),
        ("Persons", {"personId": None}),
    ],
)
def test_bad_parameters_are_named(
    familycare: FamilyCare, kind: str, params: dict[str, str | None]
) -> None:
    answer = familycare.ask(kind, **params)
    assert answer.status_code == 400
    assert next(iter(params)) in answer.json()["Message"]


@pytest.mark.parametrize("kind", ["Payments", "Extract/Documents"])
def test_what_is_not_simulated_is_not_found(familycare: FamilyCare, kind: str) -> None:
    assert familycare.ask(kind).status_code == 404


def test_pages_start_at_zero_and_none_gives_all(
    familycare: FamilyCare, procapita: Procapita
) -> None:
    ids = [
        int(procapita.send("registrera_beslut", beslut_id=f"B-{n}").lankar["beslut"])
        for n in range(5)
    ]
    page = familycare.read("Decisions", pageSize=2, pageNr=1)
    assert [row["Id"] for row in page["Result"]] == ids[2:4]
    assert (page["PageNumber"], page["PageSize"]) == (1, 2)
    assert (page["TotalNumberOfPages"], page["TotalNumberOfRecords"]) == (3, 5)
    assert [row["Id"] for row in familycare.rows("Decisions", pageSize=2, pageNr=2)] == ids[4:]
    assert [row["Id"] for row in familycare.rows("Decisions", pageSize=0)] == ids
    backwards = familycare.rows("Decisions", ascending="false")
    assert [row["Id"] for row in backwards] == ids[::-1]


def test_rows_are_of_one_person_between_two_dates(
    familycare: FamilyCare, links: dict[str, int]
) -> None:
    day = "2026-01-12"
    assert len(familycare.rows("Decisions", startDate=day, endDate=f"{day}T00:00:00")) == 1
    assert familycare.rows("Decisions", startDate="2026-01-13") == []
    assert familycare.rows("Decisions", endDate="2026-01-11") == []
    assert familycare.rows("Decisions", personId="201802142396") == []


def test_extract_gives_what_was_modified_after(
    familycare: FamilyCare, procapita: Procapita, links: dict[str, int]
) -> None:
    now = datetime.now(ZoneInfo("Europe/Stockholm")).replace(tzinfo=None)
    before, after = now - timedelta(hours=1), now + timedelta(hours=1)
    told = familycare.read("Extract/Services", modifiedAfter=f"{before:%Y-%m-%dT%H:%M:%S}")
    assert told["ModifiedAfter"] == f"{before:%Y-%m-%dT%H:%M:%S}"
    assert (told["TotalNumberOfRecords"], len(told["Result"])) == (1, 1)
    later = familycare.read("Extract/Services", modifiedAfter=f"{after:%Y-%m-%dT%H:%M:%S}")
    assert (later["TotalNumberOfRecords"], later["Result"]) == (0, [])


def test_a_change_makes_a_row_modified_again(
    familycare: FamilyCare, procapita: Procapita, links: dict[str, int]
) -> None:
    since = datetime.now(UTC).isoformat()
    assert familycare.rows("Extract/ResourceAllocations", modifiedAfter=since) == []
    procapita.send("avsluta_resurs")
    assert len(familycare.rows("Extract/ResourceAllocations", modifiedAfter=since)) == 1
    assert familycare.rows("Extract/Decisions", modifiedAfter=since) == []


def test_extract_is_cut_by_offset_and_limit(familycare: FamilyCare, procapita: Procapita) -> None:
    ids = [
        int(procapita.send("registrera_beslut", beslut_id=f"B-{n}").lankar["beslut"])
        for n in range(3)
    ]
    part = familycare.read("Extract/Decisions", offset=1, limit=1)
    assert ([row["Id"] for row in part["Result"]], part["TotalNumberOfRecords"]) == ([ids[1]], 3)


def test_a_person_is_read_by_number(familycare: FamilyCare, links: dict[str, int]) -> None:
    person = familycare.read("Persons")
    assert sorted(person) == sorted(PERSONS.split())
    assert (person["PersonId"], person["AddressProtection"]) == (PERSON, False)
    (decision,) = familycare.rows("Extract/Decisions")
    assert decision["CustomerNumber"] == person["CustomerNumber"]
    assert familycare.ask("Persons", personId="201802142396").status_code == 404


def test_a_protected_person_has_no_address(familycare: FamilyCare, procapita: Procapita) -> None:
    procapita.send("registrera_beslut", skydd_kod="SKF")
    person = familycare.read("Persons")
    assert (person["StreetAddress"], person["ProtectedRegistration"]) == (None, True)


def test_reading_leaves_no_trace_in_the_journal(
    familycare: FamilyCare, links: dict[str, int], control: Control
) -> None:
    before = control.journal()
    familycare.rows("Decisions")
    assert control.journal() == before
