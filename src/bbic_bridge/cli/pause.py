"""``bbic-bridge pause`` and ``resume``: stop and start sending."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import DONE, NEEDS_PERSON, WrongUse
from bbic_bridge.cli.filters import SYSTEMS, operations
from bbic_bridge.cli.known import Known, require_kommuner
from bbic_bridge.cli.options import REASON, command
from bbic_bridge.cli.output import clean, print_json, when
from bbic_bridge.services.views.deliveries import Filter
from bbic_bridge.services.views.lanes import PauseView

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge
    from bbic_bridge.store.pauses import Selection

RECOVERING = "Sending is stopped, for a recovery: `bbic-bridge recover --resume` lets it go on."
OPTIONS = (
    click.option("--kommun", metavar="NAME", help="Only of this kommun."),
    click.option(
        "--system",
        type=Known(lambda: SYSTEMS),
        metavar="NAME",
        help="Only to this system: procapita, treserva or workflow (callbacks).",
    ),
    click.option(
        "--operation",
        type=Known(operations),
        metavar="NAME",
        help="Only of this operation, e.g. registrera_beslut.",
    ),
    click.option("--all", "everything", is_flag=True, help="All sending, callbacks too."),
    REASON,
)


def selecting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that select, as one argument ``words``: kommun, system, operation."""

    @wraps(function)
    def gathering(
        *, kommun: str | None, system: str | None, operation: str | None, **given: Any
    ) -> Any:
        words = (kommun, system, operation)
        if given.pop("everything") is any(words):
            raise WrongUse("Choose by --kommun, --system and --operation, or all with --all.")
        return function(words=words, **given)

    for option in reversed(OPTIONS):
        gathering = option(gathering)
    return gathering


@command("pause", "Stop sending; intake goes on", role="operate", prints_data=True)
@selecting
def pause(
    *, config: Path | None, words: tuple[str | None, ...], reason: str, as_json: bool
) -> None:
    """Send nothing more of what is chosen, until it is resumed.

    What is under way ends. Events are taken in as before, and wait. Nothing is looked up either:
    the vendor is left alone. `bbic-bridge status` lists what is paused.
    """
    from bbic_bridge.services import gate

    with opened(config) as bridge:
        selection = _selection(bridge, words)
        _require_lane(bridge, selection)
        is_new = gate.pause(bridge, selection, actor=actor(), reason=reason)
    if as_json:
        print_json({"paused": str(selection), "new": is_new})
    else:
        click.echo(f"{'Paused' if is_new else 'Was paused already'}: {_told(selection.words)}.")


@command("resume", "Start sending again", role="operate", prints_data=True)
@selecting
def resume(
    *, config: Path | None, words: tuple[str | None, ...], reason: str, as_json: bool
) -> None:
    """End every pause that lies within what is chosen; with --all, every pause.

    Where another pause still holds some of it, or a recovery, that is told, with exit code 1.
    """
    from bbic_bridge.services import gate
    from bbic_bridge.services.health import degraded

    with opened(config) as bridge:
        selection = _selection(bridge, words)
        ended, left = gate.resume(bridge, selection, actor=actor(), reason=reason)
        recovering = "recovering" in degraded(bridge)
    if as_json:
        print_json({"resumed": ended, "still_paused": left, "recovering": recovering})
    else:
        for one in ended:
            click.echo(f"Resumed: {_told(_words(one))}.")
        if not ended:
            click.echo(f"Was not paused: {_told(selection.words)}.")
        for one in left:
            click.echo(f"Still paused: {pause_told(one)}", err=True)
        if recovering:
            click.echo(RECOVERING, err=True)
    click.get_current_context().exit(NEEDS_PERSON if left or recovering else DONE)


def pause_told(one: PauseView) -> str:
    """A pause in a line."""
    return clean(f"{_told(_words(one))}, since {when(one.since)} by {one.actor}.")


def _selection(bridge: "Bridge", words: tuple[str | None, ...]) -> "Selection":
    from bbic_bridge.store.pauses import Selection
    from bbic_bridge.store.queues import ANY

    kommun, system, operation = words
    require_kommuner(bridge, [kommun] if kommun else [])
    return Selection(kommun or ANY, system or ANY, operation or ANY)


def _require_lane(bridge: "Bridge", selection: "Selection") -> None:
    """Raises ``WrongUse`` where a kommun neither uses the system nor has deliveries left to it."""
    from bbic_bridge.services import queries
    from bbic_bridge.services.bridge import WORKFLOW
    from bbic_bridge.store.queues import ANY

    kommun, system = selection.kommun, selection.system
    configured = bridge.settings.kommun.get(kommun)
    known = (*([configured.system] if configured else []), WORKFLOW)
    if ANY in (kommun, system) or system in known:
        return
    left = queries.list_deliveries(bridge, Filter(kommuner=(kommun,), system=system, limit=1))
    if not left:
        raise WrongUse(
            f"{kommun} does not use {system}, and no delivery of it goes there: "
            f"it uses {' and '.join(known)}."
        )


def _words(one: PauseView) -> tuple[str, str, str]:
    return one.kommun, one.system, one.operation


def _told(words: Iterable[str]) -> str:
    """What is paused, in words: ``kommun malmo, operation tilldela_resurs``."""
    names = zip(("kommun", "system", "operation"), words, strict=True)
    return ", ".join(f"{name} {word}" for name, word in names if word != "*") or "all sending"
