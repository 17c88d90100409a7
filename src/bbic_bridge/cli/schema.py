"""``bbic-bridge schema``: what an event's data must look like."""

from difflib import get_close_matches

import click

from bbic_bridge.cli.exits import WrongUse
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import print_json

PREFIX = "se.bbic."


@command("schema", "Show what an event must hold", role=None, prints_data=True, configured=False)
@click.argument("event_type", metavar="[TYPE]", required=False)
def schema(*, event_type: str | None, as_json: bool) -> None:  # noqa: ARG001 (always JSON)
    """Print the JSON Schema of the data of an event TYPE, or of all types.

    TYPE is written in full (se.bbic.beslut.fattat) or without its prefix (beslut.fattat).
    """
    from bbic_bridge.handbook import handelser

    if event_type is None:
        print_json({name: handelser.schema(name) for name in handelser.HANDELSER})
        return
    try:
        print_json(handelser.schema(event_type))
    except KeyError:
        raise WrongUse(_unknown(event_type, list(handelser.HANDELSER))) from None


def _unknown(event_type: str, known: list[str]) -> str:
    near = get_close_matches(event_type, [name.removeprefix(PREFIX) for name in known])
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    return f"There is no event type {event_type}.{hint}"
