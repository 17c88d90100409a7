"""One profile in many threads: every error is about the thread's own message."""

import copy
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bbic_bridge.mappings.engine import MappingError, load
from tests.mappings.cases import PROFILES, example

THREADS = 8
FIELDS = ("beslut_id", "beslutsfattare", "motivering", "arende", "referens", "ersatter")


def test_errors_are_not_mixed_up_between_threads() -> None:
    profile = load(PROFILES[0])
    data = example(PROFILES[0], "registrera_beslut")
    together = Barrier(THREADS)

    def wrong(number: int) -> set[str]:
        field = FIELDS[number % len(FIELDS)]
        broken = {**copy.deepcopy(data), field: "\t" * 30_000}
        together.wait(10)
        return {field, *(_error(broken) for _ in range(50))}

    def _error(broken: dict[str, object]) -> str:
        try:
            profile.build("registrera_beslut", broken)
        except MappingError as error:
            return error.field
        return "no error"

    with ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(wrong, range(THREADS)))
    assert told == [{FIELDS[number % len(FIELDS)]} for number in range(THREADS)]
