"""Whether ``docs/handbook.md`` speaks of every line of the two source texts.

Run with the folder that holds them: ``python -m tests.handbook.check_sources FOLDER``. The texts
are not part of this repository.
"""

import sys
from pathlib import Path

from tests.handbook.plikter import plikter, utan_plikt

KALLOR = {"A": "000_*.txt", "B": "002_*.txt"}


def main(folder: Path) -> int:
    """Prints what differs; returns how much."""
    told = {rad for plikt in plikter() for rad in plikt.rader()}
    silent = utan_plikt()
    wrong = [f"{vem}:{nr} holds a duty and is said to hold none" for vem, nr in told & silent]
    lines = 0
    for vem, pattern in KALLOR.items():
        (path,) = folder.glob(pattern)
        # Form feeds are no line ends here: the numbers are those of an editor.
        rader = path.read_text(encoding="utf-8").split("\n")
        filled = {nr for nr, rad in enumerate(rader, start=1) if rad.strip()}
        lines += len(filled)
        spoken = {nr for en, nr in told | silent if en == vem}
        wrong += [f"{vem}:{nr} is not spoken of" for nr in sorted(filled - spoken)]
        wrong += [f"{vem}:{nr} is no line of the source" for nr in sorted(spoken - filled)]
    for line in wrong:
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"handbook sources: {lines} lines, {len(wrong)} differences\n")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(main(Path(sys.argv[1]))))
