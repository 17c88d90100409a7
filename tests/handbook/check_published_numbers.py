"""Checks the canonicaliser against Skatteverket's whole published lists, and that every person
in ``examples/`` bears one of their numbers.

``python -m tests.handbook.check_published_numbers DIR`` where DIR holds
``personnummer-allPins.json`` and ``personnummer-allCoords.json``. Exit 1 on any refusal or
unpublished number.
"""

import json
import sys
from pathlib import Path

from bbic_bridge.handbook.personnummer import Slag, parse

EXAMPLES = Path(__file__).parents[2] / "examples"
LISTS: dict[str, Slag] = {
    "personnummer-allPins.json": "personnummer",
    "personnummer-allCoords.json": "samordningsnummer",
}


def main(folder: Path) -> int:
    """Prints one line per list, and one on the examples; returns the exit code."""
    wrong, published = 0, set[str]()
    for name, slag in LISTS.items():
        numbers = json.loads((folder / name).read_text(encoding="utf-8"))
        refused, undated = _count(numbers, slag)
        print(f"{name}: {len(numbers)} numbers, {refused} refused, {undated} without birth date")
        wrong += refused if numbers else 1
        published.update(numbers)
    persons = _persons_in_examples()
    print(f"examples: {len(persons)} persons, {len(persons - published)} unpublished")
    return 1 if wrong or not persons or persons - published else 0


def _persons_in_examples() -> set[str]:
    found: set[str] = set()
    for path in EXAMPLES.glob("*.ndjson"):
        for line in path.read_text(encoding="utf-8").splitlines():
            data = json.loads(line)["data"]
            found |= {one["personnummer"] for one in (data["barn"], *data.get("foraldrar", ()))}
    return found


def _count(numbers: list[str], slag: Slag) -> tuple[int, int]:
    wrong = undated = 0
    for number in numbers:
        try:
            found = parse(number)
        except ValueError:
            wrong += 1
            continue
        wrong += (found.slag, found.canonical) != (slag, number)
        undated += found.fodd is None
    return wrong, undated


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m {__spec__.name} DIR")
    sys.exit(main(Path(sys.argv[1])))
