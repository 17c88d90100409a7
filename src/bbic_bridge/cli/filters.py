"""The filters that `deliveries list` and `replay` share."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import click

from bbic_bridge.cli.known import Known
from bbic_bridge.cli.output import LOCAL
from bbic_bridge.delivery.states import State
from bbic_bridge.services.views.deliveries import Filter

UNLIMITED = 10**9
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SYSTEMS = ("procapita", "treserva", "workflow")
AGO = re.compile("[0-9]+[smhdw]")


def moment(
    ctx: click.Context | None, param: click.Parameter | None, text: str | None
) -> datetime | None:
    """A point in time: a date, a time (Swedish where it names no zone), or how long ago (2h)."""
    if text is None:
        return None
    try:
        if AGO.fullmatch(text):
            return datetime.now(UTC) - timedelta(**{UNITS[text[-1]]: int(text[:-1])})
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        told = f"{text} is not a time; write 2026-11-30, 2026-11-30T14:00 or 2h"
        raise click.BadParameter(told, ctx, param) from None
    return at if at.tzinfo else at.replace(tzinfo=LOCAL)


def operations() -> Iterable[str]:
    from bbic_bridge.services.bridge import OPERATIONS

    return OPERATIONS


OPTIONS = (
    click.option(
        "--state",
        "states",
        multiple=True,
        type=Known(lambda: [state.value for state in State]),
        metavar="STATE",
        help="Only in this state, e.g. failed (may be repeated).",
    ),
    click.option(
        "--kommun",
        "kommuner",
        metavar="NAME",
        multiple=True,
        help="Only of this kommun (repeatable).",
    ),
    click.option(
        "--system",
        type=Known(lambda: SYSTEMS),
        metavar="NAME",
        help="Only to this system: procapita, treserva or workflow.",
    ),
    click.option(
        "--operation",
        type=Known(operations),
        metavar="NAME",
        help="Only of this operation, e.g. registrera_beslut.",
    ),
    click.option("--case", "arende", metavar="ARENDE", help="Only of this case."),
    click.option("--error", metavar="KIND|CODE", help="Only with this kind or code of error."),
    click.option(
        "--since",
        callback=moment,
        metavar="TIME",
        help="Not older than: a date, a time, or 2h, 3d.",
    ),
    click.option("--until", callback=moment, metavar="TIME", help="Older than that."),
)


def filters(*, limit: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds the filters, as one argument ``chosen: Filter``.

    Args:
        limit: how many without --limit.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def gathering(**given: Any) -> Any:
            chosen = {name: given.pop(name) for name in FIELDS}
            return function(chosen=Filter(**chosen), **given)

        wrapped: Callable[..., Any] = gathering
        for option in (_limit(limit), *reversed(OPTIONS)):
            wrapped = option(wrapped)
        return wrapped

    return decorate


FIELDS = ("states", "kommuner", "system", "operation", "arende", "error", "since", "until", "limit")


def _limit(default: int) -> Any:
    told = f"At most so many (else {default})." if default < UNLIMITED else "At most so many."
    return click.option("--limit", type=click.IntRange(1), metavar="N", default=default, help=told)


def is_empty(chosen: Filter) -> bool:
    return chosen == Filter(limit=chosen.limit)
