"""Replay jobs: what was asked for, by whom, and whether it is under way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from bbic_bridge.store import canonical
from bbic_bridge.store.schema import replay_jobs
from bbic_bridge.store.tx import Tx

Mode = Literal["mapped_anew", "same_bytes"]
JobState = Literal["planned", "running", "paused", "done", "cancelled"]
STARTABLE: tuple[JobState, ...] = ("planned", "running", "paused")
_OPEN = [column for column in replay_jobs.c if column.name not in {"reason", "edit"}]


@dataclass(frozen=True, slots=True)
class Job:
    """A job. ``kommun`` is whose data key seals its reason and edit; times in microseconds."""

    id: str
    name: str
    kommun: str
    chosen: Mapping[str, Any]
    mode: Mode
    rate: float | None
    actor: str
    state: JobState = "planned"
    total: int = 0
    digest: str = ""
    runs: int = 0
    created_at: int = 0
    started_at: int | None = None
    updated_at: int = 0
    edited: bool = False


def add_job(tx: Tx, job: Job, *, reason: str, edit: Mapping[str, Any] | None) -> None:
    """Stores a new job, without items."""

    def sealed(text: bytes, column: str) -> bytes:
        return tx.seal(job.kommun, text, "replay_jobs", job.id, column)

    tx.connection.execute(
        sa.insert(replay_jobs).values(
            id=job.id,
            name=job.name,
            kommun=job.kommun,
            chosen=json.dumps(dict(job.chosen), ensure_ascii=False, sort_keys=True),
            digest="",
            mode=job.mode,
            rate=job.rate,
            actor=job.actor,
            reason=sealed(reason.encode(), "reason") if reason else None,
            edit=sealed(canonical.dumps(dict(edit)), "edit") if edit is not None else None,
            state=job.state,
            created_at=tx.now,
            updated_at=tx.now,
        )
    )


def freeze_selection(tx: Tx, job_id: str, total: int, digest: str) -> None:
    """Writes down how many were chosen and the hash over them."""
    _update(tx, job_id, {"total": total, "digest": digest})


def get_job(tx: Tx, job_id: str) -> Job | None:
    row = tx.connection.execute(_SELECT.where(replay_jobs.c.id == job_id)).first()
    return None if row is None else _job(row)


def list_jobs(tx: Tx, limit: int) -> list[Job]:
    """The newest first."""
    rows = tx.connection.execute(_SELECT.order_by(replay_jobs.c.id.desc()).limit(limit))
    return [_job(row) for row in rows]


def why_and_edit(tx: Tx, job: Job) -> tuple[str, dict[str, Any] | None]:
    """The reason and the corrected uppgift of a job. Raises ``CannotOpen``."""
    row = tx.connection.execute(
        sa.select(replay_jobs.c.reason, replay_jobs.c.edit).where(replay_jobs.c.id == job.id)
    ).one()

    def opened(sealed: bytes | None, column: str) -> bytes:
        return tx.open(job.kommun, sealed, "replay_jobs", job.id, column) if sealed else b""

    edit = opened(row.edit, "edit")
    return opened(row.reason, "reason").decode(), canonical.loads(edit) if edit else None


def start_job(tx: Tx, job_id: str, rate: float | None) -> int | None:
    """Sets a job going, in place of whoever ran it before.

    Returns:
        The number of this run, which its runner goes by; None where the job has ended.
    """
    found: int | None = tx.connection.scalar(
        sa.update(replay_jobs)
        .where(*_is(job_id, STARTABLE))
        .values(
            state="running",
            runs=replay_jobs.c.runs + 1,
            rate=rate if rate is not None else replay_jobs.c.rate,
            started_at=sa.func.coalesce(replay_jobs.c.started_at, tx.now),
            updated_at=tx.now,
        )
        .returning(replay_jobs.c.runs)
    )
    return found


def is_mine(tx: Tx, job_id: str, run: int) -> bool:
    """Whether this run may go on, until the transaction ends; a sign of life."""
    result = tx.connection.execute(
        sa.update(replay_jobs)
        .where(*_is(job_id, ("running",)), replay_jobs.c.runs == run)
        .values(updated_at=tx.now)
    )
    return bool(result.rowcount == 1)


def move_job(tx: Tx, job_id: str, among: Sequence[JobState], state: JobState) -> bool:
    """Changes the state of a job that is in one of ``among``. False when it is not."""
    result = tx.connection.execute(
        sa.update(replay_jobs).where(*_is(job_id, among)).values(state=state, updated_at=tx.now)
    )
    return bool(result.rowcount == 1)


def _update(tx: Tx, job_id: str, values: dict[str, Any]) -> None:
    tx.connection.execute(sa.update(replay_jobs).where(replay_jobs.c.id == job_id).values(**values))


def _is(job_id: str, states: Sequence[JobState]) -> tuple[sa.ColumnElement[bool], ...]:
    return (replay_jobs.c.id == job_id, replay_jobs.c.state.in_(states))


_SELECT = sa.select(*_OPEN, replay_jobs.c.edit.is_not(None).label("edited"))


def _job(row: Any) -> Job:
    values = {column.name: getattr(row, column.name) for column in _OPEN}
    return Job(**{**values, "chosen": json.loads(row.chosen)}, edited=bool(row.edited))
