"""A process that telemetry has taken over says nothing on stderr but lines of allowed fields."""

import json
import subprocess
import sys
from typing import Any

import pytest

TAKEN_OVER = """
import logging, threading, warnings
from bbic_bridge import telemetry
telemetry.take_over()
telemetry.take_over()
"""
SECRET = "Kim Exempel"


def said(code: str) -> list[dict[str, Any]]:
    """The lines that a process says, without their time."""
    program = f"{TAKEN_OVER}{code}".replace("SECRET", repr(SECRET))
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert SECRET.encode() not in done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    return [{name: line[name] for name in line if name != "timestamp"} for line in lines]


def line(event: str, level: str, **fields: str | None) -> dict[str, str | None]:
    return {**fields, "event": event, "level": level}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "logging.getLogger('lib').warning('%s', SECRET)",
            line("library_log", "warning", logger="lib", code="<string>:6", error=None),
        ),
        (
            "try:\n  int(SECRET)\nexcept ValueError:\n  logging.getLogger('lib').exception(SECRET)",
            line("library_log", "error", logger="lib", code="<string>:9", error="ValueError"),
        ),
        (
            "warnings.warn_explicit(SECRET, UserWarning, '/somewhere/lib.py', 7)",
            line("library_log", "warning", logger="py.warnings", code="lib:7", error="UserWarning"),
        ),
        (
            "def work():\n  int(SECRET)\nthread = threading.Thread(target=work)\nthread.start()",
            line("uncaught_error", "critical", error="ValueError", code="work:7"),
        ),
        (
            "def main():\n  raise RuntimeError(SECRET)\nmain()",
            line("uncaught_error", "critical", error="RuntimeError", code="main:7"),
        ),
        (
            "class Fallen:\n  def __del__(self):\n    raise RuntimeError(SECRET)\nFallen()",
            line("uncaught_error", "critical", error="RuntimeError", code="__del__:8"),
        ),
    ],
)
def test_the_place_and_the_kind_are_told_and_not_the_words(
    code: str, told: dict[str, str | None]
) -> None:
    assert said(code) == [told]


@pytest.mark.parametrize("code", ["logging.getLogger('lib').info(SECRET)", "raise SystemExit(1)"])
def test_what_is_no_trouble_is_not_told(code: str) -> None:
    assert said(code) == []


def test_a_field_that_is_not_named_is_not_written() -> None:
    """Whatever a caller passes along: fields that are not on the list do not reach the log."""
    code = "telemetry.get_logger().error('it_failed', code='x', namn=SECRET, exc_info=SECRET)"
    assert said(code) == [line("it_failed", "error", code="x")]


def test_of_an_exception_the_class_alone_is_told() -> None:
    code = "telemetry.log.error('it_failed', error=telemetry.error_name(ValueError(SECRET)))"
    assert said(code) == [line("it_failed", "error", error="ValueError")]
