"""A pytest plugin that writes how each test went, and of what it failed, to ``$BROKEN_REPORT``."""

import json
import os
from collections.abc import Generator
from pathlib import Path

import pytest

import bbic_bridge

OURS = "broken_by"
_went: dict[str, list[str]] = {}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.excinfo is not None:
        report.user_properties.append((OURS, f"{report.when}:{_kind(call.excinfo.value)}"))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    told = _went.setdefault(report.nodeid.split("@")[0], [])
    told += [str(value) for name, value in report.user_properties if name == OURS]
    if report.outcome == "skipped":
        told.append("skipped")
    elif report.when == "call" and report.passed:
        told.append("passed")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        found = {"source": bbic_bridge.__file__, "tests": _went}
        Path(os.environ["BROKEN_REPORT"]).write_text(json.dumps(found), encoding="utf-8")


def _kind(error: BaseException) -> str:
    """The class; of a group that of the first in it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    failed = isinstance(error, AssertionError | pytest.fail.Exception)
    return "AssertionError" if failed else type(error).__name__
