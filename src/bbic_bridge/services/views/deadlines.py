"""Time limits: which, and how each stands."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bbic_bridge.handbook.frister import Skede
    from bbic_bridge.handbook.frister.lopp.bas import Vikt


@dataclass(frozen=True, slots=True)
class FristFilter:
    """Which time limits. Empty fields do not filter; ``met`` takes those that are met, or have
    fallen away, as well."""

    kommuner: tuple[str, ...] = ()
    arende: str | None = None
    koder: tuple[str, ...] = ()
    skeden: "tuple[Skede, ...]" = ()
    insatstyper: tuple[str, ...] = ()
    met: bool = False
    limit: int = 100


@dataclass(frozen=True, slots=True)
class FristView:
    """One time limit of one case, as it stands today.

    ``dagar_kvar`` is counted to ``senast``, below zero when that has passed, None when nothing is
    left to do. ``uppfylld_av`` is the row of the event that met it.
    """

    kommun: str
    arende: str
    kod: str
    namn: str
    steg: int
    kalla: str
    vikt: "Vikt"
    objekt_id: str
    insatstyp: str | None
    skede: "Skede"
    fran: date
    varna: date
    senast: date
    dagar_kvar: int | None
    uppfylld: date | None
    uppfylld_av: str | None
    upphord: date | None


@dataclass(frozen=True, slots=True)
class FristList:
    """A list of limits: whether there are ``more``, and whether any that the filter takes is
    overdue and weighs ``lag`` or ``ska``."""

    frister: tuple[FristView, ...]
    more: bool
    needs_person: bool
