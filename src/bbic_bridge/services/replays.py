"""The jobs that replays are: listed, shown, paused and called off."""

from datetime import timedelta

from bbic_bridge.services.acts import NotPossible
from bbic_bridge.services.audit import note
from bbic_bridge.services.bridge import BRIDGE, Bridge
from bbic_bridge.services.replay import find_job
from bbic_bridge.services.views.replays import (
    JobDetail,
    JobItemView,
    JobStanding,
    JobView,
    TryView,
)
from bbic_bridge.store import overview
from bbic_bridge.store.replay_items import (
    Item,
    call_off_items,
    count_outcomes,
    count_released_states,
    items_of,
    last_try,
)
from bbic_bridge.store.replay_jobs import STARTABLE, Job, JobState, list_jobs, move_job
from bbic_bridge.store.times import moment
from bbic_bridge.store.tx import Tx

QUIET_S = 60


def list_replays(bridge: Bridge, limit: int) -> list[JobView]:
    """The jobs, the newest first."""
    with bridge.store.read() as tx:
        return [_view(tx, job) for job in list_jobs(tx, limit)]


def show_job(bridge: Bridge, job_id: str) -> JobView:
    """One job. Raises ``NoJob``."""
    job = find_job(bridge, job_id)
    with bridge.store.read() as tx:
        return _view(tx, job)


def show_replay(bridge: Bridge, job_id: str, *, outcome: str | None, limit: int) -> JobDetail:
    """One job with its deliveries, in order, each with how it stands now.

    Args:
        outcome: only those that came to this; ``open`` for those whose turn has not come.

    Raises:
        NoJob: there is none of that id.
    """
    job = find_job(bridge, job_id)
    with bridge.store.read() as tx:
        found = items_of(tx, job_id, limit=limit + 1, outcome=outcome)
        return JobDetail(
            job=_view(tx, job),
            states=count_released_states(tx, job_id),
            items=tuple(_item(tx, item) for item in found[:limit]),
            more=len(found) > limit,
        )


def pause(bridge: Bridge, job_id: str, *, actor: str, reason: str = "") -> JobView:
    """Stops a job after the part that is under way; ``run`` goes on with it.

    Raises:
        NoJob: there is none of that id.
        NotPossible: it is not running.
    """
    return _move(bridge, job_id, ("running",), "paused", actor, reason)


def call_off(bridge: Bridge, job_id: str, *, actor: str, reason: str = "") -> JobView:
    """Ends a job for good: what it has not let go stays as it is, and other jobs may have it.

    Raises:
        NoJob: there is none of that id.
        NotPossible: it has ended.
    """
    return _move(bridge, job_id, STARTABLE, "cancelled", actor, reason)


def _move(
    bridge: Bridge,
    job_id: str,
    among: tuple[JobState, ...],
    state: JobState,
    actor: str,
    reason: str,
) -> JobView:
    job = find_job(bridge, job_id)

    def write(tx: Tx) -> bool:
        if not move_job(tx, job_id, among, state):
            return False
        if state == "cancelled":
            call_off_items(tx, job_id)
        note(tx, actor, f"replay_{state}", job_id, BRIDGE, {"reason": reason})
        return True

    if not bridge.store.write(write):
        raise NotPossible(f"job {job_id} is {job.state}")
    return show_job(bridge, job_id)


def _view(tx: Tx, job: Job) -> JobView:
    return JobView(
        id=job.id,
        name=job.name,
        state=_standing(tx, job),
        chosen=job.chosen,
        total=job.total,
        digest=job.digest,
        mode=job.mode,
        edited=job.edited,
        rate=job.rate,
        actor=job.actor,
        created_at=moment(job.created_at),
        started_at=moment(job.started_at) if job.started_at is not None else None,
        updated_at=moment(job.updated_at),
        outcomes=dict(count_outcomes(tx, job.id)),
    )


def _standing(tx: Tx, job: Job) -> JobStanding:
    """A job whose runner has been silent for too long was broken off, whatever it says itself."""
    quiet = timedelta(seconds=QUIET_S + 2 / (job.rate or 1))
    if job.state == "running" and moment(tx.now) - moment(job.updated_at) > quiet:
        return "interrupted"
    return job.state


def _item(tx: Tx, item: Item) -> JobItemView:
    row = overview.get_delivery(tx, item.delivery_id)
    return JobItemView(
        id=item.delivery_id,
        operation=row.operation if row is not None else None,
        outcome=item.outcome or "open",
        detail=item.detail or "",
        at=moment(item.at) if item.at is not None else None,
        state=row.state if row is not None else None,
        last_try=_tried(tx, item),
    )


def _tried(tx: Tx, item: Item) -> TryView | None:
    """What followed the release; what was before it says nothing of this replay."""
    if item.outcome != "released" or item.at is None:
        return None
    tried = last_try(tx, item.delivery_id, item.at)
    if tried is None:
        return None
    error = (tried.error_kind, tried.error_code)
    return TryView(tried.action, tried.outcome, *error, moment(tried.ended_at))
