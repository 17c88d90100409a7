"""An excerpt of Skatteverket's published test numbers, evenly picked, odd ones included."""

import json
from pathlib import Path

_UTDRAG: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data" / "skatteverket_utdrag.json").read_text(encoding="utf-8")
)
PERSONNUMMER: tuple[str, ...] = tuple(_UTDRAG["personnummer"])
SAMORDNINGSNUMMER: tuple[str, ...] = tuple(_UTDRAG["samordningsnummer"])
"""A third hold month 00, day 60 or a date that does not exist."""
INTERIM = ("20160503T123", "19870901TF12")
