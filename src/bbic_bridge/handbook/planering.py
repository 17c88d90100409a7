"""How the handbook's table (``regler``) is applied to one document."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bbic_bridge.handbook.dokument.bas import Dokument
from bbic_bridge.handbook.dokument.uppdrag import UppdragUpprattat
from bbic_bridge.handbook.fakta import faktum
from bbic_bridge.handbook.kodlistor import ALLA_INSATSTYPER
from bbic_bridge.handbook.krav import brister
from bbic_bridge.handbook.skydd import skyddad
from bbic_bridge.handbook.uppgifter import Insatstyp, Uppgift

Kalla = Literal["A", "B", "L", "D"]
Gor = Callable[[Any], Uppgift]


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
    """One operation to perform, the facts it waits for and the facts it gives."""

    operation: str
    uppgift: Uppgift = field(repr=False)
    kraver: tuple[str, ...]
    ger: tuple[str, ...]
    ger_ocksa: tuple[str, ...]
    lank: str


@dataclass(frozen=True, slots=True)
class Varning:
    """A deviation that travels along: where in the event, what, and who says so."""

    pointer: str
    message: str
    kalla: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an event leads to: operations (none: it is recorded only) and deviations."""

    uppgifter: tuple[Planerad, ...] = ()
    varningar: tuple[Varning, ...] = ()


def planerade(
    regler: Iterable[Regel], operationer: Mapping[str, Operation], dokument: Dokument
) -> Iterator[Planerad]:
    """The operations that the rules of one event type give for its document."""
    insatstyp = getattr(dokument, "insatstyp", None)
    for regel in regler:
        galler = insatstyp is None or insatstyp in regel.galler
        if galler and regel.operation is not None and regel.gor is not None:
            operation = operationer[regel.operation]
            yield _planerad(regel, regel.operation, operation, regel.gor(dokument), dokument)


def avvikelser(dokument: Dokument) -> Iterator[Varning]:
    """What the document lacks without being refused, and what is left out of it."""
    for brist in brister(dokument):
        if brist.vikt == "varning":
            yield Varning(f"/data{brist.pointer}", brist.text, brist.kalla)
    if isinstance(dokument, UppdragUpprattat) and _kontaktuppgifter_utelamnas(dokument):
        yield Varning("/data/kontaktuppgifter", "left out: someone is protected", "L")


def _kontaktuppgifter_utelamnas(uppdrag: UppdragUpprattat) -> bool:
    kontakter = uppdrag.kontaktuppgifter
    return bool(kontakter) and skyddad((uppdrag.barn, *uppdrag.foraldrar, *kontakter))


def _planerad(
    regel: Regel, namn: str, operation: Operation, uppgift: Uppgift, dokument: Dokument
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
    )
