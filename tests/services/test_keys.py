"""Changing keys while everything runs: nothing is lost, nothing stays under an old key."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bbic_bridge.bootstrap import bootstrap, no_wake
from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.security.envelope import new_root_key
from bbic_bridge.services import keys
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.keys import KeyProblem, missing_keys, rewrap, rotate
from bbic_bridge.services.queries import list_deliveries
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.settings import Settings
from bbic_bridge.store.audit import audit_of
from bbic_bridge.store.engine import StoreUnavailable
from bbic_bridge.store.notiser import add_notis
from bbic_bridge.store.schema import deliveries, notiser
from bbic_bridge.store.sealed import columns, older_values, replace_values
from bbic_bridge.store.tx import Tx
from tests.services.conftest import World
from tests.services.full import fill
from tests.stores import START

HUGE = 1 << 20


def nothing(_done: int) -> None:
    """Nobody watches."""


def turn(bridge: Bridge, kommun: str = "malmo", tell: keys.Tell = nothing) -> keys.Rotation:
    return rotate(bridge, kommun, actor="anna", reason="årligen", tell=tell)


def opened(bridge: Bridge, kommun: str = "malmo") -> dict[tuple[str, str, str], bytes]:
    """Every value of a kommun, by where it stands."""
    with bridge.store.read() as tx:
        return {
            (place.table.name, value.row, column): tx.open(
                kommun, value.sealed, place.table.name, value.row, column
            )
            for place, column in columns()
            for value in older_values(tx, place, column, kommun, HUGE, None, 10_000)
        }


def under(bridge: Bridge, kommun: str = "malmo") -> dict[int, int]:
    return {key.key_id: key.values for key in keys.list_keys(bridge) if key.kommun == kommun}


def remember(bridge: Bridge, rad: str) -> None:
    bridge.store.write(lambda tx: add_notis(tx, "malmo", "A-1", rad, "x", START, {"a": 1}))


@contextmanager
def another(settings: Settings, **changed: Any) -> Iterator[Bridge]:
    """A process more, on the same database."""
    made = bootstrap(settings.model_copy(update=changed), wake=no_wake, systems=_nobody)
    try:
        yield made
    finally:
        made.close()


def _nobody(name: str) -> Any:
    raise AssertionError(name)


def test_everything_is_resealed_and_the_earlier_key_goes(world: World) -> None:
    fill(world)
    before, others = opened(world.bridge), opened(world.bridge, "lund")
    told: list[int] = []
    done = turn(world.bridge, tell=told.append)
    assert (done.key_id, done.resumed, done.left, done.removed) == (2, False, 0, (1,))
    assert sum(told) == done.resealed > 0
    after = opened(world.bridge)
    assert {place: after[place] for place in before} == before
    assert list(under(world.bridge)) == [2]
    assert list(under(world.bridge, "lund")) == [1]
    assert opened(world.bridge, "lund") == others
    assert missing_keys(world.bridge.settings, world.clock) == []
    with another(world.bridge.settings) as fresh:
        assert opened(fresh) == after


def test_who_changed_the_keys_and_why_is_audited(world: World) -> None:
    turn(world.bridge)
    with world.bridge.store.read() as tx:
        began, ended = audit_of(tx, "malmo")
    assert (began["actor"], began["action"]) == ("anna", "keys_rotate")
    assert began["details"]["reason"] == "årligen"
    assert (ended["action"], ended["details"]["removed"]) == ("keys_rotated", [1])


def test_what_is_written_meanwhile_is_kept_and_ends_under_the_new_key(world: World) -> None:
    fill(world)

    def meanwhile(_done: int) -> None:
        world.send("beslut.fattat", arende=f"A-{world.count}", beslut_id=f"B-{world.count}")
        world.work()

    turn(world.bridge, tell=meanwhile)
    assert list(under(world.bridge)) == [2]
    assert set(world.states("A-9").values()) <= {"verified"}
    assert len(opened(world.bridge)) == sum(under(world.bridge).values())


def test_what_was_written_between_the_reading_and_the_sealing_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a change of keys has read may be old by the time that it writes."""
    fill(world)
    written: list[tuple[str, str, str]] = []

    def late(tx: Tx, **given: Any) -> int:
        if given["place"].table is deliveries and not written:
            row = given["pairs"][0][0].row
            newer = tx.seal("malmo", b'{"newer":true}', "deliveries", row, "payload")
            of_row = sa.update(deliveries).where(deliveries.c.id == row)
            tx.connection.execute(of_row.values(payload=newer))
            written.append(("deliveries", row, "payload"))
        return replace_values(tx, **given)

    monkeypatch.setattr(keys, "replace_values", late)
    turn(world.bridge)
    assert [opened(world.bridge)[place] for place in written] == [b'{"newer":true}']


