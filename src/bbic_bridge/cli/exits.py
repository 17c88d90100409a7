"""Exit codes, and which error becomes which.

0 done · 1 done, and something needs a person · 2 wrong use or bad configuration ·
3 a needed service cannot be reached · 70 our own fault · 130 interrupted
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

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


class Refused(click.ClickException):
    """What was asked for does not fit how things stand; nothing was done."""

    exit_code = NEEDS_PERSON


class Unreachable(click.ClickException):
    """A service that the command needs does not answer."""

    exit_code = UNREACHABLE


class OurFault(click.ClickException):
    """The program did not do what it should."""

    exit_code = OUR_FAULT


class ReaderGone(Exception):
    """Whoever read what is printed has read enough (``| head``)."""


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Ends what only shows something when nobody reads it any more.

    Raises:
        ReaderGone: in place of ``BrokenPipeError``, which Click would make a failure of.
    """
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGone from error


@contextmanager
def whoever_listens() -> Iterator[None]:
    """For what a command tells while it acts: for want of a reader no act stops half done."""
    try:
        yield
    except BrokenPipeError:
        silence()


def silence() -> None:
    """Nothing more can be printed to a reader who is gone, not even what is flushed at exit."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            _flush_or_discard(stream)


def exit_code_of(error: BaseException) -> int:
    """Says an error in one or two lines on stderr and returns the exit code it stands for."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, ReaderGone):
        silence()
        return DONE
    code, told = _ending(error)
    with whoever_listens():
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
        case BridgeError() if _is_storage_low(error):
            ending = UNREACHABLE, f"Error: {error}: make room."
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


def _is_storage_low(error: BaseException) -> bool:
    from bbic_bridge.store.space import StorageLow

    return isinstance(error, StorageLow)


def _flush_or_discard(stream: TextIO) -> None:
    try:
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
