"""Keys: what lies under each, which are missing, and changing them while everything runs.

How far a change has come stands nowhere but in the data: what is still under an earlier key.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from bbic_bridge.delivery.errors import ConfigurationError
from bbic_bridge.security.envelope import CannotOpen, DataKey, RootKeys
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.settings import Settings
from bbic_bridge.store.keyring import data_keys_of
from bbic_bridge.store.migrate import require_current
from bbic_bridge.store.sealed import (
    SealedTable,
    SealedValue,
    columns,
    count_by_key,
    older_values,
    replace_values,
)
from bbic_bridge.store.store import Store
from bbic_bridge.store.times import moment
from bbic_bridge.store.tx import Tx

PAGE = 200
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class KeyView:
    """A data key, and how many values are sealed with it. ``newest``: it seals what comes now."""

    kommun: str
    key_id: int
    created_at: datetime
    values: int
    newest: bool


@dataclass(frozen=True, slots=True)
class Rotation:
    """A kommun's change to the data key ``key_id``.

    ``resumed``: it had begun before. ``left``: values that could not be opened, or that somebody
    worked on; while there are any, the earlier keys stay. ``removed``: the keys that went.
    """

    kommun: str
    key_id: int
    resumed: bool
    resealed: int
    left: int
    removed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """What cannot be opened: a data key that the master key is not for (``closed``), values whose
    data key is not in the database (``gone``), or all that is compared by hashes."""

    kind: Literal["closed", "gone", "other_index_key"]
    kommun: str = ""
    key_id: int = 0


def root_keys(settings: Settings) -> RootKeys:
    """The configured keys. Raises ``ConfigurationError`` for one that is none."""
    return RootKeys(
        settings.master_key.get_secret_value(),
        settings.index_key.get_secret_value(),
        [key.get_secret_value() for key in settings.earlier_master_keys],
    )


def list_keys(bridge: Bridge) -> list[KeyView]:
    """Every data key. Counts what is under it, which reads the whole database."""
    with bridge.store.read() as tx:
        counts = _count(tx)
        keys = data_keys_of(tx.connection)
    newest = {kommun: key_id for kommun, key_id, _ in keys}
    return [
        KeyView(kommun, key_id, moment(at), counts[kommun, key_id], newest[kommun] == key_id)
        for kommun, key_id, at in keys
    ]


def kommuner_with_keys(bridge: Bridge) -> list[str]:
    """Those that have a data key, the bridge's own among them."""
    with bridge.store.read() as tx:
        return sorted({kommun for kommun, _, _ in data_keys_of(tx.connection)})


def rotate(bridge: Bridge, kommun: str, *, actor: str, reason: str, tell: Tell) -> Rotation:
    """Seals all that a kommun has with a new data key, page by page, while others read and write.

    One that was interrupted goes on to the key that it had made. Audited.

    Args:
        tell: is told how many values more are done.
    """
    key_id, resumed = bridge.store.write(lambda tx: _begin(tx, kommun, actor, reason))
    bridge.store.wait_for_writers()
    resealed = 0
    while done := _pass(bridge, kommun, key_id, tell):
        resealed += done
    with bridge.store.read() as tx:
        counts = _count(tx)
    left = sum(n for (whose, under), n in counts.items() if whose == kommun and under < key_id)

    def end(tx: Tx) -> list[int]:
        removed = [] if left else tx.keyring.forget(tx.connection, kommun, key_id)
        details = {"key": key_id, "resealed": resealed, "left": left, "removed": removed}
        note(tx, actor, "keys_rotated", kommun, kommun, details)
        return removed

    removed = bridge.store.write(end)
    return Rotation(kommun, key_id, resumed, resealed, left, tuple(removed))


def rewrap(bridge: Bridge, *, actor: str, reason: str) -> list[tuple[str, int]]:
    """Wraps with the configured master key every data key that an earlier one wraps. Audited.

    Returns:
        (kommun, key id) of those.
    """

    def job(tx: Tx) -> list[tuple[str, int]]:
        done = tx.keyring.rewrap(tx.connection)
        details = {"reason": reason, "keys": len(done)}
        note(tx, actor, "master_key_changed", "master_key", BRIDGE, details)
        return done

    return bridge.store.write(job)


def missing_keys(settings: Settings, clock: Callable[[], datetime]) -> list[KeyProblem]:
    """What the configured keys do not open of the database as it is, e.g. of a restored copy.

    Raises:
        StoreUnavailable: the database cannot be reached.
        ConfigurationError: the keys are none, or the schema is another than this program's.
    """
    store = Store(settings.sqlalchemy_url(), root_keys(settings), clock)
    try:
        with store.read() as tx:
            require_current(tx.connection)
            return list(_problems(tx))
    finally:
        store.close()


def _problems(tx: Tx) -> Iterator[KeyProblem]:
    for kommun, key_id in tx.keyring.check(tx.connection):
        yield KeyProblem("closed", kommun, key_id)
    known = {(kommun, key_id) for kommun, key_id, _ in data_keys_of(tx.connection)}
    for kommun, key_id in sorted(_count(tx).keys() - known):
        yield KeyProblem("gone", kommun, key_id)
    if not tx.keyring.is_index_key(tx.connection):
        yield KeyProblem("other_index_key")


def _begin(tx: Tx, kommun: str, actor: str, reason: str) -> tuple[int, bool]:
    """The key to change to, and whether it was there: more than one is a change under way."""
    ids = tx.keyring.key_ids(tx.connection, kommun)
    if not ids:
        raise ConfigurationError(f"{kommun} has no data key in this database")
    resumed = len(ids) > 1
    note(tx, actor, "keys_rotate", kommun, kommun, {"reason": reason, "resumed": resumed})
    return (ids[-1] if resumed else tx.keyring.add(tx.connection, kommun, tx.now)), resumed


def _pass(bridge: Bridge, kommun: str, key_id: int, tell: Tell) -> int:
    """Goes once through all that is under earlier keys. Returns how many values were resealed."""
    with bridge.store.read() as tx:
        key = tx.keyring.key(tx.connection, kommun, key_id)
    done = 0
    for place, column in columns():
        after: tuple[Any, ...] | None = None
        while True:
            with bridge.store.read() as tx:
                page = older_values(tx, place, column, kommun, key_id, after, PAGE)
                pairs = _resealed(tx, kommun, place, column, page, key)
            if not page:
                break
            after = page[-1].key
            if pairs:
                job = partial(replace_values, place=place, column=column, pairs=pairs)
                moved = bridge.store.write(job)
                done += moved
                tell(moved)
    return done


def _resealed(
    tx: Tx,
    kommun: str,
    place: SealedTable,
    column: str,
    page: list[SealedValue],
    key: DataKey,
) -> list[tuple[SealedValue, bytes]]:
    """The page's values under the new key; what does not open is left as it is."""
    pairs = []
    for value in page:
        where = (place.table.name, value.row, column)
        try:
            plain = tx.open(kommun, value.sealed, *where)
        except CannotOpen:
            continue
        pairs.append((value, key.seal(plain, *where)))
    return pairs


def _count(tx: Tx) -> Counter[tuple[str, int]]:
    counts: Counter[tuple[str, int]] = Counter()
    for place, column in columns():
        counts.update(count_by_key(tx, place, column))
    return counts