def test_what_was_interrupted_goes_on_to_the_same_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "PAGE", 2)
    fill(world)
    before = opened(world.bridge)

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn(world.bridge, tell=stop)
    assert set(under(world.bridge)) == {1, 2}
    assert min(under(world.bridge).values()) > 0
    done = turn(world.bridge)
    assert (done.key_id, done.resumed, done.removed) == (2, True, (1,))
    assert before.items() <= opened(world.bridge).items()


def test_a_killed_change_goes_on(world: World) -> None:
    for number in range(600):
        remember(world.bridge, f"n:{number}")
    settings = world.bridge.settings
    program = (
        "import os, signal, sys; from tests.services.test_keys import die_after_a_page;"
        "die_after_a_page(*sys.argv[1:])"
    )
    words = [
        settings.sqlalchemy_url(),
        *(_secret(settings, n) for n in ("master_key", "index_key")),
    ]
    killed = subprocess.run([sys.executable, "-c", program, *words], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert min(under(world.bridge).values()) > 0
    done = turn(world.bridge)
    assert (done.resumed, done.left) == (True, 0)
    assert len(opened(world.bridge)) >= 600


def die_after_a_page(url: str, master_key: str, index_key: str) -> None:
    """What the killed process of the test above does."""
    settings = Settings(
        database_url=SecretStr(url),
        master_key=SecretStr(master_key),
        index_key=SecretStr(index_key),
    )
    with another(settings) as bridge:
        turn(bridge, tell=lambda _: os.kill(os.getpid(), signal.SIGKILL))


def _secret(settings: Settings, name: str) -> str:
    value: SecretStr = getattr(settings, name)
    return value.get_secret_value()


def test_another_process_seals_with_the_new_key_at_once(world: World) -> None:
    with another(world.bridge.settings) as other:
        remember(other, "before")
        turn(world.bridge)
        remember(other, "after")
        assert opened(other)["notiser", "after", "payload"] == b'{"a":1}'
    assert missing_keys(world.bridge.settings, world.clock) == []


def test_who_is_writing_is_waited_for(world: World) -> None:
    """The key that a transaction under way has sealed with is not deleted before it has ended."""
    sealed, go_on = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        add_notis(tx, "malmo", "A-1", "slow", "x", START, {"a": 1})
        sealed.set()
        assert go_on.wait(30)

    with another(world.bridge.settings) as other:
        writing = threading.Thread(target=other.store.write, args=(slow,))
        writing.start()
        assert sealed.wait(30)
        changing = threading.Thread(target=turn, args=(world.bridge,))
        changing.start()
        changing.join(0.5)
        assert changing.is_alive()
        go_on.set()
        changing.join(60)
        writing.join(60)
    assert list(under(world.bridge)) == [2]
    assert opened(world.bridge)["notiser", "slow", "payload"] == b'{"a":1}'


def test_two_changes_at_a_time_end_under_the_later_key(world: World) -> None:
    for number in range(300):
        remember(world.bridge, f"n:{number}")
    with another(world.bridge.settings) as other:
        threads = [
            threading.Thread(target=turn, args=(bridge,)) for bridge in (world.bridge, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    turn(world.bridge)
    assert len(under(world.bridge)) == 1
    assert len(opened(world.bridge)) >= 300


def test_what_does_not_open_keeps_its_key_and_is_told(world: World) -> None:
    remember(world.bridge, "good")
    remember(world.bridge, "bad")
    with world.bridge.store.read() as tx:
        found = dict(tx.connection.execute(sa.select(notiser.c.rad, notiser.c.payload)).all())
    swap = sa.update(notiser).where(notiser.c.rad == "bad").values(payload=found["good"])
    world.bridge.store.write(lambda tx: tx.connection.execute(swap).rowcount)
    done = turn(world.bridge)
    assert (done.left, done.removed) == (1, ())
    assert under(world.bridge)[1] == 1


class TestMasterKey:
    """Both are accepted while it is being changed; afterwards only the new one is needed."""

    def test_it_is_changed_in_three_steps(self, world: World) -> None:
        fill(world)
        before, old = opened(world.bridge), world.bridge.settings
        new = SecretStr(new_root_key())
        both = {"master_key": new, "earlier_master_keys": (old.master_key,)}
        with another(old, **both) as during:
            assert opened(during) == before
            turn(during, "lund")
            assert rewrap(during, actor="anna", reason="byte") == [("_bridge", 1), ("malmo", 1)]
            assert rewrap(during, actor="anna", reason="byte") == []
        with another(old, master_key=new) as after:
            assert before.items() <= opened(after).items()
        refused = pytest.raises(ConfigurationError, match=r"^setting master_key: not the key of")
        with refused, another(old):
            pass

    def test_who_changed_it_and_why_is_audited(self, world: World) -> None:
        rewrap(world.bridge, actor="anna", reason="byte")
        with world.bridge.store.read() as tx:
            acts = audit_of(tx, "master_key")
        assert [(act["actor"], act["action"], act["details"]["reason"]) for act in acts] == [
            ("anna", "master_key_changed", "byte")
        ]

    def test_who_was_not_started_again_is_unable_and_spoils_nothing(self, world: World) -> None:
        world.send("beslut.fattat")
        old = world.bridge.settings
        both = {"master_key": SecretStr(new_root_key()), "earlier_master_keys": (old.master_key,)}
        with another(old, **both) as during:
            turn(during)
            rewrap(during, actor="anna", reason="byte")
            with pytest.raises(StoreUnavailable, match="start it again"):
                world.send("beslut.fattat", beslut_id="B2")
            with pytest.raises(StoreUnavailable, match="start it again"):
                world.work()
            (view,) = list_deliveries(during, Filter())
        assert (view.state, view.attempts) == ("claimed", 0)

    def test_what_was_opened_before_goes_on_meanwhile(self, world: World) -> None:
        world.send("beslut.fattat")
        new = SecretStr(new_root_key())
        old = world.bridge.settings
        both = {"master_key": new, "earlier_master_keys": (old.master_key,)}
        with another(old, **both) as during:
            rewrap(during, actor="anna", reason="byte")
        world.work()
        assert world.states() == {"registrera_beslut": "verified"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("master_key", [KeyProblem("closed", name, 1) for name in ("_bridge", "lund", "malmo")]),
        ("index_key", [KeyProblem("other_index_key")]),
    ],
)
def test_other_keys_than_the_databases_are_named(
    world: World, name: str, expected: list[KeyProblem]
) -> None:
    world.send("beslut.fattat")
    other = world.bridge.settings.model_copy(update={name: SecretStr(new_root_key())})
    assert missing_keys(other, world.clock) == expected
    assert missing_keys(world.bridge.settings, world.clock) == []


def test_a_data_key_that_is_not_there_is_named(world: World) -> None:
    world.send("beslut.fattat")
    world.bridge.store.write(lambda tx: tx.keyring.forget(tx.connection, "malmo", 2))
    assert missing_keys(world.bridge.settings, world.clock) == [KeyProblem("gone", "malmo", 1)]
