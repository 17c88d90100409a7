"""What a person does in a vendor system, without any message from the bridge.

A step that needs an earlier one takes that first, as a change of its own, because the person
would have had to. Nothing here reaches the journal.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bbic_bridge.sandbox import change_data as told
from bbic_bridge.sandbox.operations import utfor
from bbic_bridge.sandbox.operations.insatser import registrera_resurs
from bbic_bridge.sandbox.records import (
    Affarsfel,
    Andring,
    Beslut,
    Insats,
    Person,
    Skrivning,
    Uppdrag,
)
from bbic_bridge.sandbox.register import STOCKHOLM, Register, testnummer

FICTIONAL_MAL = ({"mal_id": "M-1", "text": "Kim har en vuxen att vända sig till i vardagen."},)
FICTIONAL_NAME = "Kim Exempel"


def change(register: Register, kind: str, arende: str, data: told.Data) -> list[Andring]:
    """Carries a change out.

    Args:
        kind: one of ``KINDS``; ``data`` is of the model that stands there.

    Returns:
        The changes that came of it, the one asked for last.

    Raises:
        Affarsfel: the vendor's rules forbid it.
    """
    before = len(register.andringar)
    _, act = KINDS[kind]
    act(Desk(register, arende, data), data)
    return register.andringar[before:]


class Desk:
    """A person at work in one ärende."""

    def __init__(self, register: Register, arende: str, data: told.Data) -> None:
        self._register = register
        self._arende = arende
        self._person = self._whom(data) if arende else None

    def _whom(self, data: told.Data) -> Person:
        """Who the change says, else who the ärende is known to be about, else a test person."""
        register = self._register
        known = register.person_i_arende(self._arende)
        if known and data.personnummer in (None, known.personnummer):
            return known
        number = data.personnummer or testnummer(self._arende)
        name = data.namn or (known.namn if known else FICTIONAL_NAME)
        return register.person(number, name, "ingen", self._arende)

    def _do(self, operation: str, effekt: str | None = None, /, **data: Any) -> None:
        """Does what a message would do, with no reference and no receipt."""
        person = self._person
        if person is None:
            raise Affarsfel("EJ_TILLATET", "Ändringen behöver ett ärende.")
        nr = data.pop("nr", {})
        skrivning = Skrivning(
            operation=operation,
            effekt=effekt,
            referens="",
            arende=self._arende,
            personnummer=person.personnummer,
            namn=person.namn,
            skydd=person.skydd,
            data=data,
            nr=nr,
        )
        utfor(self._register, skrivning)

    def registrera_resurs(self, data: told.Resurs) -> None:
        resurs_id = data.resurs_id or f"R-{self._register.nytt_nummer()}"
        registrera_resurs(self._register, resurs_id, data.resurstyp, self._arende)

    def registrera_beslut(self, data: told.Beslut) -> None:
        idag = self._register.idag
        self._do(
            "registrera_beslut",
            beslut_id=data.beslut_id,
            beslutstyp=data.beslutstyp,
            insatstyp=data.insatstyp,
            beslutsdatum=data.beslutsdatum or idag,
            fran=data.fran or data.beslutsdatum or idag,
            till=data.till,
            beslutsfattare=data.beslutsfattare,
            motivering=data.motivering,
        )

    def verkstall_beslut(self, data: told.Verkstallighet) -> None:
        beslut = self._beslut(data.beslut_id)
        self._do(
            "verkstall_beslut",
            beslut_id=beslut.eget_id,
            insats_id=data.insats_id,
            insatstyp=beslut.insatstyp,
            fran=data.fran or beslut.fran,
            handlaggare=data.handlaggare,
            nr={"beslut": beslut.id},
        )

    def _beslut(self, beslut_id: str | None) -> Beslut:
        """The decision named, else the newest not yet executed; made now if there is none."""
        table = self._register.beslut
        if beslut_id:
            found = table.senaste(self._arende, beslut_id)
        else:
            waiting = [b for b in table.i_arende(self._arende) if _can_be_executed(b)]
            found = waiting[-1] if waiting else None
        if found is None:
            self.registrera_beslut(told.Beslut(beslut_id=beslut_id))
            found = table.i_arende(self._arende)[-1]
        return found

    def tilldela_resurs(self, data: told.Tilldelning) -> None:
        register = self._register
        resurs_id = data.resurs_id or f"R-{register.nytt_nummer()}"
        insats = self._insats(data.insats_id)
        if resurs_id not in register.resurser:
            registrera_resurs(register, resurs_id, insats.insatstyp, self._arende)
        self._do(
            "tilldela_resurs",
            **_of(insats),
            resurs_id=resurs_id,
            fran=data.fran or max(insats.fran, register.idag),
            till=data.till,
            omfattning=data.omfattning,
        )

    def avsluta_insats(self, data: told.Avslut) -> None:
        insats = self._insats(data.insats_id)
        slut = data.slutdatum or self._register.idag
        which = {**_of(insats), "slutdatum": slut, "orsak": data.orsak}
        if insats.slut is None:
            self._do("avsluta_insats_och_resurs", "resurs", **which)
        self._do("avsluta_insats_och_resurs", "insats", **which)

    def _insats(self, insats_id: str | None) -> Insats:
        """The insats named, else the newest open one; its decision is executed now if needed."""
        table = self._register.insatser
        if insats_id:
            found = table.senaste(self._arende, insats_id)
        else:
            open_ones = [i for i in table.i_arende(self._arende) if i.slut is None]
            found = open_ones[-1] if open_ones else None
        if found is None:
            self.verkstall_beslut(told.Verkstallighet(insats_id=insats_id))
            found = table.i_arende(self._arende)[-1]
        return found

    def skriv_anteckning(self, data: told.Anteckning) -> None:
        self._do(
            "skapa_aktanteckning",
            anteckning_id=data.anteckning_id,
            handelsetid=_swedish(data.handelsetid or self._register.clock().replace(microsecond=0)),
            rubrik=data.rubrik,
            text=data.text,
            forfattare=data.forfattare,
        )

    def ta_emot_uppdrag(self, data: told.Uppdrag) -> None:
        uppdrag = self._uppdrag(data.uppdrag_id)
        uppdrag.status = "mottaget"
        self._logga("uppdrag_mottaget", uppdrag, datum=data.datum)

    def fordela_uppdrag(self, data: told.Uppdrag) -> None:
        uppdrag = self._uppdrag(data.uppdrag_id)
        if uppdrag.status == "vidarebefordrat":
            self.ta_emot_uppdrag(told.Uppdrag(uppdrag_id=uppdrag.id, datum=data.datum))
        uppdrag.status = "fordelat"
        self._logga(
            "uppdrag_fordelat",
            uppdrag,
            datum=data.datum,
            handlaggare=data.handlaggare,
            roll=data.roll,
        )

    def boj_av_uppdrag(self, data: told.Uppdrag) -> None:
        uppdrag = self._uppdrag(data.uppdrag_id)
        uppdrag.status = "avbojt"
        self._logga("uppdrag_avbojt", uppdrag, datum=data.datum, orsak=data.orsak)

    def aterkalla_uppdrag(self, data: told.Uppdrag) -> None:
        uppdrag = self._uppdrag(data.uppdrag_id)
        uppdrag.status = "aterkallat"
        self._logga("uppdrag_aterkallat", uppdrag, datum=data.datum, orsak=data.orsak)

    def uppratta_plan(self, data: told.Plan) -> None:
        uppdrag = self._uppdrag(data.uppdrag_id)
        if uppdrag.status in ("vidarebefordrat", "mottaget"):
            self.fordela_uppdrag(told.Uppdrag(uppdrag_id=uppdrag.id, datum=data.datum))
        uppdrag.status = "planerat"
        mal = tuple(mal.model_dump() for mal in data.mal) or uppdrag.mal or FICTIONAL_MAL
        plan_id = data.plan_id or self._register.nytt_id()
        self._logga(
            "genomforandeplan_upprattad",
            uppdrag,
            objekt=plan_id,
            plan_id=plan_id,
            datum=data.datum,
            mal=mal,
        )

    def _uppdrag(self, uppdrag_id: str | None) -> Uppdrag:
        """The uppdrag named, else the newest open one; one from elsewhere if there is none."""
        table = self._register.uppdrag
        candidates = table.i_arende(self._arende)
        if uppdrag_id:
            candidates = table.alla(self._arende, uppdrag_id)
        elif any(uppdrag.oppet for uppdrag in candidates):
            candidates = [uppdrag for uppdrag in candidates if uppdrag.oppet]
        if not candidates:
            return self._uppdrag_from_elsewhere(uppdrag_id)
        if not candidates[-1].oppet:
            raise Affarsfel("REDAN_AVSLUTAD", "Uppdraget är redan avslutat.")
        return candidates[-1]

    def _uppdrag_from_elsewhere(self, uppdrag_id: str | None) -> Uppdrag:
        register = self._register
        if self._person is None:
            raise Affarsfel("EJ_TILLATET", "Ändringen behöver ett ärende.")
        return register.uppdrag.lagg_till(
            Uppdrag(
                id=register.nytt_id(),
                eget_id=uppdrag_id,
                arende=self._arende,
                person=self._person,
                andrad=register.clock(),
                enhetschef="Alex Berg",
                mal=(),
            )
        )

    def _logga(self, kind: str, uppdrag: Uppdrag, *, objekt: str = "", **data: Any) -> None:
        data["datum"] = data.get("datum") or self._register.idag
        data["uppdrag_id"] = uppdrag.eget_id or uppdrag.id
        self._register.logga(kind, objekt or uppdrag.id, data, post=uppdrag)


def _can_be_executed(beslut: Beslut) -> bool:
    return beslut.insats is None and beslut.beslutstyp in ("bifall", "fortsatt_bistand")


def _of(insats: Insats) -> dict[str, Any]:
    """How a message would point at an insats and its decision."""
    return {
        "insats_id": insats.eget_id,
        "beslut_id": None,
        "nr": {"insats": insats.id, "beslut": insats.beslut},
    }


def _swedish(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=STOCKHOLM)


# What can be changed: the model of its data, and what the person then does.
KINDS: dict[str, tuple[type[told.Data], Callable[[Desk, Any], None]]] = {
    "resurs_registrerad": (told.Resurs, Desk.registrera_resurs),
    "beslut_registrerat": (told.Beslut, Desk.registrera_beslut),
    "beslut_verkstallt": (told.Verkstallighet, Desk.verkstall_beslut),
    "resurs_tilldelad": (told.Tilldelning, Desk.tilldela_resurs),
    "aktanteckning_skapad": (told.Anteckning, Desk.skriv_anteckning),
    "uppdrag_mottaget": (told.Uppdrag, Desk.ta_emot_uppdrag),
    "uppdrag_fordelat": (told.Uppdrag, Desk.fordela_uppdrag),
    "uppdrag_avbojt": (told.Uppdrag, Desk.boj_av_uppdrag),
    "uppdrag_aterkallat": (told.Uppdrag, Desk.aterkalla_uppdrag),
    "genomforandeplan_upprattad": (told.Plan, Desk.uppratta_plan),
    "insats_avslutad": (told.Avslut, Desk.avsluta_insats),
}
NEEDS_NO_ARENDE = frozenset({"resurs_registrerad"})
