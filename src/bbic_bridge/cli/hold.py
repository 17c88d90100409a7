"""``bbic-bridge case hold`` and ``case release``: what must not be pruned."""

from pathlib import Path

import click

from bbic_bridge.cli.bridge import actor, opened
from bbic_bridge.cli.exits import Refused, WrongUse, whoever_listens
from bbic_bridge.cli.known import require_kommuner
from bbic_bridge.cli.options import REASON_DEMANDED, command
from bbic_bridge.cli.output import print_json

KOMMUN = click.option(
    "--kommun", metavar="NAME", help="Where two kommuner have an ärende of the same name."
)


@command("hold", "Keep all of a case, whatever its age", role="admin", prints_data=True)
@click.argument("arende", metavar="ARENDE")
@KOMMUN
@REASON_DEMANDED
def hold(
    *, config: Path | None, arende: str, kommun: str | None, reason: str, as_json: bool
) -> None:
    """Keep all of a case until it is released: `prune` takes nothing of it."""
    _change(config, "hold", arende, kommun, reason, as_json=as_json)


@command("release", "End the hold on a case", role="admin", prints_data=True)
@click.argument("arende", metavar="ARENDE")
@KOMMUN
@REASON_DEMANDED
def release(
    *, config: Path | None, arende: str, kommun: str | None, reason: str, as_json: bool
) -> None:
    """End a hold: what is older than [retention] says goes with the next `prune`."""
    _change(config, "release", arende, kommun, reason, as_json=as_json)


def _change(
    config: Path | None, act: str, arende: str, kommun: str | None, reason: str, *, as_json: bool
) -> None:
    from bbic_bridge.services import queries, retention

    with opened(config) as bridge:
        require_kommuner(bridge, [kommun] if kommun else [])
        holders = queries.kommuner_of_case(bridge, arende)
        chosen = [one for one in holders if kommun in (None, one)]
        if not chosen:
            raise WrongUse(f"There is no case {arende}{f' in {kommun}' if kommun else ''}.")
        if len(chosen) > 1:
            raise WrongUse(f"Case {arende} is in {' and '.join(chosen)}: choose with --kommun.")
        change = retention.hold if act == "hold" else retention.release
        if not change(bridge, (chosen[0], arende), actor=actor(), reason=reason):
            raise Refused(f"{arende} is {'held already' if act == 'hold' else 'not held'}.")
    with whoever_listens():
        if as_json:
            print_json({"case": arende, "kommun": chosen[0], "held": act == "hold"})
        else:
            click.echo(f"{arende} of {chosen[0]} is {'held' if act == 'hold' else 'released'}.")
