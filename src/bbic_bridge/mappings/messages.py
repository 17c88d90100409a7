"""What every message means to the bridge, whatever a vendor calls it.

The nine operations are the models of ``handbook.uppgifter``; here are the answers, queries and
changes. A profile is checked against these when it is loaded: each field is mapped, or listed as
unmapped with a reason.
"""

from datetime import date, datetime
from typing import Literal, get_args

from pydantic import BaseModel

from bbic_bridge.handbook.uppgifter import (
    EFFEKTER,
    UPPGIFTER,
    Avslutsorsak,
    Beslutstyp,
    Insatstyp,
)

Lankslag = Literal[
    "beslut", "verkstallighet", "insats", "resurstilldelning", "uppdrag", "dokument", "anteckning"
]
VENDOR_IDS = frozenset(
    {
        *("beslut", "verkstallighet", "insats", "resurstilldelning", "uppdrag", "dokument"),
        *("anteckning", "ersatter"),
    }
)
"""Keys of ``data["vendor"]``: the vendor's id of the thing, by kind; ``ersatter`` is its id of the
thing that the field ``ersatter`` names."""


class Huvud(BaseModel):
    """Stands in every operation beside the uppgift."""

    referens: str
    arende: str


class Lank(BaseModel):
    """Our id and the vendor's for the same thing."""

    kind: Lankslag
    our_id: str
    vendor_id: str


class Kvittens(BaseModel):
    """The vendor's answer to an operation, also when asked for later."""

    referens: str
    tid: datetime
    lankar: tuple[Lank, ...]


class KvittensSaknas(BaseModel):
    """The vendor knows nothing of that reference."""

    referens: str


class HamtaKvittens(BaseModel):
    """Asks for the answer to an operation."""

    referens: str


class HamtaAndringar(BaseModel):
    """Asks for changes after a cursor."""

    efter: str | None
    antal: int


class Fel(BaseModel):
    """A business fault. ``text`` is the vendor's words and may be personal."""

    kod: str
    text: str | None


class Sida(BaseModel):
    """The frame of a page of changes; a webhook has neither cursor nor ``fler``."""

    nasta: str | None
    fler: bool | None


class Andring(BaseModel):
    """What every change tells. ``vendor_id`` is the vendor's id of what changed."""

    andrings_id: str
    vendor_id: str
    arende: str | None
    personnummer: str | None
    referens: str | None
    tid: datetime


class ResursRegistrerad(BaseModel):
    resurs_id: str
    resurstyp: Insatstyp | None


class BeslutRegistrerat(BaseModel):
    beslut_id: str | None
    beslutstyp: Beslutstyp
    insatstyp: Insatstyp
    beslutsdatum: date
    fran: date
    till: date | None


class BeslutVerkstallt(BaseModel):
    beslut_id: str | None
    insats_id: str | None
    fran: date


class ResursTilldelad(BaseModel):
    insats_id: str | None
    resurs_id: str | None
    fran: date
    till: date | None


class AktanteckningSkapad(BaseModel):
    anteckning_id: str
    handelsetid: datetime
    rubrik: str
    text: str
    forfattare: str


class UppdragMottaget(BaseModel):
    uppdrag_id: str
    datum: date


class UppdragFordelat(BaseModel):
    uppdrag_id: str
    datum: date
    handlaggare: str
    roll: Literal["behandlare", "specialpedagog"]


class UppdragAvslaget(BaseModel):
    """For ``uppdrag_avbojt`` and ``uppdrag_aterkallat``."""

    uppdrag_id: str
    datum: date
    orsak: str


class Planmal(BaseModel):
    mal_id: str
    text: str


class GenomforandeplanUpprattad(BaseModel):
    plan_id: str
    uppdrag_id: str
    datum: date
    mal: tuple[Planmal, ...]


class InsatsAvslutad(BaseModel):
    insats_id: str | None
    slutdatum: date
    orsak: Avslutsorsak | None


ANDRINGAR: dict[str, type[BaseModel]] = {
    "resurs_registrerad": ResursRegistrerad,
    "beslut_registrerat": BeslutRegistrerat,
    "beslut_verkstallt": BeslutVerkstallt,
    "resurs_tilldelad": ResursTilldelad,
    "aktanteckning_skapad": AktanteckningSkapad,
    "uppdrag_mottaget": UppdragMottaget,
    "uppdrag_fordelat": UppdragFordelat,
    "uppdrag_avbojt": UppdragAvslaget,
    "uppdrag_aterkallat": UppdragAvslaget,
    "genomforandeplan_upprattad": GenomforandeplanUpprattad,
    "insats_avslutad": InsatsAvslutad,
}
OVRIGA: dict[str, type[BaseModel]] = {
    "kvittens": Kvittens,
    "kvittens_saknas": KvittensSaknas,
    "fel": Fel,
    "hamta_kvittens": HamtaKvittens,
    "hamta_andringar": HamtaAndringar,
    "andringar": Sida,
}

TEXTER: dict[str, frozenset[str]] = {
    "Decision.Type": frozenset(
        f"{beslut}/{insats}" for beslut in get_args(Beslutstyp) for insats in get_args(Insatstyp)
    ),
    "Decision.Reason": frozenset(get_args(Avslutsorsak)),
    "Execution.Type": frozenset(get_args(Insatstyp)),
    "Execution.DossierType": frozenset({"barn"}),
    "Service.Type": frozenset(get_args(Insatstyp)),
    "ResourceAllocation.ResourceType": frozenset(get_args(Insatstyp)),
}
"""Display texts of FamilyCare's fields that a profile may give, and our words for them."""


def message_name(operation: str, effect: str | None) -> str:
    """The message of one effect: ``avsluta_insats_och_resurs/resurs``; else the operation."""
    return f"{operation}/{effect}" if effect else operation


OPERATIONER: dict[str, type[BaseModel]] = {
    message_name(operation, effect): model
    for operation, model in UPPGIFTER.items()
    for effect in EFFEKTER.get(operation, (None,))
}
