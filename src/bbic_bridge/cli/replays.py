"""``bbic-bridge replays``: the jobs that ``replay`` makes."""

from pathlib import Path

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import Refused, whoever_listens
from bbic_bridge.cli.known import Known
from bbic_bridge.cli.options import REASON, command, group
from bbic_bridge.cli.output import STATE_STYLES, print_json, print_ndjson, print_table, when
from bbic_bridge.cli.replaying import RATE, Manner, let_go, summary
from bbic_bridge.services.views.replays import JobDetail, JobItemView, JobView

COLUMNS = ("job", "name", "state", "deliveries", "came to", "how", "by", "made", "last sign")
ITEMS = ("delivery", "operation", "here", "detail", "state now", "last try since")
OUTCOMES = ("open", "released", "already_done", "changed", "refused", "cancelled")
JOB = click.argument("job_id", metavar="JOB")


@group("replays", "List replay jobs, show, pause, resume or cancel one")
def replays() -> None:
    """See and steer the jobs that `replay` makes."""


@command("list", "List replay jobs", role="read", prints_data=True)
@click.option("--limit", type=click.IntRange(1), metavar="N", default=20, help="At most so many.")
def list_(*, config: Path | None, limit: int, as_json: bool) -> None:
    """List replay jobs, the newest first."""
    from bbic_bridge.services.replays import list_replays

    with opened(config) as bridge:
        found = list_replays(bridge, limit)
    if as_json:
        print_ndjson(found)
    else:
        print_table(COLUMNS, map(row, found), styles=STATE_STYLES)


def row(job: JobView) -> tuple[object, ...]:
    """A job as a line of a table."""
    rate = f", {job.rate:g}/s" if job.rate else ""
    edited = ", edited" if job.edited else ""
    how = f"{job.mode.replace('_', ' ')}{edited}{rate}"
    kind = (job.id, job.name, job.state, job.total, summary(job.outcomes), how)
    return (*kind, job.actor, when(job.created_at), when(job.updated_at))


@command("show", "Show a replay job and its deliveries", role="read", prints_data=True)
@JOB
@click.option(
    "--outcome",
    type=Known(lambda: OUTCOMES),
    metavar="OUTCOME",
    help="Only what came to this: open (to come), released, changed, refused, ...",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", default=100, help="At most so many.")
def show(
    *, config: Path | None, job_id: str, outcome: str | None, limit: int, as_json: bool
) -> None:
    """Show a job: what it did with each delivery, and how that delivery stands now."""
    from bbic_bridge.services.replays import show_replay

    with opened(config) as bridge:
        detail = show_replay(bridge, job_id, outcome=outcome, limit=limit)
    if as_json:
        print_json(detail)
    else:
        _print_detail(detail, limit)


def _print_detail(detail: JobDetail, limit: int) -> None:
    job = detail.job
    states = ", ".join(f"{count} {state}" for state, count in detail.states.items())
    facts = [
        *zip(COLUMNS, row(job), strict=True),
        ("chosen by", ", ".join(f"{name} {_words(value)}" for name, value in job.chosen.items())),
        ("SHA-256 of the ids", job.digest),
        ("released stand", states),
    ]
    print_table(("what", "value"), [fact for fact in facts if fact[1] != ""])
    print_table(ITEMS, map(_item, detail.items), styles=STATE_STYLES)
    if detail.more:
        click.echo(f"There are more than {limit}: --limit shows more.", err=True)


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _item(item: JobItemView) -> tuple[object, ...]:
    tried = item.last_try
    told = ""
    if tried is not None:
        error = "".join(f" {word}" for word in (tried.error_kind, tried.error_code) if word)
        told = f"{tried.action}: {tried.outcome}{error}, {when(tried.ended_at)}"
    here = item.outcome.replace("_", " ")
    return (item.id, item.operation, here, item.detail, item.state or "no longer kept", told)


@command("resume", "Go on with a replay job", role="operate", prints_data=True)
@JOB
@RATE
@REASON
def resume(
    *, config: Path | None, job_id: str, rate: float | None, reason: str, as_json: bool
) -> None:
    """Go on with a job that was paused, interrupted or never begun, from where it stands."""
    with opened(config) as bridge:
        code = let_go(bridge, job_id, Manner(reason=reason, rate=rate, as_json=as_json))
    click.get_current_context().exit(code)


@command("pause", "Pause a replay job", role="operate", prints_data=True)
@JOB
@REASON
def pause(*, config: Path | None, job_id: str, reason: str, as_json: bool) -> None:
    """Stop a job that runs, here or elsewhere. `resume` goes on with it."""
    _move("pause", config, job_id, reason, as_json=as_json)


@command("cancel", "Call a replay job off", role="operate", prints_data=True)
@JOB
@REASON
def cancel(*, config: Path | None, job_id: str, reason: str, as_json: bool) -> None:
    """End a job for good. What it has let go goes on; the rest stays as it is."""
    _move("call_off", config, job_id, reason, as_json=as_json)


def _move(act: str, config: Path | None, job_id: str, reason: str, *, as_json: bool) -> None:
    from bbic_bridge.services import replays as service
    from bbic_bridge.services.acts import NotPossible
    from bbic_bridge.services.replay import NoJob

    acts = {"pause": service.pause, "call_off": service.call_off}
    with opened(config) as bridge:
        try:
            job = acts[act](bridge, job_id, actor=actor(), reason=reason)
        except NoJob:
            raise
        except NotPossible as error:
            raise Refused(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    with whoever_listens():
        if as_json:
            print_json(job)
        else:
            click.echo(f"Job {job.id} is {job.state}: {summary(job.outcomes)}.")


for each in (list_, show, pause, resume, cancel):
    replays.add_command(each)
