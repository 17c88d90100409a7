"""What a replay is to be about: chosen once, by the database, and frozen as a job."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bbic_bridge.delivery.reference import fresh_id
from bbic_bridge.delivery.states import State
from bbic_bridge.handbook.personnummer import contains_personnummer
from bbic_bridge.services.acts import NoDelivery, NotPossible, delivery
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.services.queries import to_query
from bbic_bridge.services.release import validated
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.store import overview
from bbic_bridge.store.replay_items import choose, choose_ids, digest_of
from bbic_bridge.store.replay_jobs import Job, add_job, freeze_selection, get_job
from bbic_bridge.store.tx import Tx

REPLAYED_BY_DEFAULT = (State.FAILED.value, State.WITH_PERSON.value)
EVERYTHING = Filter(limit=10**9)
_NAME = re.compile(r"[\w.-]{1,64}")


class _Nothing(Exception):
    """Nothing was chosen: there is no job to keep."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a replay is to be: the deliveries of ``ids``, or those that the filter ``chosen`` takes
    (by default what needs a person).

    ``edit`` is the whole corrected uppgift of the one delivery named, as JSON; ``rate`` is per
    second.
    """

    actor: str
    ids: Sequence[str] = ()
    chosen: Filter = EVERYTHING
    name: str = ""
    reason: str = ""
    same_bytes: bool = False
    rate: float | None = None
    edit: Mapping[str, Any] | None = None


def plan(bridge: Bridge, asked: Asked) -> Job | None:
    """Freezes a selection as a job, which nothing is done about yet; None where it is empty.

    Raises:
        NoDelivery: there is none of an id.
        NotPossible: the edit or the name does not do.
    """
    if asked.name and (not _NAME.fullmatch(asked.name) or contains_personnummer(asked.name)):
        raise NotPossible(
            "a job's name is letters, digits, . _ and -, at most 64, and names no one"
        )
    ids = tuple(dict.fromkeys(asked.ids))
    chosen = asked.chosen
    if not chosen.states:
        chosen = replace(chosen, states=REPLAYED_BY_DEFAULT)

    def write(tx: Tx) -> Job:
        job = _new(tx, asked, ids, chosen)
        edit = validated(tx, _one(tx, ids), asked.edit) if asked.edit is not None else None
        add_job(tx, job, reason=asked.reason, edit=edit)
        if ids:
            choose_ids(tx, job.id, ids)
        else:
            choose(tx, job.id, to_query(chosen))
        total, digest = digest_of(tx, job.id)
        if total < len(ids):
            raise NoDelivery(f"there is no delivery {', '.join(_missing(tx, ids))}")
        if not total:
            raise _Nothing
        freeze_selection(tx, job.id, total, digest)
        return get_job(tx, job.id) or job

    try:
        return bridge.store.write(write)
    except _Nothing:
        return None


def _new(tx: Tx, asked: Asked, ids: Sequence[str], chosen: Filter) -> Job:
    query: dict[str, Any] = {"ids": len(ids)} if ids else _described(chosen)
    return Job(
        id=fresh_id(),
        name=asked.name or _name(query),
        kommun=_one(tx, ids).kommun if len(ids) == 1 else BRIDGE,
        chosen=query,
        mode="same_bytes" if asked.same_bytes else "mapped_anew",
        rate=asked.rate,
        actor=asked.actor,
    )


def _described(chosen: Filter) -> dict[str, Any]:
    """A filter as it is kept and shown."""
    told: dict[str, Any] = {"states": list(chosen.states), "kommuner": list(chosen.kommuner)}
    for name in ("system", "operation", "arende", "error"):
        told[name] = getattr(chosen, name)
    for name in ("since", "until"):
        at = getattr(chosen, name)
        told[name] = at.isoformat() if at else None
    return {name: value for name, value in told.items() if value}


def _name(query: Mapping[str, Any]) -> str:
    if "ids" in query:
        return "one" if query["ids"] == 1 else f"{query['ids']}-by-id"
    words = [word for value in query.values() for word in _words(value)]
    return "-".join(words)[:64]


def _words(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _one(tx: Tx, ids: Sequence[str]) -> Any:
    if len(ids) != 1:
        raise NotPossible("an edit corrects one delivery")
    return delivery(tx, ids[0])


def _missing(tx: Tx, ids: Sequence[str]) -> list[str]:
    return [one for one in ids if overview.get_delivery(tx, one) is None]
