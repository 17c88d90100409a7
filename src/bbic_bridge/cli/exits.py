"""Exit codes, and which error becomes which.

0 done · 1 done, and something needs a person · 2 wrong use or bad configuration ·
3 a needed service cannot be reached · 70 our own fault · 130 interrupted
"""

import os
import sys

import click

from bbic_bridge.delivery.errors import BridgeError, DeliveryError

DONE = 0
NEEDS_PERSON = 1
WRONG_USE = 2
UNREACHABLE = 3
OUR_FAULT = 70
INTERRUPTED = 130


class WrongUse(click.ClickException):
    """The command cannot be carried out as it was given."""

    exit_code = WRONG_USE


class Unreachable(click.ClickException):
    """A service that the command needs does not answer."""

    exit_code = UNREACHABLE


class OurFault(click.ClickException):
    """The program did not do what it should."""

    exit_code = OUR_FAULT


def exit_code_of(error: BaseException) -> int:
    """Says an error in one or two lines on stderr and returns the exit code it stands for."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if _reader_is_gone(error):
        _silence_stdout()
        return DONE
    code, told = _ending(error)
    click.echo(told, err=True)
    if isinstance(error, click.UsageError) and error.ctx:
        click.echo(f"`{error.ctx.command_path} --help` shows how it is used.", err=True)
    return code


def _ending(error: BaseException) -> tuple[int, str]:
    match error:
        case KeyboardInterrupt() | click.Abort():
            ending = INTERRUPTED, "Interrupted."
        case click.ClickException():
            ending = error.exit_code, f"Error: {error.format_message()}"
        case DeliveryError():
            ending = UNREACHABLE, f"Error: the vendor system could not be asked ({error})."
        case BridgeError() if _is_store_unavailable(error):
            told = "Error: the database cannot be reached. `bbic-bridge doctor` tells more."
            ending = UNREACHABLE, told
        case BridgeError():
            ending = WRONG_USE, f"Error: {error}"
        case _:
            kind = type(error).__name__
            ending = OUR_FAULT, f"Error: a fault in bbic-bridge ({kind}). Run again with --debug."
    return ending


def _is_store_unavailable(error: BaseException) -> bool:
    from bbic_bridge.store.engine import StoreUnavailable

    return isinstance(error, StoreUnavailable)


def _reader_is_gone(error: BaseException) -> bool:
    """A closed pipe (``| head``), which Click turns into a ``SystemExit``."""
    return isinstance(error, BrokenPipeError) or (
        isinstance(error, SystemExit) and isinstance(error.__context__, BrokenPipeError)
    )


def _silence_stdout() -> None:
    """Nothing more can be printed, not even what is flushed at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
