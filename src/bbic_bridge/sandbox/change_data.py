"""What a person may tell about a change: every field can be left out, unknown ones are ignored."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bbic_bridge.sandbox.procapita.codes import BESLUTSTYP, INSATSTYP

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
# XML 1.0 cannot write other control characters, not even escaped.
WRITABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]*$"
Kort = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=WRITABLE)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=WRITABLE)]
Personnummer = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}[0-9A-Z]{2}[0-9]{2}$")]
Insatstyp = Annotated[str, StringConstraints(pattern="^(" + "|".join(INSATSTYP) + ")$")]
Beslutstyp = Annotated[str, StringConstraints(pattern="^(" + "|".join(BESLUTSTYP) + ")$")]
Orsak = Literal["mal_uppfyllda", "familjen_tackar_nej", "leder_inte_till_maluppfyllelse", "annan"]


class Data(BaseModel):
    """Who the ärende is about, for one that no message has told of yet."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    personnummer: Personnummer | None = None
    namn: Kort | None = None


class Resurs(Data):
    resurs_id: Id | None = None
    resurstyp: Insatstyp = "kontaktfamilj"


class Beslut(Data):
    beslut_id: Id | None = None
    beslutstyp: Beslutstyp = "bifall"
    insatstyp: Insatstyp = "kontaktfamilj"
    beslutsdatum: date | None = None
    fran: date | None = None
    till: date | None = None
    beslutsfattare: Kort = "Sam Ek"
    motivering: Text | None = None


class Verkstallighet(Data):
    beslut_id: Id | None = None
    insats_id: Id | None = None
    fran: date | None = None
    handlaggare: Kort = "Robin Dal"


class Tilldelning(Data):
    insats_id: Id | None = None
    resurs_id: Id | None = None
    fran: date | None = None
    till: date | None = None
    omfattning: Annotated[int, Field(ge=1, le=100)] = 100


class Anteckning(Data):
    anteckning_id: Id | None = None
    handelsetid: datetime | None = None
    rubrik: Kort = "Telefonsamtal"
    text: Text = "Samtal om hur den senaste tiden har varit."
    forfattare: Kort = "Robin Dal"


class Uppdrag(Data):
    """A step of an uppdrag; ``handlaggare`` and ``roll`` are for ``uppdrag_fordelat``."""

    uppdrag_id: Id | None = None
    datum: date | None = None
    handlaggare: Kort = "Maja Lind"
    roll: Literal["behandlare", "specialpedagog"] = "behandlare"
    orsak: Text = "Enheten saknar plats."


class Mal(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mal_id: Id
    text: Text


class Plan(Data):
    plan_id: Id | None = None
    uppdrag_id: Id | None = None
    datum: date | None = None
    mal: tuple[Mal, ...] = ()


class Avslut(Data):
    insats_id: Id | None = None
    slutdatum: date | None = None
    orsak: Orsak | None = None
