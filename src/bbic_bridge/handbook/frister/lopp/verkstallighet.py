"""Step 8: a gynnande beslut is executed within three months (L: SoL 34 kap., LSS 28 f-i §§)."""

from collections.abc import Iterator
from datetime import date

from bbic_bridge.handbook.frister.lopp.bas import Lopp, Typer, mott
from bbic_bridge.handbook.frister.verkstallighet import Klocka, klockor
from bbic_bridge.handbook.kalender import add_days
from bbic_bridge.handbook.lage import Lage


def ej_verkstallt(lage: Lage, typer: Typer) -> Iterator[Lopp]:
    """Every clock of every gynnande beslut."""
    del typer
    for klocka in klockor(lage):
        senast, upphord = _slut(klocka)
        yield Lopp(
            objekt=klocka.beslut_id,
            insatstyp=klocka.insatstyp,
            fran=klocka.fran,
            senast=senast,
            **mott(klocka.verkstalld_av, klocka.verkstalld),
            upphord=upphord,
        )


def _slut(klocka: Klocka) -> tuple[date, date | None]:
    """The last day, and when the clock stops unmet.

    What is granted for less than three months can be executed until its last day (D): it is
    warned of before that, and falls away the day after.
    """
    if klocka.upphord is None or klocka.upphord_av is not None:
        return klocka.senast, klocka.upphord
    return min(klocka.senast, klocka.upphord), add_days(klocka.upphord, 1)
