"""Listing the time limits of all cases: milliseconds, however many there are."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from bbic_bridge.handbook.frister import Frist
from bbic_bridge.security.envelope import RootKeys, new_root_key
from bbic_bridge.store.frister import FristQuery, count_overdue, find_frister, keep_frister
from bbic_bridge.store.migrate import migrate
from bbic_bridge.store.store import Store
from bbic_bridge.store.tx import Tx
from bench import Bar

CASES, AT_ONCE, ROUNDS, MS = 50_000, 500, 20, 20.0
IDAG = date(2026, 9, 1)
FRIST = Frist("uppfoljning", "I1", "kontaktfamilj", "ska", IDAG, IDAG, IDAG)


def run() -> list[Bar]:
    """The median of many, in milliseconds: what the command and the metrics ask."""
    with _store() as store:
        for first in range(0, CASES, AT_ONCE):
            _fill(store, first)
        return [
            _bar(store, "list 100 to be met", FristQuery(IDAG)),
            _bar(store, "list 100 of one kommun", FristQuery(IDAG, ("kommun7",))),
            _bar(store, "list all of one case", FristQuery(IDAG, ("kommun7",), "A-7", met=True)),
            _bar(store, "count the overdue", None),
        ]


@contextmanager
def _store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bridge.db'}"
        migrate(url)
        store = Store(url, RootKeys(new_root_key(), new_root_key()), lambda: datetime.now(UTC))
        store.open(["malmo"])
        yield store
        store.close()


def _fill(store: Store, first: int) -> None:
    """Each case has two limits that were met, and one that runs; one in fifty is overdue."""

    def job(tx: Tx) -> None:
        for number in range(first, first + AT_ONCE):
            keep_frister(tx, f"kommun{number % 10}", f"A-{number}", _limits(number))

    store.write(job)


def _limits(number: int) -> Iterator[Frist]:
    for back in (400, 200):
        day = IDAG - timedelta(days=back)
        yield replace(FRIST, fran=day, varna=day, senast=day, uppfylld=day, uppfylld_av="R1")
    days = -1 if number % 50 == 0 else number % 180
    yield replace(FRIST, senast=IDAG + timedelta(days=days))


def _bar(store: Store, name: str, query: FristQuery | None) -> Bar:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with store.read() as tx:
            count_overdue(tx, IDAG) if query is None else find_frister(tx, query)
        took.append((time.perf_counter() - began) * 1000)
    text = f"{name}, {CASES:,} cases, {3 * CASES:,} limits: ms"
    value = median(took)
    return Bar(name=text, value=value, bar=f"<= {MS:g}", met=value <= MS)
