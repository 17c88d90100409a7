"""The short form of ``make chaos``: one round, every kind of fault, on each database."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.chaos.faults import possible
from tests.chaos.installation import Database, Installation, installation
from tests.chaos.run import Run
from tests.servers.process import wait_until


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.xdist_group("chaos")
def test_whatever_plug_is_pulled_the_books_balance(server_folder: Path, database: Database) -> None:
    folder = server_folder / f"chaos-{database}"
    folder.mkdir()
    folder.chmod(0o755)
    with installation(folder, database) as hurt:
        wait_until(lambda: _at_work(hurt) == {"worker": 2, "beat": 2}, within=60)
        run = Run(hurt, Random(4), at_once=(3,))
        found = run.round(1)
        assert found.even, {name: value for name, value in vars(found).items() if value}
        assert run.even, (run.refused, hurt.rejected, run.replayed)
        assert run.faults == dict.fromkeys(possible(hurt), 1)


def _at_work(hurt: Installation) -> Counter[str]:
    """How many processes there are that sweep and that schedule."""
    health = hurt.bridge.cli_json("status", exit_code=None)["health"]
    return Counter(one["kind"] for one in health["parts"])
