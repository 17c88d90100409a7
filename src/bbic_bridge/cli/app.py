"""The commands, and what a run of one comes to."""

import traceback
from collections.abc import Sequence
from typing import Any

import click

from bbic_bridge import __version__
from bbic_bridge.cli.audit import audit
from bbic_bridge.cli.cancel import cancel
from bbic_bridge.cli.case import case
from bbic_bridge.cli.deadlines import deadlines
from bbic_bridge.cli.deliveries import deliveries
from bbic_bridge.cli.demo import demo
from bbic_bridge.cli.doctor import doctor
from bbic_bridge.cli.evb import evb
from bbic_bridge.cli.exits import DONE, exit_code_of, reader_may_leave
from bbic_bridge.cli.init import init
from bbic_bridge.cli.keys import keys
from bbic_bridge.cli.migrate import migrate
from bbic_bridge.cli.options import CONFIG_BEFORE
from bbic_bridge.cli.pause import pause, resume
from bbic_bridge.cli.prune import prune
from bbic_bridge.cli.recover import recover
from bbic_bridge.cli.replay import replay
from bbic_bridge.cli.replays import replays
from bbic_bridge.cli.sandbox import sandbox
from bbic_bridge.cli.schema import schema
from bbic_bridge.cli.send import send
from bbic_bridge.cli.serve import beat, serve, worker
from bbic_bridge.cli.skip import skip
from bbic_bridge.cli.status import status
from bbic_bridge.cli.sync import sync
from bbic_bridge.cli.tokens import tokens
from bbic_bridge.cli.totals import totals
from bbic_bridge.cli.up import up

NAME = "bbic-bridge"
COMMANDS = (
    *(demo, init, up, serve, worker, beat, sandbox, migrate, schema),
    *(send, sync, deliveries, replay, replays, skip, cancel, pause, resume),
    *(case, deadlines, evb, totals, status, doctor, audit, tokens),
    *(keys, prune, recover),
)


class Commands(click.Group):
    """All commands, listed in the order in which an operator meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (Click's signature)
        return list(self.commands)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with reader_may_leave():  # --help and --version print while the line is read
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with reader_may_leave():
            return super().invoke(ctx)


@click.group(NAME, cls=Commands, context_settings={"max_content_width": 100})
@CONFIG_BEFORE
@click.version_option(__version__, prog_name=NAME)
def app() -> None:
    """Carries BBIC handbook decisions into Procapita and Treserva, in order, once.

    \b
    First look:   bbic-bridge demo
    Try it:       bbic-bridge init --with-sandbox, then bbic-bridge up --sandbox
    Every day:    bbic-bridge status, deliveries list --state failed, replay

    Exit codes: 0 done; 1 done, and something needs a person; 2 wrong use or bad configuration;
    3 a needed service cannot be reached; 70 a fault of the program; 130 interrupted.
    """


for each in COMMANDS:
    app.add_command(each)


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; errors are told on stderr."""
    try:
        code = app.main(list(arguments), prog_name=NAME, standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 (the edge: every ending becomes an exit code)
        if "--debug" in arguments:
            traceback.print_exc()
        return exit_code_of(error)
    return code if isinstance(code, int) else DONE
