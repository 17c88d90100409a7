"""How the handbook's table (``regler``) is applied to one document."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from bbic_bridge.handbook.dokument.bas import Dokument
from bbic_bridge.handbook.fakta import faktum
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER, Vikt
from bbic_bridge.handbook.krav import VAGRAR, VARNAR, brister
from bbic_bridge.handbook.punkter import punkt_vid
from bbic_bridge.handbook.uppgifter import Insatstyp, Uppgift

Kalla = Literal["A", "B", "L", "D"]
Gor = Callable[[Any], Uppgift]
Hinder = Literal["skyddade_uppgifter", "skydd_havt"]

_UTELAMNAT = "Skickas inte vidare: någon är skyddad, eller skyddet är okänt."
_SEKRETESS = "L: SFS 2009:400"


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation waits for and gives.

    ``ger`` holds one fact per effect, in the order of ``uppgifter.EFFEKTER``; ``ger_ocksa`` those
    that hold when the whole operation has been read back. ``lank`` is the kind of the object that
    the vendor gives an id of its own.
    """

    lank: str
    ger: tuple[str, ...]
    kraver: tuple[str, ...] = ()
    ger_ocksa: tuple[str, ...] = ()

    @property
    def bundna(self) -> tuple[str, ...]:
        """The fields by whose ids it waits, or others for it: no correction alters them."""
        mallar = (*self.ger, *self.ger_ocksa, *self.kraver)
        falt = (ett for mall in mallar for ett in mall.partition(":")[2].split("/"))
        return tuple(dict.fromkeys(falt))


@dataclass(frozen=True, slots=True)
class Regel:
    """One event of the handbook and the operation it gives (None: recorded only)."""

    steg: int
    kalla: Kalla
    handelse: str
    operation: str | None
    forklaring: str
    gor: Gor | None = None
    galler: frozenset[Insatstyp] = ALLA_INSATSTYPER
    kraver: tuple[str, ...] = ()
    ger_ocksa: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planerad:
    """One operation to perform, the facts it waits for and the facts it gives.

    ``hinder`` says why a person must look before anything is sent: ``skyddade_uppgifter`` where
    the document needs what had to be left out of it, ``skydd_havt`` where it tells where someone
    is and protection that the case was told of is told no more.
    """

    operation: str
    uppgift: Uppgift = field(repr=False)
    kraver: tuple[str, ...]
    ger: tuple[str, ...]
    ger_ocksa: tuple[str, ...]
    lank: str
    hinder: Hinder | None = None


@dataclass(frozen=True, slots=True)
class Varning:
    """What is told of a document that was accepted, in the words of ``kuvert.Overtradelse``."""

    kod: str
    pointer: str
    message: str
    namn: str | None
    kalla: str
    vikt: Vikt

    def som_sparas(self) -> dict[str, str]:
        """The warning as it is kept with its event."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Plan:
    """What an event leads to: operations (none: it is recorded only) and warnings."""

    uppgifter: tuple[Planerad, ...] = ()
    varningar: tuple[Varning, ...] = ()


def planerade(
    regler: Iterable[Regel],
    operationer: Mapping[str, Operation],
    dokument: Dokument,
    hinder: Hinder | None = None,
    kraver: tuple[str, ...] = (),
) -> Iterator[Planerad]:
    """The operations that the rules of one event type give for its document.

    Args:
        dokument: without what may not be sent on (``skydd.skydda``).
        kraver: facts that all of them wait for besides.
    """
    insatstyp = getattr(dokument, "insatstyp", None)
    for regel in regler:
        galler = insatstyp is None or insatstyp in regel.galler
        if galler and regel.operation is not None and regel.gor is not None:
            operation = operationer[regel.operation]
            uppgift = regel.gor(dokument)
            en = _planerad(regel, regel.operation, operation, uppgift, dokument, hinder)
            yield replace(en, kraver=en.kraver + kraver) if kraver else en


def varningar(
    dokument: Dokument, utelamnat: Iterable[str], utan: Collection[str]
) -> Iterator[Varning]:
    """What the document lacks without being refused, and what is left out of it."""
    for brist in brister(dokument, utan):
        if brist.vikt in VARNAR:
            yield Varning(
                brist.kod,
                f"/data{brist.pointer}",
                brist.text,
                brist.namn,
                brist.kalla,
                brist.vikt,
            )
    for falt in utelamnat:
        namn = punkt_vid(type(dokument), (falt,)).namn
        yield Varning(f"skydd.{falt}", f"/data/{falt}", _UTELAMNAT, namn, _SEKRETESS, "lag")


def hinder_for(
    synligt: Dokument, utelamnat: Collection[str], utan: Collection[str]
) -> Hinder | None:
    """Why what is left of a document may not go by itself: a rule demands what was left out."""
    if not utelamnat:
        return None
    saknas = {brist.pointer for brist in brister(synligt, utan) if brist.vikt in VAGRAR}
    return "skyddade_uppgifter" if saknas & {f"/{falt}" for falt in utelamnat} else None


def _planerad(
    regel: Regel,
    namn: str,
    operation: Operation,
    uppgift: Uppgift,
    dokument: Dokument,
    hinder: Hinder | None,
) -> Planerad:
    def fyll(mallar: tuple[str, ...]) -> tuple[str, ...]:
        fyllda = (faktum(mall, varde) for mall in mallar)
        return tuple(fylld for fylld in fyllda if fylld is not None)

    def varde(falt: str) -> object:
        return getattr(uppgift if falt in type(uppgift).model_fields else dokument, falt)

    return Planerad(
        operation=namn,
        uppgift=uppgift,
        kraver=fyll(operation.kraver + regel.kraver),
        ger=fyll(operation.ger),
        ger_ocksa=fyll(operation.ger_ocksa + regel.ger_ocksa),
        lank=operation.lank,
        hinder=hinder,
    )
