"""`sync`: asks the vendors, once or again and again."""

from pathlib import Path

import pytest

from bbic_bridge.cli.sync import exit_code
from bbic_bridge.services import sync as service
from bbic_bridge.services.views.changes import SyncProblem, SyncReport
from tests.cli.conftest import Cli
from tests.servers.ports import free_port


def test_a_vendor_that_cannot_be_reached_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    for kommun in ("MALMO", "EXEMPEL"):
        monkeypatch.setenv(f"BBIC_KOMMUN__{kommun}__READ_URL", nobody)
        monkeypatch.setenv(f"BBIC_KOMMUN__{kommun}__WRITE_URL", nobody)
    outcome = cli("sync", "--once", "--json")
    assert outcome.code == 3
    assert [line["kommun"] for line in outcome.lines] == ["malmo", "exempel"]
    assert all(line["problems"] for line in outcome.lines)
    only = cli("sync", "--once", "--kommun", "exempel")
    assert only.code == 3
    assert only.out.splitlines()[0].startswith("exempel: 0 read, 0 new")
    assert "connect_failed" in only.out


@pytest.mark.parametrize(
    ("problems", "code"),
    [
        ((), 0),
        (("connect_failed",), 3),
        (("http_500", "timeout"), 3),
        (("breaks_contract",), 1),
    ],
)
def test_the_exit_code_tells_what_is_needed(problems: tuple[str, ...], code: int) -> None:
    found = tuple(SyncProblem("exempel", "treserva", "andringar", one) for one in problems)
    assert exit_code([SyncReport("malmo"), SyncReport("exempel", problems=found)]) == code


def test_an_unknown_kommun_is_wrong_use(cli: Cli) -> None:
    assert cli("sync", "--once", "--kommun", "lund").code == 2


def test_without_once_each_kommun_is_asked_at_its_own_pace(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BBIC_KOMMUN__MALMO__SYNC_EVERY_S", "10")
    monkeypatch.setenv("BBIC_KOMMUN__EXEMPEL__SYNC_EVERY_S", "25")
    now = [1000.0]
    asked: list[tuple[float, str]] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    def sync_kommun(_bridge: object, kommun: str) -> SyncReport:
        if now[0] > 1030:
            raise KeyboardInterrupt
        asked.append((now[0] - 1000, kommun))
        return SyncReport(kommun)

    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr(service, "sync_kommun", sync_kommun)
    assert cli("sync").code == 130
    assert asked == [
        (0, "malmo"),
        (0, "exempel"),
        (10, "malmo"),
        (20, "malmo"),
        (25, "exempel"),
        (30, "malmo"),
    ]
