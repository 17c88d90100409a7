"""Every breakage can be made as it is written, and is proven by tests that there are."""

import ast
import re

import pytest

from tests.broken.breakage import ROOT, Breakage
from tests.broken.topics import TOPICS

ALL = [one for topic in TOPICS.values() for one in topic]


def test_every_topic_is_broken() -> None:
    assert list(TOPICS) == [
        "claims",
        "ambiguous outcome",
        "sequences",
        "breaker",
        "replay jobs",
        "health",
        "intake",
        "at rest",
        "out of sight",
        "audit",
        "retention",
        "restore",
        "TLS",
    ]
    assert [topic for topic, breakages in TOPICS.items() if len(breakages) < 5] == []


@pytest.mark.parametrize("breakage", ALL, ids=lambda one: one.promise)
def test_what_it_replaces_stands_there_once_and_what_comes_of_it_is_python(
    breakage: Breakage,
) -> None:
    assert breakage.old != breakage.new
    assert breakage.broken()


def test_no_promise_is_told_twice() -> None:
    for topic, breakages in TOPICS.items():
        promises = [one.promise for one in breakages]
        assert sorted(set(promises)) == sorted(promises), topic


def test_the_tests_that_prove_it_are_there() -> None:
    named = {re.sub(r"\[.*", "", test) for one in ALL for test in one.tests}
    assert all(one.tests for one in ALL)
    assert {test for test in named if not _exists(*test.split("::"))} == set()


def test_no_test_lets_go_of_what_stands_in_front() -> None:
    """What it starts imports the broken copy, because that stands in ``PYTHONPATH``."""
    sets = re.compile(r"""setenv\(\s*"PYTHONPATH",.*|"PYTHONPATH":.*""")
    found = {
        (str(path), line)
        for path in (ROOT / "tests").rglob("*.py")
        if "broken" not in path.parts[len(ROOT.parts) :]
        for line in sets.findall(path.read_text(encoding="utf-8"))
        if "os.pathsep" not in line
    }
    assert found == set()


def _exists(file: str, *names: str) -> bool:
    """Whether a file has such a class and test, also one that it inherits."""
    found: list[ast.stmt] = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    for name in names:
        inner = [node for node in found if getattr(node, "name", None) == name]
        if not inner:
            return False
        found = getattr(inner[0], "body", [])
    return True
