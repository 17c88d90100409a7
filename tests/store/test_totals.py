"""Control totals: the same for the sender and for us, whatever the order."""

import hashlib
import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bbic_bridge.security.envelope import RootKeys
from bbic_bridge.store import migrations
from bbic_bridge.store.migrate import migrate
from bbic_bridge.store.store import Store
from bbic_bridge.store.times import micros
from bbic_bridge.store.totals import Total, add_to_totals, totals_of
from tests.stores import Clock

DAY = date(2026, 3, 2)
BEFORE = "0006"
SOURCE, KOMMUN = "/handbok", "malmo"
PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def digest(*ids: str) -> str:
    total = sum(int.from_bytes(hashlib.sha256(one.encode()).digest()) for one in ids)
    return f"{total % 2**256:064x}"


def add(store: Store, *ids: str, day: date = DAY, kommun: str = KOMMUN) -> None:
    store.write(lambda tx: add_to_totals(tx, [(day, SOURCE, kommun, one) for one in ids]))


def read(store: Store, **options: Any) -> list[Total]:
    with store.read() as tx:
        return totals_of(tx, DAY, **options)


def test_no_order_matters_and_nothing_overflows(store: Store) -> None:
    ids = [f"händelse-{number}" for number in range(500)]
    random.Random(1).shuffle(ids)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: add(store, one), ids[:200]))
    add(store, *ids[200:])
    assert read(store) == [Total(DAY, SOURCE, KOMMUN, 500, digest(*sorted(ids)))]


def test_days_sources_and_kommuner_stand_for_themselves(store: Store) -> None:
    add(store, "a")
    add(store, "b", kommun="lund")
    add(store, "c", day=date(2026, 3, 3))
    assert [(one.kommun, one.digest) for one in read(store)] == [
        ("lund", digest("b")),
        (KOMMUN, digest("a")),
    ]
    assert [one.kommun for one in read(store, kommuner=(KOMMUN,))] == [KOMMUN]
    assert read(store, source="/another") == []


def test_several_processes_add_without_waiting_and_are_summed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shard, one in enumerate("abc"):
        monkeypatch.setattr("bbic_bridge.store.totals._SHARD", shard)
        add(store, one)
    assert read(store) == [Total(DAY, SOURCE, KOMMUN, 3, digest("a", "b", "c"))]


def test_what_was_accepted_before_there_were_totals_is_counted(
    empty_url: str, roots: RootKeys, clock: Clock
) -> None:
    engine = sa.create_engine(empty_url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    # 23:30 UTC is the next day in Stockholm.
    late_evening = micros(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        for number, time in enumerate((late_evening - 3_600_000_000, late_evening)):
            connection.execute(
                sa.text(
                    "INSERT INTO events (id, kommun, arende, source, event_id, type, time, "
                    "received_at, payload) VALUES (:id, 'malmo', 'A', '/handbok', :id, 't', :time,"
                    " 0, :payload)"
                ),
                {"id": f"e{number}", "time": time, "payload": b""},
            )
    engine.dispose()
    migrate(empty_url)
    store = Store(empty_url, roots, clock)
    with store.read() as tx:
        assert totals_of(tx, DAY) == [Total(DAY, SOURCE, KOMMUN, 1, digest("e0"))]
        assert [one.digest for one in totals_of(tx, date(2026, 3, 3))] == [digest("e1")]
    store.close()


def test_the_senders_six_lines_give_the_same(store: Store) -> None:
    """What docs/operations.md tells a sender to compute."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) <= 6
    sent = [
        {"id": "e1", "kommun": KOMMUN, "time": "2026-03-02T22:59:59Z"},
        {"id": "e2", "kommun": KOMMUN, "time": "2026-03-02T23:00:00Z"},
        {"id": "e3", "kommun": "lund", "time": "2026-03-02T12:00:00+01:00"},
        {"id": "e4", "kommun": KOMMUN, "time": "2026-03-02T00:00:00+01:00"},
    ]
    known: dict[str, Any] = {"events": sent, "day": DAY, "kommun": KOMMUN}
    exec(example, known)  # noqa: S102 (the page's own example)
    add(store, "e4", "e1")
    (ours,) = read(store)
    assert (len(known["ids"]), known["digest"]) == (ours.count, ours.digest)
