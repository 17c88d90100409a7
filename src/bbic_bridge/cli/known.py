"""Names that an option may take. One that does not exist is told: it is not "nothing found"."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.output import clean

if TYPE_CHECKING:
    from bbic_bridge.services.bridge import Bridge


class Known(click.ParamType):  # type: ignore[type-arg]  # generic in new versions of Click only
    """One of the words that ``names`` gives; it is asked first when it is needed."""

    name = "name"

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,  # noqa: ARG002 (Click's signature)
    ) -> str:
        if value in self._names():
            return str(value)
        raise unknown(param.opts[0] if param else self.name, value, self._names())

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 (Click's signature)
        param: click.Parameter,  # noqa: ARG002 (Click's signature)
        incomplete: str,
    ) -> list[CompletionItem]:
        return [CompletionItem(one) for one in self._names() if one.startswith(incomplete)]


def require_kommuner(bridge: "Bridge", given: Iterable[str]) -> None:
    """Raises ``WrongUse`` for a kommun that neither the configuration nor any case names."""
    from bbic_bridge.services import queries

    for kommun in given:
        if not queries.is_known_kommun(bridge, kommun):
            raise unknown("--kommun", kommun, bridge.settings.kommun)


def tell_unknown_case(bridge: "Bridge", arende: str | None) -> None:
    """Says so where nothing is found because there is no such case; it may come yet."""
    from bbic_bridge.services import queries

    if arende is not None and not queries.kommuner_of_case(bridge, arende):
        click.echo(f"There is no case {clean(arende)}.", err=True)


def unknown(option: str, given: object, known: Iterable[str]) -> WrongUse:
    """What is said of a name that does not exist: the option, the nearest name, and all of them."""
    names = list(known)
    near = get_close_matches(str(given), names, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return WrongUse(f"{option}: there is no {given}.{hint} Known: {', '.join(names) or 'none'}.")
