"""Trying again what stopped. A replay is a job: what it is about is chosen once, by the database,
and shown; exactly that is then let go, each delivery judged anew under its case's lock.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bbic_bridge.services.acts import NoDelivery, NotPossible
from bbic_bridge.services.bridge import Bridge
from bbic_bridge.services.preview import preview
from bbic_bridge.services.release import Way, edits_of, judge, note_revealed, release, shown
from bbic_bridge.services.replay_plan import Asked, plan
from bbic_bridge.services.views.replays import ReplayItem
from bbic_bridge.store import overview
from bbic_bridge.store.replay_items import (
    Item,
    close_item,
    hold_items,
    items_of,
)
from bbic_bridge.store.replay_jobs import (
    Job,
    get_job,
    is_mine,
    move_job,
    start_job,
    why_and_edit,
)
from bbic_bridge.store.tx import Tx

AT_ONCE = 100
STEPS_A_SECOND = 10


class NoJob(NotPossible):
    """No job has that id."""


def look(bridge: Bridge, job: Job, *, reveal: bool = False) -> Iterator[ReplayItem]:
    """What running a job would do, delivery by delivery; the vendor is asked, nothing is changed.

    Args:
        reveal: show the values that differ; audited.
    """
    way = replace(_way(bridge, job), reveal=reveal)
    for page in _pages(bridge, job):
        for item in page:
            if reveal:
                bridge.store.write(partial(note_revealed, item=item, way=way))
            yield preview(bridge, item, way)


def run(
    bridge: Bridge,
    job_id: str,
    *,
    actor: str,
    reason: str = "",
    rate: float | None = None,
    reveal: bool = False,
    pace: Callable[[float | None, int], None] = lambda _rate, _done: None,
) -> Iterator[list[ReplayItem]]:
    """Lets the deliveries of a job go, from where it stands, some at a time.

    It ends early, with the job as others left it, where the job is paused or called off, or where
    somebody else has taken it over. It can be broken off anywhere and run again.

    Args:
        reason: in place of the one that the job was made with.
        rate: per second, in place of the job's own.
        reveal: show the values that an edit corrects; audited.
        pace: called before each part with the rate and how many are done; returns when it may go.

    Raises:
        NoJob: there is none of that id.
        NotPossible: it was cancelled.
    """
    job, number = _start(bridge, job_id, rate)
    if number is None:
        return
    way = _way(bridge, job)
    way = replace(way, actor=actor, reason=reason or way.reason, reveal=reveal)
    done = 0
    for page in _pages(bridge, job):
        pace(job.rate, done)
        items = _let_go(bridge, job, number, page, way)
        if items is None:
            return
        done += len(page)
        yield items
    bridge.store.write(
        lambda tx: is_mine(tx, job.id, number) and move_job(tx, job.id, ("running",), "done")
    )


def replay_one(
    bridge: Bridge,
    delivery_id: str,
    *,
    actor: str,
    dry_run: bool = False,
    edit: Mapping[str, Any] | None = None,
    same_bytes: bool = False,
    reason: str = "",
) -> ReplayItem:
    """Lets one stopped delivery go again, or says what that would do: a job of one.

    Raises:
        NoDelivery: there is none of that id.
        NotPossible: the edit does not fit the operation.
    """
    job = plan(
        bridge, Asked(actor, (delivery_id,), edit=edit, same_bytes=same_bytes, reason=reason)
    )
    if job is None:
        raise NoDelivery(f"there is no delivery {delivery_id}")
    if dry_run:
        return next(look(bridge, job))
    done = [item for items in run(bridge, job.id, actor=actor, reason=reason) for item in items]
    stopped = ReplayItem(delivery_id, "", "refused", "the job was stopped", job=job.id)
    return done[0] if done else stopped


def find_job(bridge: Bridge, job_id: str) -> Job:
    """The job. Raises ``NoJob``."""
    with bridge.store.read() as tx:
        job = get_job(tx, job_id)
    if job is None:
        raise NoJob(f"there is no replay job {job_id}")
    return job


def _way(bridge: Bridge, job: Job) -> Way:
    with bridge.store.read() as tx:
        reason, edit = why_and_edit(tx, job)
    return Way(job.id, job.actor, reason, job.mode == "same_bytes", edit)


def _start(bridge: Bridge, job_id: str, rate: float | None) -> tuple[Job, int | None]:
    def write(tx: Tx) -> int | None:
        number = start_job(tx, job_id, rate)
        if number is not None:
            hold_items(tx, job_id)
        return number

    if find_job(bridge, job_id).state == "cancelled":
        raise NotPossible(f"job {job_id} was cancelled")
    number = bridge.store.write(write)
    return find_job(bridge, job_id), number


def _pages(bridge: Bridge, job: Job) -> Iterator[list[Item]]:
    limit = AT_ONCE if job.rate is None else max(1, min(AT_ONCE, int(job.rate / STEPS_A_SECOND)))
    after = -1
    while True:
        with bridge.store.read() as tx:
            page = items_of(tx, job.id, after=after, limit=limit, outcome="open")
        if not page:
            return
        yield page
        after = page[-1].position


def _let_go(
    bridge: Bridge, job: Job, number: int, page: Sequence[Item], way: Way
) -> list[ReplayItem] | None:
    """Judges and releases a page in one transaction; None where the job is not ours any more."""

    def write(tx: Tx) -> list[ReplayItem] | None:
        if not is_mine(tx, job.id, number):
            return None
        return [_replay(tx, item, way) for item in page]

    items = bridge.store.write(write, {(item.kommun, item.arende) for item in page})
    if items:
        bridge.wake([(one.id, one.operation) for one in items if one.outcome == "released"])
    return items


def _replay(tx: Tx, item: Item, way: Way) -> ReplayItem:
    row = overview.get_delivery(tx, item.delivery_id)
    refused = judge(tx, item, row, way)
    edits = () if refused else edits_of(tx, row, way)
    if edits and way.reveal:
        note_revealed(tx, item, way)
    outcome, detail = refused or release(tx, row, way)
    close_item(tx, way.job, item.position, outcome, detail)
    operation = row.operation if row is not None else ""
    behind = len(overview.dependents(tx, item.delivery_id))
    found = shown(way, edits)
    return ReplayItem(item.delivery_id, operation, outcome, detail, behind, way.job, found)
