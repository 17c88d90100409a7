"""Replaying very many failed deliveries: how long the command takes, and the memory it needs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from bbic_bridge.security.envelope import RootKeys, new_root_key
from bbic_bridge.store.cases import ensure_case
from bbic_bridge.store.deliveries import NewDelivery, add_delivery
from bbic_bridge.store.migrate import migrate
from bbic_bridge.store.schema import deliveries
from bbic_bridge.store.store import Store
from bbic_bridge.store.tx import Tx
from bench import Bar

DELIVERIES, FEW, AT_ONCE = 100_000, 1_000, 1_000
# What SQLite may keep of a large file: 64 MB a connection, of which there are two.
MB_MORE = 128.0
KOMMUN = "malmo"
PAYLOAD = {"barn": {"personnummer": "201601022385"}, "beslut_id": "B-1", "text": "x" * 500}


def run() -> list[Bar]:
    """Memory that does not grow with what is replayed is the bar; the time is told beside it."""
    _, small = _replayed(FEW)
    seconds, large = _replayed(DELIVERIES)
    more = large - small
    told = {"deliveries": DELIVERIES, "seconds": round(seconds, 1), "peak_mb": round(large, 1)}
    print(json.dumps({**told, "peak_mb_with_few": round(small, 1)}))
    rate = DELIVERIES / seconds
    return [
        Bar(name=f"replay {DELIVERIES:,} failed: released a second", value=rate, bar="-", met=True),
        Bar(
            name="the same: MB more than for 1,000",
            value=more,
            bar=f"<= {MB_MORE:g}",
            met=more <= MB_MORE,
        ),
    ]


def fill(store: Store, count: int) -> None:
    """That many failed deliveries, each of a case of its own."""
    for first in range(0, count, AT_ONCE):
        store.write(partial(_failed, numbers=range(first, min(first + AT_ONCE, count))))

    def fail(tx: Tx) -> None:
        failed = {"state": "failed", "attempts": 0, "error_kind": "rejected", "due_at": None}
        tx.connection.execute(sa.update(deliveries).values(**failed))

    store.write(fail)


def _failed(tx: Tx, numbers: range) -> None:
    for number in numbers:
        case, name = f"A-{number}", f"D{number:09}"
        ensure_case(tx, (KOMMUN, case))
        what = ("procapita", "registrera_beslut", name, "x", PAYLOAD)
        add_delivery(tx, NewDelivery(name, KOMMUN, case, *what))


def _replayed(count: int) -> tuple[float, float]:
    """Seconds and peak megabytes of ``bbic-bridge replay``, in a process of its own."""
    with _folder(count) as folder:
        began = time.perf_counter()
        words = ["replay", "--state", "failed", "--config", str(folder / "bridge.toml")]
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "bbic_bridge.cli", *words], stdout=out, cwd=folder
            )
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return time.perf_counter() - began, used.ru_maxrss / 1024


@contextmanager
def _folder(count: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = {key: new_root_key() for key in ("master_key", "index_key")}
        for key, value in keys.items():
            (folder / key).write_text(value)
        url = f"sqlite:///{folder / 'bridge.db'}"
        (folder / "bridge.toml").write_text(
            f'database_url = "{url}"\nmaster_key_file = "master_key"\n'
            'index_key_file = "index_key"\n'
            f'[kommun.{KOMMUN}]\nsystem = "procapita"\nwrite_url = "http://127.0.0.1:9"\n'
            'read_url = "http://127.0.0.1:9"\ndomain = "x"\nkey = "x"\n'
        )
        migrate(url)
        store = Store(url, RootKeys(**keys), lambda: datetime.now(UTC))
        store.open([KOMMUN])
        fill(store, count)
        store.close()
        yield folder
