"""Running a replay job, or showing what it would do, as ``replay`` and ``replays`` both do."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bbic_bridge.cli.bridge import actor
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, Refused, whoever_listens
from bbic_bridge.cli.output import Bar, print_ndjson, progress
from bbic_bridge.services.views.replays import JobView, ReplayItem

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge

RATE = click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="At most so many a second.",
)
GOES_ON = {
    "paused": "is paused: `bbic-bridge replays resume {}` goes on with it",
    "cancelled": "was cancelled",
    "running": "was taken over by another",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run tells and paces itself."""

    reason: str = ""
    rate: float | None = None
    reveal: bool = False
    as_json: bool = False


def show_what_would_be(bridge: "Bridge", job_id: str, manner: Manner) -> int:
    """Tells, delivery by delivery, what running the job would do; returns the exit code."""
    from bbic_bridge.services import replay, replays

    job = replay.find_job(bridge, job_id)
    counts: Counter[str] = Counter()
    wait = pacer()
    with progress("looking", job.total) as bar:
        for item in replay.look(bridge, job, reveal=manner.reveal):
            wait(manner.rate, sum(counts.values()))
            counts[item.outcome] += 1
            _tell(item, bar, manner)
            bar.advance()
    if not manner.as_json:
        view = replays.show_job(bridge, job_id)
        with whoever_listens():
            click.echo(_job_line(view))
            click.echo(summary(counts))
    return code_of(counts)


def let_go(bridge: "Bridge", job_id: str, manner: Manner) -> int:
    """Runs a job from where it stands and tells each delivery; returns the exit code.

    Interrupted, it leaves the job paused.

    Raises:
        Refused: the job was cancelled.
    """
    from bbic_bridge.services import replay, replays
    from bbic_bridge.services.acts import NotPossible

    before = replays.show_job(bridge, job_id)
    if before.state == "cancelled":
        raise Refused(f"Job {job_id} was cancelled.")
    if before.state == "running":
        told = f"Job {job_id} was running elsewhere: it is taken over, and stops there."
        with whoever_listens():
            click.echo(told, err=True)
    counts: Counter[str] = Counter()
    with progress("replaying", before.outcomes.get("open", 0)) as bar:
        try:
            for items in replay.run(
                bridge,
                job_id,
                actor=actor(),
                reason=manner.reason,
                rate=manner.rate,
                reveal=manner.reveal,
                pace=pacer(),
            ):
                counts.update(item.outcome for item in items)
                for item in items:
                    _tell(item, bar, manner)
                bar.advance(len(items))
        except KeyboardInterrupt:
            with suppress(NotPossible):
                replays.pause(bridge, job_id, actor=actor(), reason="interrupted")
            click.echo(_stopped(job_id, "paused"), err=True)
            raise
    return _ending(replays.show_job(bridge, job_id), counts, manner)


def _ending(job: JobView, counts: Counter[str], manner: Manner) -> int:
    with whoever_listens():
        if job.state in GOES_ON:
            click.echo(_stopped(job.id, job.state), err=True)
        if not manner.as_json and job.total > 1:
            click.echo(
                f"{summary(counts)}; `bbic-bridge replays show {job.id}` tells how they fare"
            )
    return NEEDS_PERSON if job.state in GOES_ON else code_of(counts)


def pacer() -> Callable[[float | None, int], None]:
    """Waits until the next may go, at so many a second from the first on."""
    began: list[float] = []

    def wait(rate: float | None, done: int) -> None:
        began.append(time.monotonic())
        if rate:
            time.sleep(max(0.0, began[0] + done / rate - time.monotonic()))

    return wait


def code_of(counts: Mapping[str, int]) -> int:
    """Something needs a person where not all that was meant was let go."""
    return NEEDS_PERSON if counts["refused"] or counts["changed"] else DONE


def summary(counts: Mapping[str, int]) -> str:
    """How many came to what, in a line."""
    told = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in counts.items())
    return told or "Nothing left to replay"


def _tell(item: ReplayItem, bar: Bar, manner: Manner) -> None:
    with whoever_listens():
        if manner.as_json:
            print_ndjson([item])
            return
        behind = f", {item.waiting_behind} waiting behind it" if item.waiting_behind else ""
        detail = f": {item.detail}" if item.detail else ""
        outcome = item.outcome.replace("_", " ")
        bar.say(f"{outcome:<13} {item.id} {item.operation}{detail}{behind}")
        for change in item.changes:
            what = change.path or "the message"
            bar.say(f"  {what}: {_shown(change.before)} -> {_shown(change.after)}")


def _shown(value: object) -> str:
    return "(nothing)" if value is None else str(value)


def _job_line(job: JobView) -> str:
    count = "this one" if job.total == 1 else f"these {job.total}"
    return f"Job {job.id} holds {count}: `bbic-bridge replay --job {job.id}` lets exactly them go."


def _stopped(job_id: str, state: str) -> str:
    return f"Job {job_id} {GOES_ON[state].format(job_id)}."
