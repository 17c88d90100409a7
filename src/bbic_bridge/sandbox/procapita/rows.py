"""The rows of the public FamilyCare contract, by its names: one function per kind of row.

Types are display texts, dates are Stockholm's as ``yyyy-MM-ddTHH:mm:ss``, absent values are
null, and no row tells when it was changed.
"""

from datetime import date, datetime
from typing import Any

from bbic_bridge.sandbox.procapita import codes
from bbic_bridge.sandbox.records import (
    Anteckning,
    Beslut,
    Dokument,
    Insats,
    Person,
    Tilldelning,
    Verkstallighet,
)
from bbic_bridge.sandbox.register import STOCKHOLM

Row = dict[str, Any]
ORGANISATION = "Barn och familj"
DOSSIER = "Barn och ungdom"
NO_TIMES: Row = {"StartTime": None, "EndTime": None}
PROTECTED = ("sekretessmarkering", "skyddad_folkbokforing", "okand")


def local(value: date | None) -> str | None:
    """A date, or an aware time, as the contract writes it."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(STOCKHOLM).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{value.isoformat()}T00:00:00"


def person(who: Person) -> Row:
    """Everything about the person is fictional; a protected one has no address here."""
    hidden = who.skydd in PROTECTED
    return {
        "PersonId": who.personnummer,
        "CustomerNumber": int(who.kundnummer),
        "Name": who.namn,
        "StreetAddress": None if hidden else "Exempelgatan 1",
        "PostalCode": None if hidden else "000 00",
        "PostalAddress": None if hidden else "Exempelstad",
        "CareOfAddress": None,
        "PhoneHome": None,
        "PhoneWork": None,
        "PhoneMobile": None,
        "Email": None,
        "Source": "FC",
        "AddressProtection": hidden,
        "SecretPhone": hidden,
        "ProtectedRegistration": who.skydd == "skyddad_folkbokforing",
    }


def _decision(beslut: Beslut) -> Row:
    return {
        "Id": int(beslut.id),
        "Date": local(beslut.beslutsdatum),
        "Type": f"{codes.BESLUTSTEXT[beslut.beslutstyp]} - {codes.INSATSTEXT[beslut.insatstyp]}",
        "FromDate": local(beslut.fran),
        "ToDate": local(beslut.till),
        "Reason": codes.ORSAKSTEXT[beslut.orsak] if beslut.orsak else None,
        "DecisionMaker": beslut.beslutsfattare,
        "Organization": ORGANISATION,
        "InvestigationExecutionId": None,
        "ServiceId": int(beslut.insats) if beslut.insats else None,
        "Amount": None,
        "ConnectedApplication": None,
    }


def decision(beslut: Beslut) -> Row:
    who = beslut.person
    people = [{"PersonId": who.personnummer, "Name": who.namn, "IsCoApplicant": False}]
    more = {"CoApplicant": None, "ReasonCoApplicant": None, "DecisionPersonDTOs": people}
    return _decision(beslut) | more


def extract_decision(beslut: Beslut) -> Row:
    people = [_extract_person(beslut.person) | {"IsCoApplicant": False}]
    more = {"Caseworker": beslut.beslutsfattare, "DecisionPersonDTOs": people}
    return _decision(beslut) | _customer(beslut.person) | more | NO_TIMES


def execution(verkstallighet: Verkstallighet) -> Row:
    return {
        "Id": int(verkstallighet.id),
        "Type": codes.INSATSTEXT[verkstallighet.insatstyp],
        "FromDate": local(verkstallighet.fran),
        "ToDate": local(verkstallighet.till),
        "Caseworker": verkstallighet.handlaggare,
        "Organization": ORGANISATION,
        "DossierType": DOSSIER,
    }


def extract_execution(verkstallighet: Verkstallighet) -> Row:
    return execution(verkstallighet) | _customer(verkstallighet.person) | NO_TIMES


def _service(insats: Insats) -> Row:
    return {
        "Id": int(insats.id),
        "Organization": ORGANISATION,
        "StartDate": local(insats.fran),
        "EndDate": local(insats.slut),
        "Caseworker": insats.handlaggare,
        "CoCaseworker": None,
        "InvestigationId": None,
        "DecisionId": int(insats.beslut),
        "CoApplicant": None,
    }


def service(insats: Insats) -> Row:
    who = insats.person
    return _service(insats) | {
        "Type": codes.INSATSTEXT[insats.insatstyp],
        "Applicant": who.namn,
        "ServicePersonDTOs": [{"PersonId": who.personnummer, "Name": who.namn}],
    }


def extract_service(insats: Insats) -> Row:
    more = {
        "ServiceType": codes.INSATSTEXT[insats.insatstyp],
        "ExecutionId": int(insats.verkstallighet),
        "ServicePersonDTOs": [_extract_person(insats.person) | {"CoApplicant": False}],
    }
    return _service(insats) | _customer(insats.person) | more | NO_TIMES


def allocation(tilldelning: Tilldelning) -> Row:
    return {
        "Id": int(tilldelning.id),
        "StartDate": local(tilldelning.fran),
        "EndDate": local(tilldelning.slut),
        "Percent": tilldelning.omfattning,
        "Resource": tilldelning.resurs_id,
        "ResourceType": codes.INSATSTEXT[tilldelning.resurstyp],
        "ServiceId": int(tilldelning.insats),
    }


def extract_allocation(tilldelning: Tilldelning) -> Row:
    return allocation(tilldelning) | _customer(tilldelning.person) | NO_TIMES


def document(dokument: Dokument | Anteckning) -> Row:
    if isinstance(dokument, Anteckning):
        title, at, kind = dokument.rubrik, local(dokument.handelsetid), "Aktanteckning"
        owner = None
    else:
        title, at = dokument.titel, local(dokument.datum)
        kind, owner = codes.DOKUMENTTEXT[dokument.dokumenttyp], dokument.insats
    return {
        "Id": dokument.id,
        "Title": title,
        "Date": at,
        "DocumentType": kind,
        "OwnerId": owner or dokument.person.kundnummer,
        "OwnerType": "Service" if owner else "Person",
    }


def _customer(who: Person) -> Row:
    return {"CustomerNumber": int(who.kundnummer)}


def _extract_person(who: Person) -> Row:
    return {"Name": who.namn, "PersonId": who.personnummer} | _customer(who)
