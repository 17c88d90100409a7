"""Cases as notiser, for the rules that are worked out from them."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from bbic_bridge.handbook.notiser import Notis

_rader = count(1)


def notis(typ: str, dag: str, *, rad: str | None = None, **data: Any) -> Notis:
    """A notis told at noon of a day."""
    tid = datetime.fromisoformat(dag).replace(hour=12, tzinfo=UTC)
    return Notis(rad or f"R{next(_rader):04}", typ, tid, data)


def beslut(dag: str, beslut_id: str = "B1", **data: Any) -> Notis:
    """A gynnande beslut of the day, told that day."""
    sagt = {"beslutstyp": "bifall", "insatstyp": "kontaktfamilj", "beslutsdatum": dag, **data}
    return notis("beslut.fattat", dag, beslut_id=beslut_id, **sagt)


def fortsatt(
    dag: str, fran: str, beslut_id: str = "B2", ersatter: str = "B1", **data: Any
) -> Notis:
    """Fortsatt bistånd from a day."""
    sagt = {"ersatter": ersatter, "insats_id": "I1", "insatstyp": "kontaktfamilj", **data}
    typ = "beslut.fortsatt_bistand"
    return notis(typ, dag, beslut_id=beslut_id, beslutsdatum=dag, fran=fran, **sagt)


def verkstall(fran: str, beslut_id: str = "B1", insats_id: str = "I1", **data: Any) -> Notis:
    """The workflow's execution, told on its first day."""
    sagt = {"insats_id": insats_id, "insatstyp": "kontaktfamilj", "fran": fran, **data}
    return notis("beslut.verkstall", fran, beslut_id=beslut_id, **sagt)


def verkstallt(fran: str, beslut_id: str = "B1", insats_id: str = "I1") -> Notis:
    """A vendor's telling of an execution."""
    return notis("beslut.verkstallt", fran, beslut_id=beslut_id, insats_id=insats_id, fran=fran)


def avbrott(dag: str, beslut_id: str = "B1") -> Notis:
    """An interruption."""
    return notis("beslut.avbrott", dag, beslut_id=beslut_id, datum=dag, orsak=True)


def avslut(dag: str, slutdatum: str, ersatter: str = "B1") -> Notis:
    """The decision to end."""
    sagt = {"ersatter": ersatter, "insats_id": "I1", "slutdatum": slutdatum}
    return notis("beslut.avslut", dag, beslut_id="B9", beslutsdatum=dag, **sagt)


def avsluta(slutdatum: str, insats_id: str = "I1", beslut_id: str = "B1") -> Notis:
    """The insats is closed."""
    sagt = {"beslut_id": beslut_id, "insats_id": insats_id, "slutdatum": slutdatum}
    return notis("insats.avsluta", slutdatum, **sagt)


def d(text: str) -> date:
    """A date, short."""
    return date.fromisoformat(text)
