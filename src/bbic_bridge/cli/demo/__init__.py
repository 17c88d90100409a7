"""``bbic-bridge demo``: the handbook's cases through both vendor systems, on this machine."""

import signal
from types import FrameType

import click

from bbic_bridge.cli.exits import DONE, NEEDS_PERSON
from bbic_bridge.cli.options import command
from bbic_bridge.cli.output import print_json


@command("demo", "See the whole bridge at work", role=None, prints_data=True, configured=False)
@click.option("--serve", is_flag=True, help="Leave it running afterwards, until Ctrl-C.")
def demo(*, serve: bool, as_json: bool) -> None:
    """Carry the handbook's cases through both vendor systems and show what happens.

    Six cases with every kind of insats. Breaks a vendor, shows what failed and what waits behind
    it, corrects, replays. One case departs from the handbook: a time limit is not met and a mål is
    reworded, and the workflow is told of both. Ends with everything verified. Uses a temporary
    folder, free ports and invented people; whatever it starts is stopped in the end. Takes about
    half a minute.
    """
    from bbic_bridge.cli.demo.house import opened
    from bbic_bridge.cli.demo.outcome import print_outcome
    from bbic_bridge.cli.demo.screen import screen
    from bbic_bridge.cli.demo.story import perform
    from bbic_bridge.cli.demo.summary import summarise

    signal.signal(signal.SIGTERM, _interrupt)
    with opened() as house:
        with screen(silent=as_json) as shown:
            perform(house, shown)
        summary = summarise(house)
        if as_json:
            print_json(summary.document())
        else:
            print_outcome(house)
            click.echo(summary.line())
        if serve:
            _wait(house.addresses())
    click.get_current_context().exit(DONE if summary.is_good() else NEEDS_PERSON)


def _wait(addresses: tuple[str, ...]) -> None:
    for address in addresses:
        click.echo(address, err=True)
    click.echo("Running until Ctrl-C.", err=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo("Stopping.", err=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a demo as Ctrl-C does: what was started is stopped first."""
    raise KeyboardInterrupt
