"""``bbic-bridge status``: how the bridge is, in counts and ages."""

from collections.abc import Iterator
from pathlib import Path

import click

from bbic_bridge.cli.bridge import opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import STATE_STYLES, clean, print_json, print_table, when
from bbic_bridge.cli.parked import told
from bbic_bridge.cli.pause import RECOVERING, pause_told
from bbic_bridge.delivery.states import MEANING
from bbic_bridge.delivery.states import NEEDS_PERSON as PERSON_STATES
from bbic_bridge.services.views.health import Health
from bbic_bridge.services.views.status import Status

DEGRADED = {
    "recovering": RECOVERING,
    "no_worker": "No worker is at work: nothing is delivered.",
    "no_beat": "No scheduler is at work: changes are not fetched, time limits not watched.",
    "due_not_claimed": "Deliveries are due, and no worker takes them.",
}


@command(
    "status", "Show counts, and what is late", role="read", instead={"kind": None}, prints_data=True
)
@click.option(
    "--alive",
    "kind",
    type=click.Choice(["worker", "beat"]),
    help="Only tell whether such a process is at work on this host: exit code 0 or 1.",
)
def status(*, config: Path | None, kind: str | None, as_json: bool) -> None:
    """Show how many deliveries are in which state, what is late, and who is at work.

    Ends with exit code 1 where something needs a person.
    """
    from bbic_bridge.services import queries
    from bbic_bridge.services.health import works_here

    with opened(config) as bridge:
        if kind is not None:
            click.get_current_context().exit(DONE if works_here(bridge, kind) else NEEDS_PERSON)
        found = queries.status(bridge)
    if as_json:
        print_json(found)
    else:
        _print(found)
    click.get_current_context().exit(NEEDS_PERSON if needs_person(found) else DONE)


def needs_person(found: Status) -> bool:
    failed = any(found.deliveries.get(state) for state in PERSON_STATES)
    unread = found.sync_problems or any(found.parked_changes.values())
    overdue = any(found.overdue.get(weight) for weight in ("lag", "ska"))
    unwell = found.health.storage_low or {"due_not_claimed", "recovering"} & {
        *found.health.degraded
    }
    return bool(failed or found.waiting_too_long or unread or overdue or unwell)


def _print(found: Status) -> None:
    rows = [
        (state.value, found.deliveries.get(state, 0), found.callbacks.get(state, 0), meaning)
        for state, meaning in MEANING.items()
        if found.deliveries.get(state) or found.callbacks.get(state)
    ]
    print_table(("state", "deliveries", "callbacks", "meaning"), rows, styles=STATE_STYLES)
    click.echo(f"{found.events} events in {found.cases} cases; {found.feed} told to the workflow.")
    click.echo(f"The audit log ends at {found.audit_head}.")
    for line in _late(found):
        click.echo(line)


def _late(found: Status) -> list[str]:
    lines = [
        (found.oldest_due_s, "The oldest that is due has waited {:.0f} s."),
        (found.oldest_lease_s, "The oldest in a worker's hands has been there {:.0f} s."),
        (found.parked_behind_failed, _behind(found.health.parked_heads)),
        (found.waiting_too_long, "{} have waited too long for what must come first."),
        (sum(found.overdue.values()), "Overdue time limits: {}: `bbic-bridge deadlines`."),
    ]
    late = [text.format(value) for value, text in lines if value]
    return [*late, *_gate(found), *_changes(found), *_health(found.health)]


def _gate(found: Status) -> Iterator[str]:
    """What is not sent for now, and why."""
    for pause in found.pauses:
        yield f"Paused: {pause_told(pause)}"
    for lane in found.lanes:
        if lane.state != "closed":
            since, due = when(lane.since), when(lane.next_probe) or "at once"
            yield clean(
                f"{lane.kommun}: {lane.system} has not answered since {since}"
                f" ({lane.failures} calls in a row); it is tried again {due}."
            )
        elif lane.next_probe is not None:
            until = when(lane.next_probe)
            yield clean(f"{lane.kommun}: {lane.system} asks to be left alone until {until}.")


def _health(found: Health) -> Iterator[str]:
    """Who is at work, and what keeps the bridge from it."""
    for part in found.parts:
        looked = "" if part.looked_s is None else f", looked for work {part.looked_s:.0f} s ago"
        yield clean(f"{part.kind} on {part.host}, process {part.pid}, is at work{looked}.")
    for word in found.degraded:
        yield DEGRADED.get(word, word)
    if found.storage_low:
        yield "The database's disk is nearly full: nothing more is taken in."
    for alert in found.alerts:
        about = " ".join(word for word in (alert.kommun, alert.system) if word)
        yield clean(
            f"Alert {alert.name}{' of ' if about else ''}{about} since {when(alert.since)}."
        )


def _behind(heads: int) -> str:
    return f"{{}} wait behind {heads} that failed or need a person."


def _changes(found: Status) -> Iterator[str]:
    """How the reading of the vendors' changes goes."""
    for kommun, seconds in found.sync_lag_s.items():
        yield f"Changes of {kommun} are fetched up to {seconds:.0f} s ago."
    for problem in found.sync_problems:
        yield clean(f"{problem.kommun}: {told(problem)}, not read since {when(problem.since)}.")
    for kommun, count in found.parked_changes.items():
        if count:
            yield f"{count} changes of {kommun} could not be read: `bbic-bridge sync --parked`."
