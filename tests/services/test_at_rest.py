"""Without the key the database shows no name, number, address or text, however things went."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bbic_bridge.delivery.errors import Ambiguous, Contract, NeedsPerson, Rejected, Transient
from bbic_bridge.delivery.ports import Link, Unreadable, VendorChange
from bbic_bridge.services.audit import record
from bbic_bridge.services.calling_off import cancel
from bbic_bridge.services.parking import give_up
from bbic_bridge.services.queries import list_deliveries
from bbic_bridge.services.replay import replay_one
from bbic_bridge.services.sync import sync_kommun
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.store.sealed import columns, older_values
from tests.handbook.kanarie import BARN, ORD, full, typer
from tests.services.conftest import World

HUGE = 1 << 20
NUMBERS = [BARN["personnummer"], "198901012396", "201601022385"]
FORBIDDEN = [ORD, *NUMBERS, *(f"{n[:8]}-{n[8:]}" for n in NUMBERS), *(n[2:] for n in NUMBERS)]
TROUBLE: tuple[Callable[[], Any], ...] = (
    lambda: Rejected("EJ_TILLATET", reason=ORD, answer=ORD.encode()),
    lambda: Contract("broken_answer", reason=ORD, answer=ORD.encode()),
    lambda: NeedsPerson("unknown_code", reason=ORD),
    lambda: Ambiguous("response_lost", reason=ORD, answer=ORD.encode()),
    lambda: Transient("connect_failed", reason=ORD),
)


def told(key: str, kind: str = "aktanteckning_skapad", **where: Any) -> VendorChange:
    values: dict[str, Any] = {
        "arende": None,
        "person": NUMBERS[2],
        "reference": None,
        "at": datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
        "data": {"text": ORD, "rubrik": ORD},
        "links": (Link("anteckning", "", key),),
    }
    return VendorChange(key=key, kind=kind, vendor_id=key, **values | where)


def live(world: World) -> None:
    """Every event there is, in a case of its own and all in one, well and badly received."""
    world.vendor.wording = ORD.encode()
    for number, typ in enumerate(typer()):
        world.vendor.trouble.extend(
            (TROUBLE[(number + one) % len(TROUBLE)](), one % 2 == 0) for one in range(2)
        )
        for arende in ("A-1", f"A-{typ}"):
            world.accept(full(typ, id=f"E-{arende}-{typ}", subject=arende, kommun="malmo"))
        world.work()
        world.clock.forward(7)
    for _ in range(5):
        world.clock.forward(60)
        world.work()


def act(world: World) -> None:
    """What people do: replay, edit, call off, read; each with a reason."""
    stopped = list_deliveries(world.bridge, Filter(states=("failed", "with_person"), limit=50))
    for number, one in enumerate(stopped):
        if number % 2:
            cancel(world.bridge, one.id, actor="anna", reason=ORD)
            continue
        replay_one(world.bridge, one.id, actor="anna", reason=ORD)
    world.vendor.trouble.clear()
    world.work()
    world.vendor.trouble.append((Rejected("EJ_TILLATET", reason=ORD), False))
    world.accept(full("beslut.fattat", id="E-edit", subject="A-edit", kommun="malmo"))
    world.work()
    refused = world.delivery("registrera_beslut", "A-edit").id
    (sent,) = (order for order in world.vendor.sent if order.reference == refused)
    edit = {**sent.uppgift, "beslutsfattare": ORD}
    replay_one(world.bridge, refused, actor="anna", edit=edit, reason=ORD)
    record(world.bridge, "anna", "reveal", "A-1", {"reason": ORD}, "malmo")


def hear(world: World) -> None:
    """What vendors tell: news, what is held back, what cannot be read."""
    world.vendor.trouble.append((Ambiguous("read_timeout"), False))
    world.vendor.deaf = Transient("connect_failed", reason=ORD)
    world.accept(full("aktanteckning.skriven", id="E-x", subject="A-x", kommun="malmo"))
    world.work()
    unreadable = [
        Unreadable(
            f"x:{n}", "beslut_registrerat", "changes", "bad_date", "p/m/f", ORD.encode(), b""
        )
        for n in range(2)
    ]
    world.vendor.tell(told("n:1"), told("n:2", arende="A-x"), told("n:3", arende="A-9"))
    world.vendor.tell(*unreadable)
    report = sync_kommun(world.bridge, "malmo")
    assert (report.held, report.parked) == (1, 2), report
    give_up(world.bridge, "x:1", "malmo", actor="anna", reason=ORD)


def sealed_texts(world: World) -> dict[str, int]:
    """How many values hold the word, by column, once they are opened."""
    found: dict[str, int] = {}
    with world.bridge.store.read() as tx:
        for place, column in columns():
            for value in older_values(tx, place, column, "malmo", HUGE, None, 10_000):
                plain = tx.open("malmo", value.sealed, place.table.name, value.row, column)
                name = f"{place.table.name}.{column}"
                found[name] = found.get(name, 0) + (ORD.encode() in plain)
    return found


def everything(url: str) -> Iterator[tuple[str, bytes]]:
    """All that lies in the database: each file's bytes, or each value of each table."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        yield from ((each.name, each.read_bytes()) for each in path.parent.glob(f"{path.name}*"))
        return
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings():  # noqa: S608  the name comes from the database itself
                for column, value in row.items():
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    yield f"{table}.{column}", bytes(raw)
    engine.dispose()


def test_nothing_personal_can_be_read_without_the_key(world: World) -> None:
    live(world)
    act(world)
    hear(world)
    kept = sealed_texts(world)
    assert [one for one in kept if not kept[one] and not one.startswith("notiser")] == []
    forbidden = re.compile("|".join(map(re.escape, FORBIDDEN)).encode())
    places = list(everything(world.bridge.settings.sqlalchemy_url()))
    assert sum(len(content) for _, content in places) > 100_000
    assert {place for place, content in places if forbidden.search(content)} == set()


@pytest.mark.parametrize("column", ["warnings", "arende"])
def test_the_search_would_find_it(world: World, column: str) -> None:
    """The test above is one that can fail."""
    world.accept(full("beslut.fattat", id="E-1", subject="A-1", kommun="malmo"))
    leak = sa.text(f"UPDATE events SET {column} = '{ORD}'")  # noqa: S608  a constant of this test
    world.bridge.store.write(lambda tx: tx.connection.execute(leak).rowcount)
    places = list(everything(world.bridge.settings.sqlalchemy_url()))
    assert any(ORD.encode() in content for _, content in places)
