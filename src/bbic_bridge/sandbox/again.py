"""Doing again what an earlier run did, by the same code and at the same times."""

from collections.abc import Callable

from bbic_bridge.sandbox import control
from bbic_bridge.sandbox.history import History, HistoryUnusable, Line
from bbic_bridge.sandbox.procapita import soap
from bbic_bridge.sandbox.treserva import api as treserva
from bbic_bridge.sandbox.world import World

# Each takes the world, and by name what its line tells.
AGAIN: dict[str, Callable[..., None]] = {
    "beginning": World.begin,
    "procapita": soap.again,
    "treserva": treserva.again,
    "change": control.change_again,
    "callback": lambda world, **told: world.workflow.take(**told),
    "webhook": lambda world, **what: world.webhooks.became(**what),
}


def remember(world: World, history: History) -> None:
    """Makes a new world what the one was that wrote the history, and lets it write on.

    Raises:
        HistoryUnusable: a line tells of something that cannot be done.
    """
    for number, line in enumerate(history.lines(), 1):
        try:
            _do(world, line)
        except Exception as error:
            trouble = f"cannot be done again ({type(error).__name__})"
            raise HistoryUnusable(f"{history.path}, line {number}: {trouble}") from error
    world.keep(history)


def _do(world: World, line: Line) -> None:
    with world.standing_at(line.at):
        AGAIN[line.kind](world, **line.what)
