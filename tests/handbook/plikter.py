"""The table of ``docs/handbook.md``, read as data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOKUMENT = Path(__file__).parents[2] / "docs" / "handbook.md"
_KOD = re.compile(r"`([^`]+)`")
_RAD = re.compile(r"([AB]):([0-9]+)(?:-([0-9]+))?")
_LISTA = re.compile(r"^([AB]): ([0-9, ]+)$", re.MULTILINE)
_KOLUMNER = 8


@dataclass(frozen=True, slots=True)
class Plikt:
    """One row: who says it, its weight, and what shows, guards and proves it."""

    kalla: str
    vikt: str
    plikt: str
    handelser: tuple[str, ...]
    regler: tuple[str, ...]
    prov: tuple[str, ...]

    def kallor(self) -> set[str]:
        """Who says it, as the documents' fields name their sources."""
        lag = {f"L: {del_}" for del_ in self.kalla.split("L: ")[1:]}
        return {f"{vem}:{nr}" for vem, nr in self.rader()} | lag

    def rader(self) -> Iterator[tuple[str, int]]:
        """The lines of the sources that say it."""
        yield from _rader(self.kalla)


def plikter() -> list[Plikt]:
    """Every row of every table."""
    found = []
    for line in DOKUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or len(cells) != _KOLUMNER or cells[0] == "Källa":
            continue
        kalla, vikt, plikt, handelser, regler, _, _, prov = cells
        found.append(
            Plikt(
                kalla,
                vikt,
                plikt,
                tuple(_KOD.findall(handelser)),
                tuple(_KOD.findall(regler)),
                tuple(_KOD.findall(prov)),
            )
        )
    return found


def utan_plikt() -> set[tuple[str, int]]:
    """The lines that the document says hold no duty."""
    text = DOKUMENT.read_text(encoding="utf-8")
    return {(kalla, int(nr)) for kalla, lista in _LISTA.findall(text) for nr in lista.split(",")}


def _rader(kalla: str) -> Iterator[tuple[str, int]]:
    for vem, forsta, sista in _RAD.findall(kalla):
        for nr in range(int(forsta), int(sista or forsta) + 1):
            yield vem, nr
