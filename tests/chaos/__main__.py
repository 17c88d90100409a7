"""``python -m tests.chaos --seed N --minutes N``: rounds of mixed faults on both databases.

Prints a line for each round and, last, the balance as JSON. Exit 0 only if nothing was lost,
doubled, out of order or stuck.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, get_args

from tests.chaos.installation import Database, installation
from tests.chaos.run import Run

CLONES = 3


def main() -> int:
    asked = argparse.ArgumentParser(prog="make chaos", description="Pull every plug, and balance.")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--database", choices=(*get_args(Database), "both"), default="both")
    chosen = asked.parse_args()
    databases = get_args(Database) if chosen.database == "both" else (chosen.database,)
    share = chosen.minutes * 60 / len(databases)
    found = {name: _chaos(name, chosen.seed, share) for name in databases}
    totals: Counter[str] = Counter()
    for one in found.values():
        totals.update(one["balance"])
    even = all(one["even"] for one in found.values())
    print(json.dumps({"seed": chosen.seed, "minutes": chosen.minutes, **found}))
    print(json.dumps({"even": even, **totals}))
    return 0 if even else 1


def _chaos(database: Database, seed: int, seconds: float) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="bbic-chaos-"))
    folder.chmod(0o755)
    ends = time.monotonic() + seconds
    with installation(folder, database) as hurt:
        run, rounds = Run(hurt, Random(f"{seed} {database}")), 0
        while True:
            rounds += 1
            balance = run.round(CLONES)
            print(database, "round", rounds, json.dumps(balance.counts()), flush=True)
            if not balance.even or time.monotonic() >= ends:
                break
    if balance.even:
        shutil.rmtree(folder)
    else:
        details = {name: value for name, value in vars(balance).items() if value}
        print(json.dumps(details, indent=1), f"\nlogs and store: {folder}", file=sys.stderr)
    return {
        "even": balance.even and run.even,
        "rounds": rounds,
        "sent": run.sent,
        "refused": len(run.refused),
        "rejected": run.hurt.rejected,
        "replayed": run.replayed,
        "faults": dict(sorted(run.faults.items())),
        "balance": balance.counts(),
    }


if __name__ == "__main__":
    sys.exit(main())
